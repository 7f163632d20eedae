"""Cards and papers set from data: a Typst template and JSON in; SVG, PNG or PDF out, in threads with a bounded queue.

A template reads its data with ``json(bytes(sys.inputs.data))``. Data are values, never markup: whatever a name holds, it
is text on the page. Glyphs become paths, so that a picture looks the same without the font. Nothing is loaded before the
first page; afterwards the fonts and Typst's own memory take 20 to 40 MiB, once a process.
"""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from gateway.errors import UNAVAILABLE, ClientError
from gateway.fonts import FONTS

if TYPE_CHECKING:
    import typst

WORKERS: Final = 2
WAITING: Final = 32
"""Pages set at once, and pages that may wait for a thread: a picture takes 5 to 60 ms."""


class Typesetting:
    """The pool. Its methods raise :class:`ClientError` with ``UNAVAILABLE`` at once when the queue is full.

    A template that does not fit its data raises ``typst.TypstError``: a fault of the template.
    """

    def __init__(self, workers: int = WORKERS, waiting: int = WAITING) -> None:
        self._threads = ThreadPoolExecutor(workers, "typesetting")
        self._room = threading.BoundedSemaphore(workers + waiting)

    async def svg(self, template: Path, data: object) -> bytes:
        """One page as SVG, without references to anything outside it."""
        return await self._in_thread(template, data, "svg", None)

    async def png(self, template: Path, data: object, dots_per_inch: int) -> bytes:
        """One page as PNG."""
        return await self._in_thread(template, data, "png", dots_per_inch)

    async def pdf(self, template: Path, data: object) -> bytes:
        """All pages as PDF."""
        return await self._in_thread(template, data, "pdf", None)

    async def close(self) -> None:
        """Wait for the pages in work; what waits is dropped."""
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)

    async def _in_thread(
        self, template: Path, data: object, form: Literal["svg", "png", "pdf"], ppi: int | None
    ) -> bytes:
        if not self._room.acquire(blocking=False):
            raise ClientError(UNAVAILABLE)
        future = self._threads.submit(self._set, template, data, form, ppi)
        # When the thread is done, not when the caller is: who gives up waiting does not make room for more work.
        future.add_done_callback(lambda _: self._room.release())
        return await asyncio.wrap_future(future)

    def _set(
        self, template: Path, data: object, form: Literal["svg", "png", "pdf"], ppi: int | None
    ) -> bytes:
        made: Any = self._compiler().compile(
            template,
            format=form,
            ppi=ppi,
            root=template.parent,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
        if not isinstance(made, bytes):
            raise TypeError(f"{template.name} makes more than one page")
        return made

    def _compiler(self) -> typst.Compiler:
        # One for each page: a compiler is not for several threads, and making it costs half a millisecond.
        import typst  # noqa: PLC0415  loaded when it is needed, so that starting stays quick

        return typst.Compiler(font_paths=self._fonts, ignore_system_fonts=True)

    @cached_property
    def _fonts(self) -> typst.Fonts:
        import typst  # noqa: PLC0415

        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
