"""Kapanırken sanitizer bulgusu vermiş bir C programı gibi davranır: rapor yazar, 99 ile biter."""

import os
import sys

from echo import EchoServer


class SanitizerFinding(EchoServer):
    def on_signal(self, *_arguments: object) -> None:
        sys.stderr.write("==1==ERROR: LeakSanitizer: detected memory leaks\n")
        sys.stderr.flush()
        os._exit(99)


SanitizerFinding().main()
