"""Düzenek, bilerek yanlış yazılmış sunucuları yakalıyor ve nedenini doğru söylüyor mu?

İçteki ders testi doğru sunucuda geçer; yanlış sunucuların her birinde, o yanlışın iletisiyle başarısız olur.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from harness import inner

HEADER = '''
import re
from harness.peer import TcpPeer


def welcomed(server):
    peer = TcpPeer.connect(server)
    peer.expect("Hoşgeldiniz!\\n")
    return peer
'''

LESSON = {
    "echo": '''
        def test_echo(start_server):
            peer = welcomed(start_server())
            peer.send("selam\\n")
            peer.expect("Echo: selam\\n")
    ''',
    "echo_line": '''
        def test_echo_line(start_server):
            peer = welcomed(start_server())
            peer.send("selam\\n")
            peer.expect_line("Echo: selam")
    ''',
    "echo_pattern": '''
        def test_echo_pattern(start_server):
            peer = welcomed(start_server())
            peer.send("selam\\n")
            peer.expect_line(re.compile("Echo: [a-z]+"))
    ''',
    "large": '''
        def test_large(start_server):
            peer = welcomed(start_server())
            text = "a" * 50000
            peer.send(text + "\\n")
            peer.expect(f"Echo: {text}\\n")
    ''',
    "two_lines": '''
        def test_two_lines(start_server):
            peer = welcomed(start_server())
            peer.send("bir\\niki\\n")
            peer.expect("Echo: bir\\nEcho: iki\\n")
    ''',
    "two_line_patterns": '''
        def test_two_line_patterns(start_server):
            peer = welcomed(start_server())
            peer.send("bir\\niki\\n")
            peer.expect_line(re.compile("Echo: bir"))
            peer.expect_line(re.compile("Echo: iki"))
    ''',
    "second_client": '''
        def test_second_client(start_server):
            server = start_server()
            first = welcomed(server)
            second = welcomed(server)
            second.send("selam\\n")
            second.expect("Echo: selam\\n")
    ''',
    "single_read": '''
        def test_single_read(start_server):
            peer = welcomed(start_server())
            peer.send("aşk\\n")
            peer.expect_single_read("Echo: aşk\\n")
    ''',
    "survives_reset": '''
        def test_survives_reset(start_server):
            server = start_server()
            first = welcomed(server)
            first.reset()
            server.wait_line("Bağlantı kesildi", "stderr")
            second = welcomed(server)
            second.send("selam\\n")
            second.expect("Echo: selam\\n")
    ''',
    "quit": '''
        def test_quit(start_server):
            peer = welcomed(start_server())
            peer.send("quit\\n")
            peer.expect("Güle güle!\\n")
            peer.expect_eof()
    ''',
    "start": '''
        def test_start(start_server):
            start_server()
    ''',
    "answer_each": '''
        def test_answer_each(start_server):
            peer = welcomed(start_server())
            peer.send("bir\\niki\\n")
            peer.expect_single_read("Echo: bir\\n")
    ''',
}
RACY = {"answer_each"}
"""Doğru sunucuda da iki yanıt bir okumada gelebilir: TCP'nin doğası."""

CASES = [
    ("short_write", "large", "Kısa yazma"),
    ("lost_newline", "echo", "Satır sonu eksik"),
    ("lost_newline", "echo_line", "Satır sonu eksik"),
    ("lost_newline", "echo_pattern", "Satır sonu eksik"),
    ("lost_newline", "two_lines", "Yanıtlar birleşti"),
    ("blocked_second_client", "second_client", "İkinci istemci bekletiliyor"),
    ("silent", "start", None),
    ("silent", "echo", "Sunucu sustu"),
    ("wrong_exit_code", "start", "Yanlış çıkış kodu"),
    ("no_readiness", "start", "Hazır olma satırı yok"),
    ("buffered_readiness", "start", "stdout boşaltılmadı"),
    ("wrong_readiness", "start", "Hazır olma satırının biçimi yanlış"),
    ("split_character", "single_read", "Bir karakter ikiye bölündü"),
    ("split_answer", "single_read", "Yanıt birden çok gönderime bölünmüş"),
    ("joined_answers", "two_lines", "Yanıtlar birleşti: iki yanıtın arasındaki satır sonu"),
    ("joined_sends", "answer_each", "Yanıtlar birleşti: bir gönderimde birden çok yanıt"),
    ("crlf", "echo", "CRLF ve LF karıştı"),
    ("crlf", "echo_line", "CRLF ve LF karıştı"),
    ("crlf", "echo_pattern", "CRLF ve LF karıştı"),
    ("joined_answers", "two_line_patterns", "Yanıtlar birleşti: iki yanıtın arasındaki satır sonu"),
    ("no_framing", "two_lines", "Çerçeveleme yok"),
    ("early_close", "echo", "Erken kapanış"),
    ("resets", "echo", "Bağlantı sıfırlandı (RST)"),
    ("wrong_encoding", "quit", "Yanlış metin kodlaması"),
    ("dies_of_reset", "survives_reset", "Sunucu test bitmeden sona erdi"),
    ("ignores_sigterm", "start", "Program bitmedi"),
    ("sanitizer_finding", "start", "Sanitizer bulgusu"),
    ("leaves_child", "start", "geride 1 süreç bıraktı"),
]


def _source(name: str) -> str:
    return HEADER + "\n\n" + textwrap.dedent(LESSON[name])


@pytest.mark.parametrize(("server", "test", "cause"), CASES, ids=[f"{server}-{test}" for server, test, _ in CASES])
def test_wrong_server_fails_with_its_cause(tmp_path: Path, server: str, test: str, cause: str | None) -> None:
    """Yanlış sunucu yakalanır; ileti o yanlışı anlatır (cause None: bu test o yanlışı göremez, geçer)."""
    result = inner.run(tmp_path, _source(test), "--server", str(inner.WRONG / f"{server}.py"), factor=0.3)
    if cause is None:
        assert result.code == 0, result.text
        return
    assert result.code == 1, result.text
    assert "1 failed" in result.text, result.text
    assert cause in result.text, result.text
    assert "Şimdiye kadarki adımlar" in result.text, result.text


def test_right_server_passes(tmp_path: Path) -> None:
    """Aynı testlerin hepsi doğru sunucuda geçer."""
    names = [name for name in LESSON if name not in RACY]
    source = HEADER + "\n\n".join(textwrap.dedent(LESSON[name]) for name in names)
    result = inner.run(tmp_path, source, "--server", str(inner.WRONG / "echo.py"))
    assert result.code == 0, result.text
    assert f"{len(names)} passed" in result.text
