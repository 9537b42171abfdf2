"""Ortak sözleşmenin denetimleri, uymayan programı yakalıyor mu?"""

from __future__ import annotations

import pytest

from harness import contract
from harness.address import Address
from harness.failure import HarnessFailure
from harness.program import Finished

ADDRESS = Address("127.0.0.1", 9000)
HELP = "Kullanım: server [SEÇENEKLER]\n" + "\n".join(
    f"  {short}, {long}" for short, long in zip(contract.STANDARD_OPTIONS[::2], contract.STANDARD_OPTIONS[1::2])
)
LOG = "2026-11-20 14:03:11,042 - INFO - Yeni bağlantı"


def finished(code: int = 0, out: str = "", err: str = "") -> Finished:
    return Finished(code, out, err, 0.1)


def test_help_passes() -> None:
    """Sözleşmeye uyan yardım metni geçer."""
    contract.check_help(finished(out=HELP))


@pytest.mark.parametrize(
    "result",
    [
        finished(out=HELP.replace("--timeout", "--zaman")),
        finished(out=HELP.replace("-t, ", "")),
        finished(out=HELP.replace("Kullanım", "Usage").replace("SEÇENEKLER", "OPTIONS")),
        finished(out="", err=HELP),
        finished(out=HELP, err="uyarı\n"),
    ],
    ids=["no-long-option", "no-short-option", "not-turkish", "on-stderr", "extra-on-stderr"],
)
def test_bad_help_is_caught(result: Finished) -> None:
    """Eksik, İngilizce ya da yanlış akıştaki yardım metni yakalanır."""
    with pytest.raises(HarnessFailure):
        contract.check_help(result)


def test_right_answers_to_wrong_usage_pass() -> None:
    """Her yanlış kullanıma tek satır ve 2 ile yanıt veren program geçer."""
    line = "--port, --host, --timeout, --verbose: {} olmaz; 0 ile 65535 arasında olmalı\n"
    for role in ("server", "client"):
        assert contract.wrong_usages(role, lambda words: finished(2, err=line.format(" ".join(words)))) == []


@pytest.mark.parametrize(
    "result",
    [
        finished(0),
        finished(1, err="olmaz\n"),
        finished(2),
        finished(2, out="olmaz\n"),
        finished(2, err="bir\niki\n"),
        finished(2, err="?\n"),
    ],
    ids=["accepted", "wrong-code", "silent", "on-stdout", "two-lines", "vague"],
)
def test_wrong_answers_to_wrong_usage_are_caught(result: Finished) -> None:
    """Sözleşmeye uymayan her yanıt, komut satırıyla birlikte anılır."""
    complaints = contract.wrong_usages("server", lambda _words: result)
    assert len(complaints) == len(contract.WRONG_USAGES) + len(contract.ROLE_WRONG_USAGES["server"])
    assert complaints[0].startswith("--boyle-bir-secenek-yok: ")


def test_failure_line_passes() -> None:
    """Önünde log satırları olsa da son satırı yalın olan hata geçer."""
    last = "Bağlanılamadı: 127.0.0.1:9000: bağlantı reddedildi"
    contract.check_failure_line(finished(1, err=f"{LOG}\n{last}\n"), ADDRESS)


@pytest.mark.parametrize(
    "result",
    [
        finished(0, err="Bağlanılamadı: 127.0.0.1:9000: bağlantı reddedildi\n"),
        finished(1),
        finished(1, err=f"{LOG}\n"),
        finished(1, err="Bağlanılamadı: bağlantı reddedildi\n"),
        finished(1, err="Bağlanılamadı: 127.0.0.1:9000\n"),
        finished(1, err="127.0.0.1:9000: bağlantı reddedildi\n"),
    ],
    ids=["code-0", "silent", "log-line", "no-address", "no-reason", "no-operation"],
)
def test_bad_failure_line_is_caught(result: Finished) -> None:
    """İşlemi, adresi ya da nedeni söylemeyen hata yakalanır."""
    with pytest.raises(HarnessFailure):
        contract.check_failure_line(result, ADDRESS)


@pytest.mark.parametrize("line", ["merhaba", "2026-11-20 14:03:11.042 - INFO - x", LOG.replace("INFO", "Bilgi"), ""])
def test_bad_log_line_is_caught(line: str) -> None:
    """Belgelerin biçiminde olmayan log satırı yakalanır."""
    contract.check_log([LOG])
    with pytest.raises(HarnessFailure):
        contract.check_log([LOG, line])
