"""Yalın asyncio yankısı: Python'da aynı işin olağan yazılışı (akışlar), ölçümlerde karşılaştırmak için.

Bilerek yapmadığı: zaman sınırı, satır sınırı, düzgün kapanış, log.
"""

from __future__ import annotations

import asyncio

BACKLOG = 4096


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write("Yalın asyncio\n".encode())
    while line := await reader.readline():
        writer.write(b"Echo: " + line)
        await writer.drain()
    writer.close()


async def main() -> None:
    server = await asyncio.start_server(converse, "127.0.0.1", 0, backlog=BACKLOG)
    host, port = server.sockets[0].getsockname()
    print(f"{host}:{port} dinleniyor", flush=True)
    await server.serve_forever()


asyncio.run(main())
