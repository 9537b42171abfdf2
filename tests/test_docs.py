"""Sayfaların eskimediğini bekleyen araçlar: her kusur, ona özgü iletiyle yakalanır; doğru sayfa geçer."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from small_project import DIAGRAM, LESSON, LESSON_HELP, PAGE, SERVER, TRANSCRIPT, SmallProject, only

from yuva import blocks, coverage, diagram, docs, pages, regions, transcript
from yuva.docs import DocsError


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    return SmallProject(tmp_path)


def stale(project: SmallProject) -> list[str]:
    return docs.check(project.generator())


def page_problems(project: SmallProject) -> list[str]:
    def script_help(script: str) -> str:
        return LESSON_HELP

    mentions = pages.check_mentions(project.root, script_help)
    return pages.check(project.root, project.lesson(), project.live.help, script_help) + mentions


def test_fresh_pages_pass(project: SmallProject) -> None:
    assert stale(project) == []
    assert page_problems(project) == []


# Bölgeler


def test_region_is_dedented_and_nested_marks_are_left_out() -> None:
    lines = ["/* region: dış */", "if (x) {", "    /* region: iç */", "    y();", "    /* endregion */", "}", "/* endregion */"]
    found = regions.parse("".join(f"    {line}\n" for line in lines))
    assert found["dış"].code == "if (x) {\n    y();\n}"
    assert found["iç"].code == "y();"


def test_python_regions() -> None:
    assert regions.parse("# region: a\nx = 1\n# endregion\n")["a"].code == "x = 1"


def test_assembler_regions_are_shown_and_asked_for(project: SmallProject) -> None:
    """`.S` dosyasındaki bölge sayfada gösterilir; hiçbir sayfanın göstermediği söylenir."""
    source = "common/base/swap.S"
    project.write(source, "/* region: swap */\n        ret\n/* endregion */\n")
    only(stale(project), f"{source}:1: 'swap' bölgesini hiçbir sayfa göstermiyor")
    project.write(PAGE, project.read(PAGE) + f"\n<!-- code: {source}#swap -->\n```asm\nret\n```\n<!-- /code -->\n")
    assert stale(project) == []


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("/* region: a */\nx\n", "1: 'a' bölgesi kapanmıyor"),
        ("x\n/* endregion */\n", "2: açılmamış bir bölge kapanıyor"),
        ("# region: a\n# endregion\n# region: a\n# endregion\n", "3: 'a' bölgesi bu dosyada ikinci kez açılıyor"),
    ],
)
def test_broken_regions_are_named(source: str, message: str) -> None:
    with pytest.raises(regions.RegionError, match=message):
        regions.parse(source)


def test_unclosed_region_in_a_source_fails(project: SmallProject) -> None:
    project.edit(SERVER, "    /* endregion */\n", "")
    assert any(f"{SERVER}:7: 'greet' bölgesi kapanmıyor" in problem for problem in stale(project))


def test_unused_region_fails(project: SmallProject) -> None:
    project.edit(SERVER, "return 0;", "/* region: rest */\n    return 0;\n    /* endregion */")
    only(stale(project), f"{SERVER}:10: 'rest' bölgesini hiçbir sayfa göstermiyor")


def test_unknown_region_fails_and_names_the_known_ones(project: SmallProject) -> None:
    project.edit(PAGE, "#greet", "#selam")
    problems = stale(project)
    assert any("'selam' bölgesi yok; olanlar: greet" in problem for problem in problems)


def test_missing_source_fails(project: SmallProject) -> None:
    project.edit(PAGE, "server.c#greet", "sunucu.c#greet")
    assert any("lessons/04-tcp/sunucu.c diye bir dosya yok" in problem for problem in stale(project))


# Bloklar


def test_stale_code_fails_and_shows_the_difference(project: SmallProject) -> None:
    project.edit(SERVER, '"merhaba"', '"selam"')
    only(stale(project), "bayat")
    assert 'sayfada: puts("merhaba");\n    doğrusu: puts("selam");' in stale(project)[0]


def test_refresh_rewrites_stale_blocks_and_then_nothing(project: SmallProject) -> None:
    project.edit(SERVER, '"merhaba"', '"selam"')
    assert docs.refresh(project.generator()) == ([Path(PAGE)], [])
    assert '```c\nputs("selam");\n```' in project.read(PAGE)
    assert stale(project) == []
    assert docs.refresh(project.generator()) == ([], [])


def test_refresh_of_one_lesson_leaves_other_pages(project: SmallProject) -> None:
    project.lesson_row["minutes"] = 45
    changed, _ = docs.refresh(project.generator(), [project.lesson()])
    assert changed == [Path(PAGE)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!-- code: a.c#b -->\n", "1: 'code: a.c#b' bloğu kapanmıyor"),
        ("<!-- /code -->\n", "1: açılmamış blok kapanıyor"),
        ("<!-- code: a.c#b -->\n<!-- code: a.c#c -->\n", "1: 'code: a.c#b' bloğu kapanmadan yenisi açılıyor"),
        ("<!-- code: a.c#b -->\n<!-- /diagram -->\n", "2: 'code: a.c#b' bloğu '<!-- /diagram -->' ile kapanmaz"),
        ("<!-- cod: a.c#b -->\n", "1: tanınmayan blok işareti"),
        ("<!-- code -->\n", "1: bloğun adı yok"),
    ],
)
def test_broken_block_marks_are_named(text: str, message: str) -> None:
    with pytest.raises(blocks.BlockError, match=message):
        blocks.parse(text)


def test_broken_marks_on_a_page_fail(project: SmallProject) -> None:
    project.edit(PAGE, "<!-- /code -->", "")
    assert any(f"{PAGE}:" in problem and "kapanmadan yenisi açılıyor" in problem for problem in stale(project))


def test_marks_shown_inside_a_code_block_are_not_blocks() -> None:
    assert blocks.parse("```markdown\n<!-- code: a.c#b -->\n```\n") == []


def test_body_with_a_fence_gets_a_longer_fence() -> None:
    assert docs.fenced("text", "```").startswith("````text\n")


# Dökümler


def test_stale_transcript_fails(project: SmallProject) -> None:
    project.live.transcript_text = TRANSCRIPT.replace("istemci│ merhaba", "istemci│ selam")
    only(stale(project), f"'transcript: {LESSON}/run' bloğu bayat")


def test_programs_may_interleave_differently(project: SmallProject) -> None:
    first, second, third = TRANSCRIPT.split("\n")
    project.live.transcript_text = "\n".join([first, third, second])
    assert stale(project) == []


def test_order_within_one_program_matters() -> None:
    assert not transcript.same("sunucu │ a\nsunucu │ b", "sunucu │ b\nsunucu │ a")


def test_unordered_runs_are_compared_as_sorted_lines(project: SmallProject) -> None:
    first, second, third = TRANSCRIPT.split("\n")
    project.live.transcript_text = "\n".join([third, second, first])
    only(stale(project), "bayat")
    project.lesson_row["scenarios"]["run"]["unordered"] = True
    assert stale(project) == []


def test_unknown_scenario_fails(project: SmallProject) -> None:
    project.edit(PAGE, f"transcript: {LESSON}/run", f"transcript: {LESSON}/koş")
    only(stale(project), "'koş' senaryosu yok; olanlar: run")


def test_a_run_that_fails_is_reported_with_its_reason(project: SmallProject) -> None:
    def broken(*_: Any) -> str:
        raise DocsError("04-tcp/run çalışmadı: sunucu hazır olmadı")

    project.live.transcript = broken  # type: ignore[method-assign]
    only(stale(project), "04-tcp/run çalışmadı: sunucu hazır olmadı")


def test_masks() -> None:
    mask = transcript.masker([(r"\d+ ms", "‹süre›")])
    assert mask("2026-11-20 14:03:11,042 - INFO - hazır") == "‹zaman› - INFO - hazır"
    assert mask("Zaman: 2026-11-20 14:03:11.123456)") == "Zaman: ‹zaman›)"
    assert mask("127.0.0.1:43095 dinleniyor") == "127.0.0.1:‹port› dinleniyor"
    assert mask("[::1]:43095 dinleniyor") == "[::1]:‹port› dinleniyor"
    assert mask("işçi pid 4711, 12 ms") == "işçi pid ‹pid›, ‹süre›"
    assert mask("10:20:30, 1.2.3.4, v1:5") == "10:20:30, 1.2.3.4, v1:5"


def test_host_name_is_masked_as_a_whole_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "kartal")
    monkeypatch.setattr("socket.getfqdn", lambda: "kartal.ev.tr")
    mask = transcript.masker()
    assert mask("kartal.ev.tr (kartal), kartallar") == "‹makine› (‹makine›), kartallar"


# Diyagramlar


def event(sender: str, kind: str, data: bytes = b"", connection: int = 1) -> dict[str, Any]:
    return {"connection": connection, "from": sender, "kind": kind, "data": base64.b64encode(data).decode()}


def tcp(*events: dict[str, Any]) -> dict[str, Any]:
    return {"transport": "tcp", "events": list(events)}


def arrows(recording: dict[str, Any], **options: Any) -> list[str]:
    return [line.strip() for line in diagram.render(recording, **options).splitlines() if ">" in line or "--x" in line]


def test_stale_diagram_fails(project: SmallProject) -> None:
    project.live.diagram_text = DIAGRAM.replace("merhaba", "selam")
    only(stale(project), f"'diagram: {LESSON}/run' bloğu bayat")


def test_conversation_in_arrows() -> None:
    recording = tcp(
        event("client", "open"),
        event("client", "data", b"time\nquit\n"),
        event("server", "data", "Güle güle!\n".encode()),
        event("server", "eof"),
        event("client", "reset"),
    )
    assert arrows(recording) == [
        "istemci-->>sunucu: bağlantı kuruldu",
        'istemci->>sunucu: "time\\n" (5 bayt)',
        'istemci->>sunucu: "quit\\n" (5 bayt)',
        'sunucu->>istemci: "Güle güle!\\n" (13 bayt)',
        "sunucu--xistemci: akış sonu (FIN)",
        "istemci--xsunucu: sıfırlama (RST)",
    ]


def test_segment_boundaries_do_not_show() -> None:
    whole = "şeker\nşerbet\n".encode()
    cut = [event("client", "data", whole[at : at + 1]) for at in range(len(whole))]
    assert diagram.render(tcp(*cut)) == diagram.render(tcp(event("client", "data", whole)))


def test_http_head_is_one_arrow() -> None:
    request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    response = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhey"
    assert arrows(tcp(event("client", "data", request), event("server", "data", response))) == [
        'istemci->>sunucu: "GET / HTTP/1.1" ve başlıklar (27 bayt)',
        'sunucu->>istemci: "HTTP/1.1 200 OK" ve başlıklar (38 bayt)',
        'sunucu->>istemci: gövde: "hey" (3 bayt)',
    ]


def test_every_datagram_is_an_arrow() -> None:
    recording = {
        "transport": "udp",
        "events": [event("client", "data", b"a\nb"), event("client", "data", b"c"), event("server", "data", b"")],
    }
    assert arrows(recording) == [
        'istemci->>sunucu: "a\\nb" (3 bayt)',
        'istemci->>sunucu: "c" (1 bayt)',
        "sunucu->>istemci: boş (0 bayt)",
    ]


def test_text_is_escaped_for_mermaid() -> None:
    assert arrows(tcp(event("client", "data", b'a;b#c<d>&"\\\x01'))) == [
        'istemci->>sunucu: "a#59;b#35;c#lt;d#gt;#amp;\\"\\\\\\x01" (12 bayt)'
    ]


def test_bytes_that_are_not_text_are_shown_in_hex() -> None:
    assert arrows(tcp(event("client", "data", bytes(range(0xF8, 0x100)) + b"z"))) == [
        "istemci->>sunucu: f8 f9 fa fb fc fd fe ff … (9 bayt)"
    ]


def test_long_text_is_shortened_with_its_size() -> None:
    (arrow,) = arrows(tcp(event("client", "data", b"a" * 5000)))
    assert arrow == f'istemci->>sunucu: "{"a" * diagram.MAX_TEXT}…" (5000 bayt)'


def test_masked_text_has_no_size() -> None:
    recording = tcp(event("server", "data", b"pid 4711\n"))
    assert arrows(recording, mask=transcript.masker()) == ['sunucu->>istemci: "pid ‹pid›\\n"']


def test_connections_are_told_apart() -> None:
    recording = tcp(event("client", "data", b"a\n", 1), event("client", "data", b"b\n", 2))
    text = diagram.render(recording)
    assert "participant istemci2 as istemci 2" in text
    assert arrows(recording) == ['istemci1->>sunucu: "a\\n" (2 bayt)', 'istemci2->>sunucu: "b\\n" (2 bayt)']


def test_many_connections_are_cut_short() -> None:
    count = diagram.MAX_CONNECTIONS + 3
    text = diagram.render(tcp(*(event("client", "data", b"a\n", number) for number in range(count))))
    assert text.endswith("Note over sunucu: 3 bağlantı daha var, aynı biçimde sürer")


def test_diagrams_of_the_same_conversation_compare_equal() -> None:
    one = [event("client", "data", b"a\n", 1), event("client", "eof", b"", 1)]
    two = [event("client", "data", b"b\n", 2), event("client", "eof", b"", 2)]
    shown = diagram.render(tcp(*one, *two))
    assert diagram.same(shown, diagram.render(tcp(one[0], *two, one[1])))
    assert not diagram.same(shown, diagram.render(tcp(*one, two[0])))


def test_end_of_a_stream_keeps_its_place_among_its_own_arrows() -> None:
    question, end = event("client", "data", b"a\n"), event("client", "eof", b"")
    answer = event("server", "data", b"b\n")
    shown = diagram.render(tcp(question, end, answer))
    assert diagram.same(shown, diagram.render(tcp(question, answer, end)))  # yolda karşılaştılar
    assert not diagram.same(shown, diagram.render(tcp(end, question, answer)))


def test_order_within_a_connection_matters_unless_unordered() -> None:
    question, answer = event("client", "data", b"a\n"), event("server", "data", b"b\n")
    shown, real = diagram.render(tcp(question, answer)), diagram.render(tcp(answer, question))
    assert not diagram.same(shown, real)
    assert diagram.same(shown, real, unordered=True)


# Tablolar


def test_curriculum_and_coverage(project: SmallProject) -> None:
    page = project.read("docs/tr/README.md")
    assert "| 04 | [TCP](04-tcp.md) | D0 §2 | 60 dk | hazır |" in page
    assert "| 07 | Bloke etmeyen soketler | D0 §5, örnek 6 |  | planlandı |" in page
    assert "| §2 TCP | örnek 3 | 04-tcp | [`test_04_tcp.py`](../../tests/test_04_tcp.py) | [TCP](04-tcp.md) |" in page
    assert "| §5 Bloke etmeyen | örnek 6 | 07-nonblocking | planlandı | planlandı |" in page


def test_stale_table_fails(project: SmallProject) -> None:
    project.lesson_row["title"] = "TCP soketleri"
    assert any("'table: curriculum' bloğu bayat" in problem for problem in stale(project))


def test_facts_line(project: SmallProject) -> None:
    assert coverage.facts(project.lesson(), project.manifest()) == (
        "**Süre:** 60 dakika · **Ön koşul:** yok · **Dosyalar:** "
        "[`lessons/04-tcp/server.c`](../../lessons/04-tcp/server.c), [`client.c`](../../lessons/04-tcp/client.c)"
    )


# Sayfanın bölümleri ve sözünü ettikleri


def test_title_comes_from_the_manifest(project: SmallProject) -> None:
    project.edit(PAGE, "# 04 · TCP", "# TCP dersi")
    only(page_problems(project), ":1: ilk satır '# 04 · TCP' olmalı")


def test_missing_section_fails(project: SmallProject) -> None:
    project.edit(PAGE, "## Kaynaklar\n\nsocket(7)\n", "")
    only(page_problems(project), "'## Kaynaklar' bölümü yok")


def test_wrong_order_of_sections_fails(project: SmallProject) -> None:
    project.edit(PAGE, "## Alıştırmalar", "## Geçici")
    project.edit(PAGE, "## Kaynaklar", "## Alıştırmalar")
    project.edit(PAGE, "## Geçici", "## Kaynaklar")
    only(page_problems(project), "bölümlerin sırası yanlış")


def test_unknown_section_fails(project: SmallProject) -> None:
    project.edit(PAGE, "## Kaynaklar", "## Ek\n\nx\n\n## Kaynaklar")
    only(page_problems(project), "'## Ek' diye bir bölüm olmaz")


@pytest.mark.parametrize(
    ("kind", "section"), [("transcript", "Çalıştır"), ("diagram", "Ağdan geçenler"), ("code", "Adım adım kod")]
)
def test_section_without_its_block_fails(project: SmallProject, kind: str, section: str) -> None:
    project.edit(PAGE, f"<!-- {kind}: ", "<!-- help: ")
    assert any(f"'{section}' bölümünde '<!-- {kind}" in problem for problem in page_problems_of_broken(project))


def page_problems_of_broken(project: SmallProject) -> list[str]:
    """Blok işaretleri de bozulmuş bir sayfanın yalnız bölümlerine bakar."""
    return list(pages.wrong_sections(project.read(PAGE), project.lesson()))


def test_opening_needs_facts_and_a_promise(project: SmallProject) -> None:
    project.edit(PAGE, "Bu dersin sonunda bir sunucu yazacaksın.\n", "")
    only(page_problems(project), "dersin ne kazandırdığı yazmıyor")


def test_three_experiments_are_wanted(project: SmallProject) -> None:
    project.edit(PAGE, "3. Geri al.\n", "")
    only(page_problems(project), "numaralı 3 deney olmalı, 2 var")


@pytest.mark.parametrize(
    ("mention", "message"),
    [
        ("`test_goodbye`", "test_goodbye diye bir test yok"),
        ("`test_05_udp.py`", "test_05_udp.py diye bir test dosyası yok"),
        ("`scripts/yap`", "scripts/yap diye bir komut yok"),
        ("`scripts/lesson başlat 04`", "scripts/lesson başlat diye bir komut yok"),
        ("`scripts/lesson run 04 --hızlı`", "scripts/lesson komutunun --hızlı diye bir seçeneği yok"),
        ("`--max-clients`", "--max-clients seçeneği bu dersin programlarında yok"),
    ],
)
def test_what_a_page_mentions_must_exist(project: SmallProject, mention: str, message: str) -> None:
    project.edit(PAGE, "Kendin yaz,", f"Kendin yaz {mention},")
    only(page_problems(project), message)


def test_known_mentions_pass(project: SmallProject) -> None:
    known = ["test_04_tcp.py", "test_greeting[bytes]", "scripts/lesson run 04 server --port 1", "strace -f --trace=read"]
    project.edit(PAGE, "Kendin yaz,", f"Kendin yaz {', '.join(f'`{mention}`' for mention in known)},")
    assert page_problems(project) == []


UNIT_TESTS = """static void helper_of_the_long_test(void)
{
}

LOOP_TEST(close_waits_for_every_member)
{
}

static const struct check_test tests[] = {{RUN(close_waits_for_every_member)}, EACH(waits_are_rounded_up)};
"""


@pytest.mark.parametrize(
    ("mention", "known"),
    [
        ("`close_waits_for_every_member`", True),
        ("`waits_are_rounded_up`", True),
        ("`close_waits_for_each_member`", False),
        ("`helper_of_the_long_test`", False),
        ("`send_as_much_as_fits`", True),
        ("`net.ipv4.tcp_max_syn_backlog`", True),
        ("`close_waits_for_each_member()`", True),
        ("`max_syn_backlog`", True),
    ],
    ids=["run", "on-each", "renamed", "not-run", "in-the-sources", "dotted", "call", "short"],
)
def test_unit_test_that_a_page_mentions_must_exist(project: SmallProject, mention: str, known: bool) -> None:
    project.write("tests/unit/test_group.c", UNIT_TESTS)
    project.write("common/net/send.h", "int send_as_much_as_fits(int fd);\n")
    project.edit(PAGE, "Kendin yaz,", f"Kendin yaz {mention},")
    if known:
        assert page_problems(project) == []
    else:
        only(page_problems(project), f"{mention.strip('`')} diye bir birim testi yok")


@pytest.mark.parametrize(("name", "known"), [("test_nul", True), ("test_crlf", False)])
def test_shared_test_belongs_to_the_file_that_imports_it(project: SmallProject, name: str, known: bool) -> None:
    path = project.root / "tests" / "test_04_tcp.py"
    imported = "from line_echo import (  # noqa: F401  (ortak testler)\n    EchoServer,\n    test_nul,\n)\n"
    path.write_text(imported + path.read_text(encoding="utf-8"), encoding="utf-8")
    project.write("tests/line_echo.py", "def test_nul(echo):\n    pass\n\n\ndef test_crlf(echo):\n    pass\n")
    project.edit(PAGE, "Kendin yaz,", f"Kendin yaz `{name}`,")
    if known:
        assert page_problems(project) == []
    else:
        only(page_problems(project), f"{name} diye bir test yok")


def test_every_option_of_the_programs_is_on_the_page(project: SmallProject) -> None:
    project.live.help_text += "\n      --quiet"
    only(page_problems(project), "programların --quiet seçeneği sayfada hiç geçmiyor")
