"""Ders 09'un sunucusunun Python eşi: tek iş parçacığı, adıyla seçilen bir seçici."""

from __future__ import annotations

import selectors
import socket

import contract
import loops
import streams

BACKENDS = {
    "epoll": selectors.EpollSelector,
    "poll": selectors.PollSelector,
    "select": selectors.SelectSelector,
}
FD_SETSIZE = 1024


class Echo(loops.Server):
    welcome = "Welcome to selectors server!"

    def answer(self, client: loops.Client, line: str) -> None:
        if self.options.verbose:
            contract.log("INFO", f"[{client.peer}] Mesaj: {line[:200]}")
        self.say(client, f"Echo: {line.strip()}")

    def has_room(self, connection: socket.socket) -> bool:
        return self._fits(connection) and super().has_room(connection)

    def _fits(self, connection: socket.socket) -> bool:
        """select büyük numaraya bakamaz; Python bunu kaydederken değil, beklerken ValueError ile söyler."""
        return self.options.backend != "select" or connection.fileno() < FD_SETSIZE

    def _watch(self, client: loops.Client) -> None:
        if self._fits(client.socket):
            super()._watch(client)  # sığmayan izlenmez: sözü söylenmiştir, süresi dolunca kapanır


def main() -> None:
    parser = loops.server_options(port=9004)
    parser.add_argument("-b", "--backend", choices=BACKENDS, default="epoll")
    options = contract.parse(parser)
    selector = BACKENDS[options.backend]()
    with loops.LoopStop() as stop:
        listener = contract.listen(options.host, options.port, backlog=socket.SOMAXCONN)
        contract.ready(listener)
        Echo(listener, stop, options, selector).run()
    contract.log("INFO", "Server kapatıldı")


if __name__ == "__main__":
    main()
