"""SIGTERM ile kapanmaz."""

from echo import EchoServer


class IgnoresSigterm(EchoServer):
    def on_signal(self, *_arguments: object) -> None:
        pass


IgnoresSigterm().main()
