"""The page for hospitals in a real browser: opened from a disk, without a network, it tells true codes from false ones."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plugins.hi_card.presentations import signed
from plugins.hi_card.signing_keys import json_web_key
from tests.plugins.hi_card import test_verification as codes

PAGE = Path(__file__).parents[3] / "web" / "card-check" / "index.html"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
    pytest.mark.skipif(not PAGE.is_file(), reason="the page has not been built: make card-check"),
]
PATIENCE = 60.0


class Browser:
    """A headless Chromium, spoken to over two pipes."""

    def __init__(self, profile: Path) -> None:
        assert CHROMIUM is not None
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        command = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"]
        # Nothing is reached: names lead nowhere, and the page is a file.
        options += [f"--user-data-dir={profile}", "--host-resolver-rules=MAP * ~NOTFOUND", "--lang=vi"]
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", command, CHROMIUM, *options],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._number = 0
        self._rest = b""
        self._session: str | None = None

    def open(self, url: str) -> None:
        """Open a page and speak to it from now on."""
        target = self.call("Target.createTarget", url=url)["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def run(self, expression: str) -> Any:
        """The value of an expression on the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def until(self, expression: str) -> Any:
        """The first value of an expression that is not nothing."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := self.run(expression):
                return found
            time.sleep(0.1)
        raise AssertionError(f"never: {expression}")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One question and its answer; what the browser tells unasked is passed over."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            told = json.loads(self._message())
            if told.get("id") == self._number:
                assert "error" not in told, told
                found: dict[str, Any] = told["result"]
                return found

    def _message(self) -> bytes:
        while b"\0" not in self._rest:
            read = os.read(self._in, 1 << 16)
            assert read, "the browser has gone"
            self._rest += read
        message, _, self._rest = self._rest.partition(b"\0")
        return message

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(timeout=30)
        os.close(self._out)
        os.close(self._in)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser with the page, as a hospital has saved it with the keys of the day in it."""
    folder = tmp_path_factory.mktemp("page")
    keys = {"keys": [json_web_key(codes.KEY.id, codes.KEY.public)], "fetchedAt": int(time.time() * 1000)}
    saved = folder / "page.html"
    text = PAGE.read_text(encoding="utf-8")
    saved.write_text(
        text.replace('id="built-in-keys">null', f'id="built-in-keys">{json.dumps(keys)}'), "utf-8"
    )
    made = Browser(folder / "profile")
    made.open(saved.as_uri())
    made.until("document.getElementById('age')?.textContent.includes('1 khóa')")
    yield made
    made.close()


def scanned(browser: Browser, token: str) -> str:
    """What the page says of a code that a scanner types."""
    browser.run(
        "document.getElementById('clear').click();"
        f"document.getElementById('token').value = {json.dumps(token)};"
        "document.getElementById('form').requestSubmit()"
    )
    title: str = browser.until(
        "!document.getElementById('result').hidden && document.getElementById('title').textContent"
    )
    return title


def token(life: int = 90, ago: int = 0, **changes: Any) -> str:
    """A code that was signed so many seconds ago by the clock of the machine, which is the browser's."""
    import datetime as dt  # noqa: PLC0415
    from dataclasses import replace  # noqa: PLC0415

    now = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=ago)
    facts = replace(codes.FACTS, valid_from=dt.date(2020, 1, 1), valid_to=None, **changes)
    return signed(facts, codes.KEY, now, dt.timedelta(seconds=life), codes.SECRET).token


def test_a_true_code(browser: Browser) -> None:
    assert scanned(browser, token()) == "Mã hợp lệ"
    assert browser.run("document.getElementById('result').className") == "good"
    facts = browser.run("document.getElementById('facts').textContent")
    assert "Nguyễn Thị Thuỳ Dương" in facts
    assert browser.run("document.getElementById('token').value") == ""


@pytest.mark.parametrize(
    ("given", "title"),
    [
        (lambda: token(ago=1_000), "Mã đã hết hạn"),
        (lambda: token(ago=-1_000), "Mã chưa có hiệu lực"),
        (lambda: token(state="WITHDRAWN"), "Mã thật, nhưng thẻ không có giá trị hôm nay"),
        (lambda: codes.forged({"kid": "nobody"}), "Không có khóa để kiểm tra mã này"),
        (lambda: token()[:-1], "Mã không hợp lệ"),
        (lambda: "<img src=x onerror=alert(1)>", "Mã không hợp lệ"),
        (lambda: codes.forged(claims={"aud": "login"}), "Không phải mã thẻ BHYT"),
    ],
    ids=["expired", "early", "withdrawn", "unknown key", "cut", "hostile", "something else"],
)
def test_other_codes(browser: Browser, given: Any, title: str) -> None:
    assert scanned(browser, given()) == title
    assert browser.run("document.getElementById('result').className") != "good"


def test_a_hostile_name_is_text(browser: Browser) -> None:
    scanned(browser, token(holder_name="<img src=x onerror=alert(1)>"))

    assert browser.run("document.querySelectorAll('#facts img').length") == 0
    assert "<img" in browser.run("document.getElementById('facts').textContent")


def test_a_copy_is_noticed(browser: Browser) -> None:
    shown = token()
    scanned(browser, shown)
    scanned(browser, shown)

    assert "đã được quét" in browser.run("document.getElementById('note').textContent")
