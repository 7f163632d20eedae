"""A way to a PostgreSQL server that tests can shut or silence: a stand-in for the network."""

from __future__ import annotations

import asyncio

from sqlalchemy.engine import make_url


class Gate:
    """Open it first; ``url`` leads through it."""

    def __init__(self, url: str) -> None:
        self._target = make_url(url)
        self._server: asyncio.Server | None = None
        self._flowing = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._port = 0

    @property
    def url(self) -> str:
        """The server's URL through the gate."""
        target = self._target.difference_update_query(["host", "port"])
        return target.set(host="127.0.0.1", port=self._port).render_as_string(hide_password=False)

    async def open(self) -> None:
        """Let connections through, on the same port as before."""
        self._flowing.set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    def silence(self) -> None:
        """Take everything and answer nothing."""
        self._flowing.clear()

    async def shut(self) -> None:
        """Cut all connections and refuse new ones."""
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._flowing.set()
        await asyncio.sleep(0.05)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        folder = self._target.query.get("host")
        server_reader, server_writer = await (
            asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{self._target.query.get('port', 5432)}")
            if folder
            else asyncio.open_connection(self._target.host, self._target.port or 5432)
        )
        self._writers |= {writer, server_writer}
        await asyncio.gather(self._pass(reader, server_writer), self._pass(server_reader, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self._flowing.wait()
                if writer.is_closing():
                    break
                writer.write(data)
        except ConnectionError:
            pass
        writer.close()
