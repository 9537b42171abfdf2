"""Olası nedenler: bir başarısızlığın ipuçlarından, yeni başlayanın en sık yaptığı yanlışa.

Tablo yukarıdan aşağıya denenir, ilk tutan satır söylenir; en kesin belirti en üsttedir. Yeni bir belirti
eklerken düzeneğin kendi testlerine (tests/test_harness_wrong.py) onu yapan bir yanlış sunucu da eklenir.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Callable

SANITIZER = re.compile(
    r"ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|SUMMARY: \w+Sanitizer|: runtime error: "
    r"|LeakSanitizer has encountered"
)


@dataclass(frozen=True)
class ProgramClues:
    """Bir programın, başarısızlık anındaki hâli."""

    role: str
    code: int | None
    stopped_by_test: bool
    stderr: str


@dataclass
class Clues:
    """Tutmayan beklentinin bütün ipuçları."""

    expected: bytes | None = None
    received: bytes = b""
    sent: bytes = b""
    ending: str = ""
    """Beklemenin nasıl bittiği: timeout, eof, reset, mismatch ya da boş."""
    want: str = "answer"
    """Beklenen şey: answer, single-read, eof, reset, silence, ready, exit; ötekilerin nedeni aranmaz."""
    rivals: int = 0
    """Aynı sunucuya daha önce bağlanmış ve hâlâ açık öteki karşı taraflar."""
    expected_code: int | None = None
    code: int | None = None
    buffered: bool = False
    """Hazır olma satırı ancak program durdurulurken çıktı."""
    programs: list[ProgramClues] = field(default_factory=list)

    @property
    def wanted(self) -> bytes:
        return self.expected or b""


def likely(clues: Clues) -> str:
    """En olası nedenin anlatımı; hiçbiri uymuyorsa boş."""
    return next((text for matches, text in TABLE if matches(clues)), "")


def _sanitizer(clues: Clues) -> bool:
    return clues.code == 99 or any(p.code == 99 or SANITIZER.search(p.stderr) for p in clues.programs)


def _server_gone(clues: Clues) -> bool:
    return clues.want != "exit" and any(
        p.role == "server" and p.code is not None and not p.stopped_by_test for p in clues.programs
    )


def _answer(clues: Clues) -> bool:
    return clues.want in ("answer", "single-read")


def _silent(clues: Clues) -> bool:
    return _answer(clues) and clues.ending == "timeout" and not clues.received


def _only_beginning(clues: Clues) -> bool:
    received = clues.received
    return bool(received) and received != clues.wanted and clues.wanted.startswith(received)


def _incomplete_character(data: bytes) -> bool:
    """Son karakterin ilk baytı gelmiş, kalanı gelmemiş mi?"""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            return (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) > back
        if byte < 0x80:
            return False
    return False


def _crlf_for_lf(clues: Clues) -> bool:
    line = clues.wanted.rstrip(b"\n")
    instead = line.replace(b"\n", b"\r\n") + b"\r\n"
    return bool(line) and b"\r\n" not in clues.wanted and clues.received.startswith(instead)


def _lf_for_crlf(clues: Clues) -> bool:
    line, ended_by_crlf, _ = clues.wanted.partition(b"\r\n")
    return bool(ended_by_crlf) and clues.received.startswith(line + b"\n")


def _lost_newline(clues: Clues) -> bool:
    return clues.wanted.endswith(b"\n") and clues.received == clues.wanted[:-1]


def _inner_newline_kept(clues: Clues) -> bool:
    """Gönderilen son iki satır, aralarındaki satır sonuyla birlikte geri mi geldi?"""
    lines = clues.sent.rstrip(b"\r\n").split(b"\n")
    return len(lines) > 1 and b"\n".join(lines[-2:]) in clues.received


def _joined_lines(clues: Clues) -> bool:
    """Satır sonu yerine yeni bir yanıt mı geldi? Belgelerin her yanıtı büyük harfle başlar."""
    received, wanted = clues.received, clues.wanted
    if not wanted.strip() or received.startswith(wanted):
        return False
    if wanted.count(b"\n") > 1:
        return received.replace(b"\n", b"").startswith(wanted.replace(b"\n", b""))
    line = wanted.rstrip(b"\n")
    rest = received[len(line) :].decode("utf-8", "replace").strip()
    return received.startswith(line) and rest[:1].isupper()


def _other_encoding(clues: Clues) -> bool:
    text = clues.wanted.decode("utf-8", "ignore")
    others = [text.encode(name, "replace") for name in ("iso8859-9", "cp1254", "utf-16-le")]
    return not text.isascii() and any(clues.received.startswith(other) for other in others)


def _twice_encoded(clues: Clues) -> bool:
    twice = clues.wanted.decode("latin-1").encode("utf-8")
    return not clues.wanted.isascii() and clues.received.startswith(twice)


def _only_case_differs(clues: Clues) -> bool:
    wanted, received = (data.decode("utf-8", "replace").strip() for data in (clues.wanted, clues.received))
    return wanted != received and wanted.casefold() == received.casefold()


def _only_blanks_differ(clues: Clues) -> bool:
    return bool(clues.received) and clues.wanted.strip() == clues.received.strip()


Row = tuple[Callable[[Clues], bool], str]

TABLE: list[Row] = [
    (
        _sanitizer,
        "Sanitizer bulgusu: program bellekle ya da tanımsız davranışla ilgili bir yanlış yaptı. Aşağıdaki çıktıda "
        "`ERROR:` ya da `runtime error:` satırı, hemen altında da yanlışın yapıldığı dosya ve satır var.",
    ),
    (
        lambda c: c.want == "ready" and c.buffered,
        "stdout boşaltılmadı: hazır olma satırı tamponda kaldı, ancak program kapanırken çıktı. stdout bir boruya "
        "bağlıyken tam tamponludur; satır tamponlu yap ya da satırdan sonra boşalt (C'de `setvbuf` ya da `fflush`, "
        "Python'da `print(..., flush=True)`).",
    ),
    (
        lambda c: c.want == "ready" and c.code is not None,
        "Sunucu hazır olmadan bitti. Nedeni stderr'in son satırında olmalı: yanlış seçenek, kullanılan bir port, "
        "bağlanamayan bir adres.",
    ),
    (
        lambda c: c.want == "ready" and bool(c.received),
        "Hazır olma satırının biçimi yanlış: stdout'a tek satır, `HOST:PORT dinleniyor` yazılır; port, bind()'den "
        "sonra getsockname() ile öğrenilir, IPv6 adresi köşeli ayraç içindedir.",
    ),
    (
        lambda c: c.want == "ready",
        "Hazır olma satırı yok: sunucu listen()'den sonra stdout'a `HOST:PORT dinleniyor` yazmalı ve stdout'u "
        "boşaltmalı (boruya yazarken stdout satır tamponlu değildir; C'de `setvbuf` ya da `fflush`, Python'da "
        "`print(..., flush=True)`).",
    ),
    (
        lambda c: c.want == "exit" and c.code is not None and c.code < 0,
        "Program bir sinyalle öldü. SIGPIPE (-13): kapanmış bir sokete ya da boruya yazarken MSG_NOSIGNAL "
        "verilmemiş ya da sinyal yok sayılmamış. SIGSEGV (-11) ve SIGABRT (-6): bellek yanlışı. SIGTERM (-15), "
        "SIGINT (-2): sinyal ele alınmamış.",
    ),
    (
        lambda c: c.want == "exit" and c.code is None,
        "Program bitmedi: sonsuz bir beklemede. Zaman sınırı olmayan bir read/accept/join ya da işlenmeyen bir akış"
        " sonu (recv'in 0 dönmesi), SIGTERM'de ise uyandırılmayan bir döngü olabilir.",
    ),
    (
        lambda c: c.want == "exit" and c.expected_code is not None,
        "Yanlış çıkış kodu: 0 iş bitti, 1 iş olmadı (nedeni stderr'in son satırında), 2 yanlış kullanım. main'in "
        "döndürdüğü değere bak: hata bulunup da yutulmuş, ya da tersine başarı hata sayılmış olabilir.",
    ),
    (
        _server_gone,
        "Sunucu test bitmeden sona erdi: tek bir istemcinin hatası sunucuyu durdurmuş olabilir. Çıkış kodu ve son "
        "çıktısı aşağıda.",
    ),
    (
        _crlf_for_lf,
        "CRLF ve LF karıştı: satır `\\r\\n` ile bitiyor, sözleşme yalnız `\\n` istiyor.",
    ),
    (
        _lf_for_crlf,
        "CRLF ve LF karıştı: satır yalnız `\\n` ile bitiyor, sözleşme `\\r\\n` istiyor.",
    ),
    (
        _inner_newline_kept,
        "Çerçeveleme yok: bir recv'in döndürdüğü bayt yığını tek mesaj sayılmış, içindeki satır sonu mesajın "
        "parçası olmuş. Gelen bayt önce bir tampona gider, satırı `\\n` keser.",
    ),
    (
        _joined_lines,
        "Yanıtlar birleşti: iki yanıtın arasındaki satır sonu (`\\n`) yok, karşı taraf onları tek satır görüyor.",
    ),
    (
        lambda c: c.want == "single-read" and _incomplete_character(c.received),
        "Bir karakter ikiye bölündü: yanıt, çok baytlı bir UTF-8 karakterin ortasından kesilip iki ayrı gönderimle "
        "yollanmış. Belgenin istemcisi bir recv'i bir yanıt sayar ve çözemez: her yanıt tek gönderimde çıkmalı.",
    ),
    (
        _lost_newline,
        "Satır sonu eksik: yanıt tam, ama sonundaki `\\n` gönderilmemiş. Satırı bekleyen karşı taraf onu "
        "tamamlanmamış sayar.",
    ),
    (
        lambda c: c.want == "single-read" and c.wanted != b"" and c.received.startswith(c.wanted),
        "Yanıtlar birleşti: bir gönderimde birden çok yanıt var. Belgenin istemcisi bir recv'i bir yanıt sayar.",
    ),
    (
        lambda c: c.want == "single-read" and _only_beginning(c),
        "Yanıt birden çok gönderime bölünmüş. Belgenin istemcisi bir recv'i bir yanıt sayar: yanıtı önce bir "
        "tamponda kur, sonra tek çağrıyla gönder.",
    ),
    (
        lambda c: c.ending in ("timeout", "eof") and _only_beginning(c),
        "Kısa yazma: yanıtın yalnız başı geldi. send()/write() verinin hepsini almak zorunda değildir; döndürdüğü "
        "sayı kadar ilerleyip kalanı yeniden göndermek gerekir.",
    ),
    (
        lambda c: c.ending == "reset" and c.want != "reset",
        "Bağlantı sıfırlandı (RST): karşı taraf, alım tamponunda okunmamış veri varken close() çağırmış ya da "
        "SO_LINGER 0 ile kapatmış. Önce shutdown(SHUT_WR), sonra gelen kalanı okuyup bitirmek, en son close() "
        "gerekir.",
    ),
    (
        _other_encoding,
        "Yanlış metin kodlaması: metin UTF-8 yerine başka bir kodlamayla gönderilmiş (ş, UTF-8'de c5 9f iki "
        "bayttır).",
    ),
    (
        _twice_encoded,
        "Yanlış metin kodlaması: UTF-8 baytları bir kez daha UTF-8'e çevrilmiş.",
    ),
    (
        _only_case_differs,
        "Yalnız büyük-küçük harf farklı: metin belgedekiyle bayt bayt aynı olmalı. Küçük harfe çevirme yalnız "
        "ASCII'de, karşılaştırma için yapılır; gönderilen metin değişmez.",
    ),
    (
        _only_blanks_differ,
        "Yalnız baştaki ya da sondaki boşluk farklı: metin kırpılmamış ya da fazladan kırpılmış.",
    ),
    (
        lambda c: _silent(c) and c.rivals > 0,
        "İkinci istemci bekletiliyor: sunucu, ilk istemci konuşana ya da gidene kadar ötekilere bakmıyor. Bloke "
        "eden recv() aynı iş parçacığında accept()'in yolunu kesmiş olabilir.",
    ),
    (
        lambda c: _silent(c) and c.sent != b"" and not c.sent.endswith(b"\n"),
        "Sunucu sustu: gönderilen metnin sonunda satır sonu yok; sunucu satırın kalanını bekliyor olabilir.",
    ),
    (
        _silent,
        "Sunucu sustu: bağlantı açık ama tek bayt gelmedi. Yanıt hiç gönderilmemiş, bir tamponda unutulmuş ya da "
        "sunucu başka bir beklemede kalmış olabilir.",
    ),
    (
        lambda c: _answer(c) and c.ending == "eof" and not c.received,
        "Erken kapanış: karşı taraf yanıt vermeden bağlantıyı kapattı. Sunucunun log'unda nedeni olabilir "
        "(çözülemeyen metin, yarım karakter, dolu sunucu).",
    ),
    (
        lambda c: c.want == "eof" and c.ending == "timeout",
        "Bağlantı kapatılmadı: close() unutulmuş, ya da tanımlayıcının bir kopyası (fork'tan sonra ana süreçte, "
        "başka bir iş parçacığında) hâlâ açık; son kopya kapanmadan FIN gitmez.",
    ),
    (
        lambda c: c.want == "eof" and bool(c.received),
        "Fazladan veri: bağlantının kapanması beklenirken bayt geldi.",
    ),
    (
        lambda c: c.want == "silence" and bool(c.received),
        "Fazladan veri: hiçbir şey gelmemesi gerekirken bayt geldi. Aynı yanıt iki kez gönderilmiş ya da başkasına "
        "gidecek yanıt bu karşı tarafa gelmiş olabilir.",
    ),
    (
        lambda c: c.ending == "mismatch" and bool(c.received),
        "Metin sözleşmedekinden farklı: `^` ilk farklı baytı gösterir. Her metin belgedekiyle bayt bayt aynıdır; "
        "gelen, önceki bir isteğin geç kalmış yanıtı da olabilir.",
    ),
]
