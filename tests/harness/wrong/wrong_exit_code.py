"""SIGTERM gelince kapanır ama 1 döndürür."""

from echo import EchoServer


class WrongExitCode(EchoServer):
    exit_code = 1


WrongExitCode().main()
