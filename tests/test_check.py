"""scripts/check'in denetimleri: her bozukluk yakalanır ve adı konur, doğru ağaç geçer.

Gerçek clang-format, clang-tidy ve hunspell isteyen testler, araç yoksa bunu söyleyerek atlanır.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness import capability, lessons
from small_project import PAGE, SERVER, SmallProject, only

from yuva import check, hygiene, layout, links, lint, live, manifest, source_format, spelling, tools, tree, turkish
from yuva.check import Result, Step
from yuva.docs import DocsError
from yuva.runner import Outcome, Programs, run_scenario
from yuva.terminal import Failure, UsageError


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    return SmallProject(tmp_path)


def layout_problems(project: SmallProject) -> list[str]:
    return layout.check(project.root, project.manifest())


def tool(name: str) -> tools.Tool:
    return tools.find(name) or capability.missing(f"{name} kurulu değil")


# Manifest ve klasörler


def test_right_tree_passes(project: SmallProject) -> None:
    assert layout_problems(project) == []
    assert links.check(project.root) == []
    assert hygiene.check(project.root) == []


@pytest.mark.parametrize(
    "path",
    [PAGE, SERVER, "tests/test_04_tcp.py", "tests/peers/04_tcp_client.py", "lessons/04-tcp/meson.build"],
)
def test_missing_file_of_a_lesson_fails(project: SmallProject, path: str) -> None:
    (project.root / path).unlink()
    only(layout_problems(project), f"{path}: yok; 04-tcp dersinin bu dosyası olmalı")


def test_row_without_folder_fails(project: SmallProject) -> None:
    shutil.rmtree(project.root / "lessons" / "04-tcp")
    only(layout_problems(project), "lessons/04-tcp: manifest'te satırı var, klasörü yok")


def test_folder_without_row_fails(project: SmallProject) -> None:
    project.write("lessons/05-udp/server.c", "")
    only(layout_problems(project), "lessons/05-udp: manifest'te satırı yok")


def test_planned_lesson_with_a_folder_fails(project: SmallProject) -> None:
    project.write("lessons/07-nonblocking/server.c", "")
    only(layout_problems(project), "lessons/07-nonblocking: manifest'te planlanmış görünüyor")


@pytest.mark.parametrize("path", ["docs/tr/05-udp.md", "tests/test_05_udp.py", "tests/peers/05_udp_server.py"])
def test_file_of_an_unknown_lesson_fails(project: SmallProject, path: str) -> None:
    project.write(path, "")
    only(layout_problems(project), f"{path}: manifest'te böyle bir ders yok")


def test_source_that_is_not_listed_fails(project: SmallProject) -> None:
    project.write("lessons/04-tcp/extra.c", "")
    only(layout_problems(project), "lessons/04-tcp/extra.c: manifest'te bu dersin kaynakları arasında değil")


def test_repeated_number_fails(project: SmallProject) -> None:
    project.data["planned"][0]["number"] = 4
    project.data["documents"][0]["parts"].pop()
    only(layout_problems(project), "04: bu numara 2 satırda var")


def test_later_lesson_cannot_come_before(project: SmallProject) -> None:
    project.lesson_row["after"] = [7]
    only(layout_problems(project), "ön koşul 07 daha önceki bir ders değil")


def test_example_without_lesson_fails(project: SmallProject) -> None:
    project.data["documents"][0]["parts"][1]["lesson"] = 9
    only(layout_problems(project), "D0 §5 Bloke etmeyen: 9 numaralı ders yok")


def test_lesson_that_covers_nothing_fails(project: SmallProject) -> None:
    project.data["documents"][0]["parts"][0]["lesson"] = 7
    only(layout_problems(project), "04-tcp: belgelerin hiçbir bölümünü karşılamıyor")


def test_lesson_without_run_scenario_fails(project: SmallProject) -> None:
    project.lesson_row["scenarios"] = {}
    only(layout_problems(project), "'run' senaryosu yok")


# Katlar


def test_include_upwards_fails(project: SmallProject) -> None:
    project.write("common/base/log.h", '#include "net/socket.h"\n')
    project.write("common/net/socket.h", "")
    only(layout_problems(project), "common/base/log.h:1: base katı, üstündeki net katından common/net/socket.h")


def test_lesson_may_include_only_the_floors_of_its_row(project: SmallProject) -> None:
    project.lesson_row["floors"] = ["base"]
    message = "common/net/lines.h: net katı bu dersin manifest'teki katları arasında değil"
    only(layout_problems(project), f"{SERVER}:3: {message}")


def test_lesson_may_not_include_another_lesson(project: SmallProject) -> None:
    project.write("lessons/05-udp/protocol.h", "")
    project.edit(SERVER, '"net/lines.h"', '"../05-udp/protocol.h"')
    problems = layout_problems(project)
    assert f"{SERVER}:3: bir ders başka yerdeki lessons/05-udp/protocol.h dosyasını içeremez" in problems


def test_common_may_not_include_a_lesson(project: SmallProject) -> None:
    project.write("lessons/04-tcp/protocol.h", "")
    project.write("common/net/lines.h", '#include "../../lessons/04-tcp/protocol.h"\n')
    only(layout_problems(project), "ortak katlar lessons/04-tcp/protocol.h dosyasını içeremez")


def test_include_that_is_nowhere_fails(project: SmallProject) -> None:
    project.edit(SERVER, '"net/lines.h"', '"net/satirlar.h"')
    only(layout_problems(project), f'{SERVER}:3: "net/satirlar.h" bulunamıyor')


def test_circle_of_headers_fails(project: SmallProject) -> None:
    project.write("common/base/log.h", '#include "base/clock.h"\n')
    project.write("common/base/clock.h", '#include "log.h"\n')
    only(layout_problems(project), "başlıklar birbirini içeriyor: common/base/clock.h → common/base/log.h")


def test_lesson_may_include_its_own_header(project: SmallProject) -> None:
    project.write("lessons/04-tcp/protocol.h", "")
    project.edit(SERVER, '"net/lines.h"', '"protocol.h"')
    assert layout_problems(project) == []


# Bağlantılar


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("[a](yok.md)", "böyle bir dosya yok"),
        ("[a](README.md#yok)", "o sayfada böyle bir başlık yok"),
        ("[a](#yok)", "o sayfada böyle bir başlık yok"),
        ("[a](../../../dışarı.md)", "projenin dışını gösteriyor"),
        ("[a](/etc/hosts)", "bağlantılar göreli olmalı"),
        ("![resim](yok.png)", "böyle bir dosya yok"),
        ("[a]()", "hedef boş"),
        ("[a](https://)", "web adresinde sunucu adı yok"),
        ("[a](ftp://a.example/)", "'ftp' bir web adresi değil"),
        ("[a][1]\n\n[1]: yok.md", "böyle bir dosya yok"),
        ('<img src="yok.svg">', "böyle bir dosya yok"),
    ],
)
def test_dead_link_fails(project: SmallProject, link: str, message: str) -> None:
    project.edit(PAGE, "socket(7)", link)
    only(links.check(project.root), message)


@pytest.mark.parametrize(
    "link",
    [
        "[a](README.md)",
        "[a](../../lessons/04-tcp/server.c)",
        "[a](#pythondan-cye)",
        "[a](#ağdan-geçenler)",
        "[a](https://www.rfc-editor.org/rfc/rfc9293#section-3.6)",
        "`[a](yok.md)` read(2)",
        "[Wikipedia](https://tr.wikipedia.org/wiki/Soket_(a%C4%9F))",
    ],
)
def test_live_link_passes(project: SmallProject, link: str) -> None:
    project.edit(PAGE, "socket(7)", link)
    assert links.check(project.root) == []


def test_anchors_of_repeated_and_marked_headings() -> None:
    text = "# `accept` ile İş\n\n## Son\n\n## Son\n\n```\n# kod\n```\n"
    assert links.anchors(text) == {"accept-ile-i̇ş", "son", "son-1"}


# Yazım


def test_words_of_a_page() -> None:
    text = (
        "# Başlık\n\n`kod`'un Python'da [metin](hedef.md) https://a.example/xyz read(2) UTF-8 epoll'u.\n"
        "<!-- açıklama\nsürer --> **kalın** (timeout) (geçen)\n\n    girintili kod\n\n```\nblok\n```\n- liste\n"
    )
    words = [word for _, word in spelling.words_of(text, {"timeout"})]
    assert words == ["Başlık", "Python", "metin", "epoll", "kalın", "geçen", "liste"]


def test_quotes_and_terms_may_cross_lines() -> None:
    text = 'Görmek için: "Received\nHTTP when not allowed" ve (end of\nfile) `uzun\nkod` sonu\n'
    words = spelling.words_of(text, {"end of file"})
    assert words == [(1, "Görmek"), (1, "için"), (2, "ve"), (4, "sonu")]


def test_english_terms_come_from_the_glossary() -> None:
    glossary = "| Türkçe | İngilizce | Kısaca |\n|---|---|---|\n| akış sonu | end of file, EOF | Bitti. |\n"
    assert spelling.english_terms(glossary) >= {"end of file", "eof"}


def test_turkish_letter_case() -> None:
    assert turkish.lower("ISPARTA İZMİR") == "ısparta izmir"


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("istemcinin", "istemci"),
        ("soketlerimizden", "soket"),
        ("tanımlayıcısıdır", "tanımlayıcısı"),
        ("yazmacın", "yazmaç"),
        ("İstemcilere", "İstemci"),
        ("portun", "port"),
    ],
)
def test_inflected_word_reaches_its_stem(word: str, stem: str) -> None:
    assert stem in set(turkish.stems(word))


@pytest.mark.parametrize("word", ["istemcının", "soketlar", "portün", "yazmacin"])
def test_suffix_against_vowel_harmony_is_not_stripped(word: str) -> None:
    assert not {"istemci", "soket", "port", "yazmaç"} & set(turkish.stems(word))


def needs_dictionary() -> None:
    if shutil.which("hunspell") is None or not Path("/usr/share/hunspell/tr_TR.dic").exists():
        capability.missing("hunspell ve hunspell-tr kurulu değil")


def add_words(project: SmallProject, lines: str) -> None:
    project.write("docs/tr/sozcukler.txt", project.read("docs/tr/sozcukler.txt") + lines)


def test_misspelt_word_is_reported_with_its_place(project: SmallProject) -> None:
    needs_dictionary()
    assert spelling.check(project.root) == []
    project.edit(PAGE, "Aynı iş, başka dil.", "Aynı iş, baaşka dil.")
    only(spelling.check(project.root), f"{PAGE}:25: 'baaşka' sözlükte yok (öneri: ")


def test_words_of_the_project_list_are_accepted(project: SmallProject) -> None:
    needs_dictionary()
    project.edit(PAGE, "Aynı iş, başka dil.", "Datagramların libuv'su var.")
    assert len(spelling.check(project.root)) == 2
    add_words(project, "# liste\nlibuv  # bir ad\ndatagram/program\n")
    assert spelling.check(project.root) == []


def test_term_that_the_glossary_replaces_is_reported(project: SmallProject) -> None:
    needs_dictionary()
    add_words(project, "!eşzamansız = asenkron\n")
    project.edit(PAGE, "Aynı iş, başka dil.", "Eşzamansızlık budur.")
    only(spelling.check(project.root), "'Eşzamansızlık' yerine 'asenkron' yazılır")


def test_english_page_is_not_checked(project: SmallProject) -> None:
    needs_dictionary()
    project.write("README.en.md", "# Some English prose\n")
    assert spelling.check(project.root) == []


# Biçim ve inceleme


def test_wrong_format_fails(project: SmallProject) -> None:
    formatter = tool("clang-format")
    assert source_format.check(project.root, formatter) == []
    project.edit(SERVER, "    return 0;", "  return 0;")
    only(source_format.check(project.root, formatter), f"{SERVER}:10: biçim farklı; 'return 0;' beklenirdi")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"/* {'ş' * 94} */\n", []),
        (f"/* {'ş' * 95} */\n", [1]),
        (f"int a;\n/* kısa\n * {'x' * 98}\n */\n// {'y' * 98}\n", [3, 5]),
        (f"int {'a' * 80}; /* sondaki açıklama */\n", [1]),
        (f'const char *a = "/* {"x" * 95} */";\n', []),
        (f"""char a = '"'; /* {'x' * 90} */ char b = '"';\n""", [1]),
    ],
    ids=["fits", "one over", "inside a block", "after code", "in a string", "after a quote"],
)
def test_comment_wider_than_the_limit_fails(project: SmallProject, text: str, lines: list[int]) -> None:
    project.write(SERVER, text)
    problems = source_format.check_comments(project.root)
    assert [problem.split(" ")[0] for problem in problems] == [f"{SERVER}:{line}:" for line in lines]


def test_tidy_reports_a_real_bug(project: SmallProject) -> None:
    linter = tool("clang-tidy")
    source = project.root / SERVER
    project.write(SERVER, "#include <stdlib.h>\n\nint main(void)\n{\n    char *p = NULL;\n    return *p;\n}\n")
    entry = {"directory": str(project.root), "file": str(source), "arguments": ["cc", "-c", str(source)]}
    project.write("build/compile_commands.json", json.dumps([entry]))
    problems = lint.tidy(project.root, project.root / "build", linter)
    assert any(f"{SERVER}:6: " in problem and "NullDereference" in problem for problem in problems), problems


def test_clean_source_is_not_looked_at_again_until_it_changes(project: SmallProject, tmp_path: Path) -> None:
    project.write("calls", "")
    (tmp_path / "tidy").write_text(f"#!/bin/sh\necho x >>{project.root}/calls\n")
    (tmp_path / "tidy").chmod(0o755)
    linter = tools.Tool("clang-tidy", str(tmp_path / "tidy"), tools.PINNED_VERSION)
    entry = {"directory": str(project.root), "file": SERVER}
    project.write("build/compile_commands.json", json.dumps([entry]))

    def look() -> int:
        assert lint.tidy(project.root, project.root / "build", linter) == []
        return project.read("calls").count("x")

    assert (look(), look()) == (1, 1)
    project.write("common/base/log.h", "int changed;\n")
    assert look() == 2


def test_other_version_only_warns() -> None:
    pinned = tools.Tool("clang-format", "clang-format-14", tools.PINNED_VERSION)
    newer = tools.Tool("clang-format", "clang-format", tools.PINNED_VERSION + 5)
    assert check.judged_by(pinned, ["fark"]).problems == ["fark"]
    result = check.judged_by(newer, ["fark"])
    assert result.problems == []
    assert "clang-format 14 bu dağıtımda yok, 19 ile bakıldı" in result.warnings[0] and result.warnings[1] == "fark"


@pytest.mark.parametrize(("offered", "package"), [(True, "clang-format-14"), (False, "clang-format")])
def test_pinned_version_is_installed_where_it_can_be_had(
    monkeypatch: pytest.MonkeyPatch, offered: bool, package: str
) -> None:
    installed: list[str] = []
    monkeypatch.setattr(tools, "find", lambda name: tools.Tool(name, name, 14) if installed else None)
    monkeypatch.setattr(tools, "apt_offers", lambda name: offered)
    monkeypatch.setattr(tools, "ensure", lambda wanted, reason: installed.extend(each.package for each in wanted))
    tools.obtain("clang-format")
    assert installed == [package]


def test_other_version_at_hand_is_used_where_the_pinned_one_cannot_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = tools.Tool("clang-format", "clang-format", 19)
    monkeypatch.setattr(tools, "find", lambda name: newer)
    monkeypatch.setattr(tools, "apt_offers", lambda name: False)
    monkeypatch.setattr(tools, "ensure", lambda *_: pytest.fail("kurulacak bir şey yok"))
    assert tools.obtain("clang-format") is newer


def test_script_with_wrong_syntax_fails(project: SmallProject) -> None:
    project.write("scripts/lesson", "#!/bin/sh\nif true; then\n")
    only(lint.check_scripts(project.root), "scripts/lesson: ")


def test_python_newer_than_the_oldest_supported_fails(project: SmallProject) -> None:
    project.write("tests/test_04_tcp.py", "try:\n    pass\nexcept* OSError:\n    pass\n")
    only(lint.check_scripts(project.root), "tests/test_04_tcp.py:")


# Depoda durmaması gerekenler


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("certs/server.key", "x\n", "anahtar ve sertifikalar depoya konmaz"),
        ("notlar.md", "-----BEGIN " + "RSA PRIVATE KEY-----\n", "notlar.md:1: özel anahtar"),
        ("notlar.md", "bir\nTO" + "DO: iki\n", "notlar.md:2: yarım iş işareti"),
        ("notlar.md", "bak: /ho" + "me/ayse/proje\n", "notlar.md:1: bir makineye özgü yol"),
        ("notlar.md", "bir \n", "notlar.md:1: satır sonunda boşluk"),
        ("notlar.md", "bir\r\n", "notlar.md:1: satır sonu CRLF"),
        ("notlar.md", "bir", "son satır satır sonu olmadan bitiyor"),
    ],
)
def test_what_must_not_be_in_the_tree(project: SmallProject, path: str, text: str, message: str) -> None:
    project.write(path, text)
    only(hygiene.check(project.root), message)


def test_licence_is_wanted(project: SmallProject) -> None:
    (project.root / "LICENSE").unlink()
    only(hygiene.check(project.root), "LICENSE: yok")


def test_ignored_files_are_left_alone(project: SmallProject) -> None:
    subprocess.run(["git", "init", "-q", str(project.root)], check=True)
    project.write(".gitignore", "/yerel/\n")
    project.write("yerel/gizli.key", "x\n")
    assert Path("yerel/gizli.key") not in tree.project_files(project.root)
    assert hygiene.check(project.root) == []


# Komutun kendisi


def steps_of(*works: object) -> list[Step]:
    return [Step(f"s{number}", f"adım {number}", work) for number, work in enumerate(works)]  # type: ignore[arg-type]


def test_every_step_runs_even_when_one_fails(capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> Result:
        raise Failure("derlenemedi")

    def crashing() -> Result:
        raise KeyError("x")

    steps = steps_of(broken, crashing, lambda: Result(["kusur"]), lambda: Result([], ["uyarı"]))
    assert check.run(steps) == 1
    shown = capsys.readouterr().out
    assert [line.split()[0] for line in shown.splitlines() if line[0] in "✓✗"] == ["✗", "✗", "✗", "✓"]
    messages = ("derlenemedi", "denetimin kendisi bozuldu", "KeyError", "kusur", "! uyarı", "4 denetimden 3 tanesi geçmedi.")
    assert all(text in shown for text in messages)


def test_all_steps_passing_is_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.run(steps_of(Result, Result)) == 0
    assert "2 denetimin hepsi geçti." in capsys.readouterr().out


def test_unknown_step_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="olmaz diye bir denetim yok; olanlar: format, "):
        check.main(["olmaz"])


def test_unknown_lesson_to_refresh_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="yokböyle"):
        check.main(["--refresh", "yokböyle"])


def test_help_names_every_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(step.name in shown for step in check.STEPS)


# Kayıt ve koşular

ECHO_SERVER = """
import signal, socket, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
listener = socket.create_server(("127.0.0.1", 0))
print("127.0.0.1:%d dinleniyor" % listener.getsockname()[1], flush=True)
while True:
    peer, _ = listener.accept()
    while data := peer.recv(100):
        peer.sendall(b"Echo: " + data)
    peer.close()
    print("ayrıldı", flush=True)
"""

ECHO_CLIENT = """
import socket, sys
port = int(sys.argv[sys.argv.index("--port") + 1])
with socket.create_connection(("127.0.0.1", port)) as peer:
    for word in (b"bir\\n", b"iki\\n"):
        peer.sendall(word)
        print(peer.recv(100).decode().strip(), flush=True)
"""


def test_recorder_stands_between_server_and_client(tmp_path: Path) -> None:
    for name, source in (("server.py", ECHO_SERVER), ("client.py", ECHO_CLIENT)):
        (tmp_path / name).write_text(source)
    output = tmp_path / "kayit.json"
    wrapped = [sys.executable, str(live.RECORDER), str(output), "tcp", sys.executable, str(tmp_path / "server.py")]
    scenario = manifest.Scenario("run", [], [[]], [], False, {})
    outcome = run_scenario(Programs(wrapped, [sys.executable, str(tmp_path / "client.py")]), scenario)
    assert outcome.ok, outcome
    said = [str(line) for line in outcome.lines]
    assert said[1:] == ["istemci│ Echo: bir", "istemci│ Echo: iki", "sunucu │ ayrıldı"]
    recording = json.loads(output.read_text())
    data = {
        side: b"".join(base64.b64decode(event["data"]) for event in recording["events"] if event["from"] == side)
        for side in ("client", "server")
    }
    assert data == {"client": b"bir\niki\n", "server": b"Echo: bir\nEcho: iki\n"}
    assert [event["from"] for event in recording["events"] if event["kind"] == "eof"] == ["client", "server"]


def scenario_expecting(**options: object) -> manifest.Scenario:
    return manifest.Scenario("run", [], [[]], [], False, options)


def test_run_that_went_wrong_is_an_error(project: SmallProject) -> None:
    with pytest.raises(DocsError, match="istemcilerin çıkış kodları"):
        live.checked(Outcome(server_exit=0, client_exits=[1]), project.lesson(), scenario_expecting())


def test_scenario_may_expect_a_failing_client(project: SmallProject) -> None:
    outcome = Outcome(server_exit=0, client_exits=[1])
    assert live.checked(outcome, project.lesson(), scenario_expecting(client_exits=[1])) is outcome


# Gerçek ağaç


def test_glossary_is_in_alphabetical_order() -> None:
    alphabet = "abcçdefgğhıijklmnoöprsştuüvyz"
    text = (lessons.ROOT / "docs" / "tr" / "sozluk.md").read_text(encoding="utf-8")
    terms = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")][1:]
    keys = [[alphabet.find(letter) for letter in turkish.lower(term)] for term in terms]
    wrong = [(before, after) for before, after, a, b in zip(terms, terms[1:], keys, keys[1:]) if a > b]
    assert not wrong
