"""Satır yankılayan sunucuların ortak testleri: 04, 07 ve 09 aynı sözü tutar, yalnız bekleyişleri ayrıdır.

Ders, uyduklarını kendi test dosyasına içe aktarır; orada, o dersin testleri olarak koşarlar. Sunucuyu dersin `echo`
fixture'ı başlatır: `echo(*seçenekler)` bir EchoServer döndürür. Dersin ayrıldığı davranışlar dersin dosyasındadır.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass

import pytest

from harness.peer import TcpPeer
from harness.program import Program

LIMIT = 65536
TOO_LONG = "Satır çok uzun (en fazla 65536 bayt)"
LINE = b"x" * 4000 + b"\n"
MIB = 1024 * 1024


@dataclass(frozen=True)
class EchoServer:
    """Her satırı `Echo: ` ile yankılayan, çalışan bir sunucu ve karşılama satırı."""

    program: Program
    welcome: str | re.Pattern[str]

    def welcomed(self, **options) -> TcpPeer:
        """Karşılamayı okumuş bir karşı taraf."""
        peer = TcpPeer.connect(self.program, **options)
        peer.expect_line(self.welcome)
        return peer


# --- çerçeveleme


def test_character_split_over_segments(echo):
    """İki parçaya bölünmüş karakter bağlantıyı kapatmaz."""
    peer = echo().welcomed()
    peer.send_segments(b"a\xc5", b"\x9f\n")
    peer.expect("Echo: aş\n")


def test_character_on_the_4096_boundary(echo):
    """Belgenin okuma boyuna (4096) denk gelen karakter bölünmez, uzun satır ikiye ayrılmaz."""
    peer = echo().welcomed()
    for text in ("a" * 4095 + "ş", "a" * 5000):
        peer.send(text + "\n")
        peer.expect(f"Echo: {text}\n")


def test_thousand_lines_in_one_segment(echo):
    """Tek parçada gelen bin satır, sırayla bin yanıt alır."""
    peer = echo().welcomed()
    peer.send("".join(f"satır {i}\n" for i in range(1000)))
    peer.expect("".join(f"Echo: satır {i}\n" for i in range(1000)))


def test_spaces_and_line_endings(echo):
    """Satır sonu \\r\\n de olabilir; iki uçtaki boşluklar yankılanmaz. Boş satır da quit de yalnızca yankılanır."""
    peer = echo().welcomed()
    peer.send("  iç  boşluk\t\r\n\u3000selam\u2003 dünya\u2003\n\n\x1c \n quit\n")
    peer.expect("Echo: iç  boşluk\nEcho: selam\u2003 dünya\nEcho: \nEcho: \nEcho: quit\n")


def test_nul_is_passed_on(echo):
    """Satırın içindeki NUL yanıtta da durur; metin orada kesilmez."""
    peer = echo().welcomed()
    peer.send(b"a\0b\n")
    peer.expect(b"Echo: a\0b\n")


def test_each_reply_is_one_read(echo):
    """Belgenin istemcisi bir recv'i bir yanıt sayar: her yanıt tek gönderimde, bölünmeden çıkar."""
    server = echo()
    peer = TcpPeer.connect(server.program)
    literal = isinstance(server.welcome, str)
    peer.expect_single_read(f"{server.welcome}\n" if literal else re.compile(server.welcome.pattern + "\n"))
    for text in ("Hello Server", "ığüşöç" * 300):
        peer.send(text + "\n")
        peer.expect_single_read(f"Echo: {text}\n")


# --- konuşmanın sonu


def test_half_close_gets_every_answer(echo):
    """Yazma yarısını kapatan istemci 3001 yanıtın 3001'ini, sonra akış sonunu alır."""
    peer = echo().welcomed()
    peer.send("".join(f"{i}\n" for i in range(3001)))
    peer.half_close()
    peer.expect("".join(f"Echo: {i}\n" for i in range(3001)))
    peer.expect_eof()


def test_last_line_without_newline(echo):
    """Satır sonu gelmeden biten akışın son satırı da yanıtlanır."""
    peer = echo().welcomed()
    peer.send("ilk\nson")
    peer.half_close()
    peer.expect("Echo: ilk\nEcho: son\n")
    peer.expect_eof()


def test_invalid_utf8_closes_without_a_word(echo):
    """Bozuk UTF-8 bağlantıyı sessizce kapatır; ondan önceki satırın yanıtı kaybolmaz."""
    peer = echo().welcomed()
    peer.send(b"iyi\n\xff\nson\n")
    peer.expect("Echo: iyi\n")
    peer.expect_eof()


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_at_the_limit_and_over(echo, ending):
    """65536 baytlık satır yanıtlanır; bir bayt fazlası, öncekilerin yanıtlarından sonra sözle geri çevrilir."""
    peer = echo().welcomed()
    peer.send("x" * LIMIT + ending)
    peer.expect("Echo: " + "x" * LIMIT + "\n")
    peer.send("önce\n" + "y" * (LIMIT + 1) + ending)
    peer.expect(f"Echo: önce\n{TOO_LONG}\n")
    peer.expect_eof()


def test_reset_ends_only_that_client(echo):
    """Sıfırlanan bağlantı yalnız kendini bitirir: karşılanmadan, satırın ortasında ya da yanıtlarını almadan."""
    server = echo()
    other = server.welcomed()
    for _ in range(20):
        TcpPeer.connect(server.program).reset()
    talking = server.welcomed()
    talking.send("yarım")
    talking.reset()
    greedy = server.welcomed(receive_buffer=4096)
    greedy.fill(LINE, 64 * MIB, quiet=0.1)
    greedy.reset()
    other.send("ayaktayım\n")
    other.expect("Echo: ayaktayım\n")


def test_silent_client_is_closed(echo):
    """Sessiz istemci --timeout dolunca, söz söylenmeden kapatılır ve loglanır."""
    server = echo("--timeout", "0.3")
    server.welcomed().expect_eof()
    server.program.wait_line(re.compile(".* - WARNING - İstemci zaman aşımı: .*"), "stderr")


# --- yavaş okuyan


def test_slow_reader_gets_everything(echo):
    """Okumayı bir süre bırakan istemci, okumaya başlayınca yanıtlarının hepsini eksiksiz alır."""
    peer = echo().welcomed(receive_buffer=4096)
    count = 4000
    sent = peer.fill(LINE, len(LINE) * count)
    assert sent < len(LINE) * count
    rest = (LINE * count)[sent:]
    sender = threading.Thread(target=lambda: (peer.send(rest, seconds=30), peer.half_close()))
    sender.start()
    answers = peer.read_until_eof(seconds=30)
    sender.join()
    assert answers == (b"Echo: " + LINE) * count
