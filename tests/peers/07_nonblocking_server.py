"""Ders 07'nin sunucusunun Python eşi: tek iş parçacığı, bloke etmeyen soketler, istemci başına bir gönderme kuyruğu."""

from __future__ import annotations

import time

import contract
import loops


class Echo(loops.Server):
    welcome = "Welcome to non-blocking server!"

    def answer(self, client: loops.Client, line: str) -> None:
        self.say(client, f"Echo: {line.strip()}")

    def wait(self, timeout: float | None) -> loops.Ready:
        if not self.options.busy:
            return super().wait(timeout)
        # Belgenin döngüsü: kimin hazır olduğu sorulmaz, herkes denenir; hazır olmayan BlockingIOError der.
        return [(key, key.events) for key in list(self.selector.get_map().values())]


def decimal(seconds: float) -> str:
    return f"{seconds:.2f}".replace(".", ",")


def main() -> None:
    parser = loops.server_options(port=9002)
    parser.add_argument("--busy", action="store_true")
    options = contract.parse(parser)
    with loops.LoopStop() as stop:
        listener = contract.listen(options.host, options.port)
        contract.ready(listener)
        server = Echo(listener, stop, options)
        started, processor = time.monotonic(), time.process_time()
        server.run()
        used, elapsed = time.process_time() - processor, time.monotonic() - started
        contract.log("INFO", f"Tur: {server.turns}, işlemci: {decimal(used)} s, geçen: {decimal(elapsed)} s")
    contract.log("INFO", "Server kapatıldı")


if __name__ == "__main__":
    main()
