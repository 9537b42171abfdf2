"""Hazır olma satırında port yerine ad yazar."""

from echo import EchoServer


class WrongReadiness(EchoServer):
    def announce(self, line: str) -> None:
        print("sunucu başladı", flush=True)


WrongReadiness().main()
