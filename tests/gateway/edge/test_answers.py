"""What every answer has."""

from __future__ import annotations

import itertools
import re

import pytest

from gateway.edge.answers import CLOSE, Media, Reply, request_ids


def test_request_ids_do_not_repeat() -> None:
    drawn = [*itertools.islice(request_ids(), 1_000), *itertools.islice(request_ids(), 1_000)]
    assert len(set(drawn)) == len(drawn)
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in drawn)
    assert all(abs(int(one, 16) - int(other, 16)) > 1 << 16 for one, other in itertools.pairwise(drawn))


@pytest.mark.parametrize("media", Media)
@pytest.mark.parametrize("extra", [(), (CLOSE, (b"retry-after", b"1"))])
@pytest.mark.parametrize(("status", "line"), [(200, b"HTTP/1.1 200 OK"), (400, b"HTTP/1.1 400 Bad Request")])
def test_an_answer_is_the_same_in_bytes_as_in_messages(
    media: Media, extra: tuple[tuple[bytes, bytes], ...], status: int, line: bytes
) -> None:
    reply = Reply(status, b'{"data":{}}', "00" * 8, media, extra)
    head, _, body = reply.on_the_wire(b"date: today\r\n").partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    assert (first, body) == (line, reply.body)
    assert sorted(lines) == sorted(
        [b"date: today", *(name + b": " + value for name, value in reply.headers())]
    )
