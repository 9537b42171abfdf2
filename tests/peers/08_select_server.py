"""Ders 08'in sunucusunun Python eşi: select ile sohbet; söz gönderene yankılanır, ötekilere yayılır."""

from __future__ import annotations

import contextlib
import selectors
import socket

import contract
import loops
import streams

FD_SETSIZE = 1024
REFUSED_RESERVE = 16
"""Geri çevrilene söz söyleyip kapanmasını beklemek de kümede yer ister."""


class Chat(loops.Server):
    welcome = "Welcome to select server!"

    def answer(self, client: loops.Client, line: str) -> None:
        text = line.strip()
        for other in self.members():
            if other is not client and not other.input_ended:
                self._deliver(other, f"[{client.peer}]: {text}")
        self.say(client, f"Echo: {text}")

    def _deliver(self, member: loops.Client, text: str) -> None:
        """Kuyruğu dolu olana, çıkarılmadan önce sokete bir şans verilir. Kopanı kendi turu çıkarır."""
        with contextlib.suppress(OSError):
            if member.full:
                member.send(self.now)
            if member.full:
                self.drop(member)
                return
            self.say(member, text)
            member.send(self.now)

    def has_room(self, connection: socket.socket) -> bool:
        return connection.fileno() < FD_SETSIZE - REFUSED_RESERVE and super().has_room(connection)

    def _refuse(self, client: loops.Client) -> None:
        if client.socket.fileno() < FD_SETSIZE:
            super()._refuse(client)
            return
        with contextlib.suppress(OSError):  # kümeye giremez: söz tek denemede gider ya da gitmez
            client.socket.send(streams.FULL)
            client.socket.shutdown(socket.SHUT_WR)
            client.socket.recv(streams.READ_SIZE)
        client.close()


def main() -> None:
    options = contract.parse(loops.server_options(port=9003))
    with loops.LoopStop() as stop:
        listener = contract.listen(options.host, options.port)
        if listener.fileno() >= FD_SETSIZE:
            address = contract.address_text((options.host, options.port))
            contract.fail(f"Dinlenemedi: {address}: tanımlayıcı {listener.fileno()}, select'in sınırı {FD_SETSIZE}")
        contract.ready(listener)
        Chat(listener, stop, options, selectors.SelectSelector()).run()
    contract.log("INFO", "Server kapatıldı")


if __name__ == "__main__":
    main()
