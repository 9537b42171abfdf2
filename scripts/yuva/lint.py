"""C kaynaklarının incelemesi: uyarısız bir clang derlemesi ve clang-tidy; betiklerin sözdizimi."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from yuva import layout, tools, tree
from yuva.build import Flavour, build_everything
from yuva.manifest import ROOT, Lesson
from yuva.packages import Command
from yuva.terminal import say
from yuva.tools import Tool

CLANG = Command("clang", "ikinci derleyici: uyarılar ve clang-tidy için", ("clang",))
CLANG_BUILD = Flavour(
    "clang ile, uyarılar hata sayılarak",
    "build-check",
    ("--native-file", str(ROOT / "scripts" / "clang.ini"), "-Dwerror=true", "-Db_sanitize=none"),
)
CLEAN_FILES = "clang-tidy-clean.json"
OLDEST_PYTHON = (3, 10)

FINDING = re.compile(r"^(?P<path>[^\s:]+):(?P<line>\d+):\d+: (?:error|warning): (?P<text>.*)$", re.MULTILINE)


def check_c(lessons: Sequence[Lesson], tool: Tool) -> list[str]:
    """Derler (derlenmezse Failure) ve her kaynağa clang-tidy ile bakar."""
    folder = build_everything(CLANG_BUILD, lessons)
    return tidy(ROOT, folder, tool)


def tidy(root: Path, build_folder: Path, tool: Tool) -> list[str]:
    """Derleme klasöründeki her kaynağa bakar; temiz çıkmış ve o zamandan beri değişmemiş olanları atlar."""
    entries = json.loads((build_folder / "compile_commands.json").read_text(encoding="utf-8"))
    in_c = [Path(entry["directory"]) / entry["file"] for entry in entries if entry["file"].endswith(".c")]
    sources = sorted({path.resolve().relative_to(root) for path in in_c})
    memory = build_folder / CLEAN_FILES
    known = json.loads(memory.read_text(encoding="utf-8")) if memory.exists() else {}
    keys = {source: fingerprint(root, source, tool) for source in sources}
    waiting = [source for source in sources if known.get(str(source)) != keys[source]]
    if waiting:
        say(f"clang-tidy bakıyor: {len(waiting)} kaynak")
    with ThreadPoolExecutor(tools.workers()) as pool:
        found = dict(zip(waiting, pool.map(lambda source: tidy_one(root, build_folder, source, tool), waiting)))
    clean = {str(source): keys[source] for source in sources if not found.get(source)}
    memory.write_text(json.dumps(clean), encoding="utf-8")
    return list(dict.fromkeys(problem for problems in found.values() for problem in problems))


def fingerprint(root: Path, source: Path, tool: Tool) -> str:
    """Kaynağın, içerdiği proje başlıklarının ve ayarların özeti."""
    closure: set[Path] = set()
    waiting = [source]
    while waiting:
        path = waiting.pop()
        closure.add(path)
        included = (target for _, target in layout.project_includes(root, path))
        waiting += [target for target in included if isinstance(target, Path) and target not in closure]
    digest = hashlib.sha256(f"{tool.name} {tool.version}".encode())
    for path in (Path(".clang-tidy"), Path("meson.build"), *sorted(closure)):
        digest.update((root / path).read_bytes() if (root / path).exists() else b"")
    return digest.hexdigest()


def tidy_one(root: Path, build_folder: Path, source: Path, tool: Tool) -> list[str]:
    command = [tool.path, "--quiet", "-p", str(build_folder), str(source)]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True)
    found = list(findings(result.stdout, root, build_folder))
    if result.returncode != 0 and not found:
        return [f"{source}: clang-tidy çalışamadı: {result.stderr.strip()}"]
    return found


def findings(output: str, root: Path, build_folder: Path) -> Iterator[str]:
    """Araç yolları kimi zaman derleme klasörüne göre yazar; hepsi kökten göreli yapılır."""
    for match in FINDING.finditer(output):
        path = (build_folder / match["path"]).resolve()
        shown = path.relative_to(root) if path.is_relative_to(root) else path
        yield f"{shown}:{match['line']}: {match['text'].replace(',-warnings-as-errors', '')}"


def check_scripts(root: Path) -> list[str]:
    """Kabuk betikleri `sh -n` ile, Python dosyaları desteklenen en eski sürümün dilbilgisiyle okunur."""
    problems = []
    for path in tree.project_files(root):
        if path.suffix == ".py":
            problems += wrong_python(root, path)
        elif interpreter := shell_of(root / path):
            result = subprocess.run([interpreter, "-n", str(path)], cwd=root, capture_output=True, text=True)
            problems += [f"{path}: {line}" for line in result.stderr.splitlines()]
    return problems


def wrong_python(root: Path, path: Path) -> Iterator[str]:
    try:
        ast.parse(tree.read(root / path), feature_version=OLDEST_PYTHON)
    except SyntaxError as error:
        yield f"{path}:{error.lineno}: {error.msg}"


def shell_of(path: Path) -> str | None:
    """Dosya bir kabuk betiğiyse yorumlayıcısı."""
    with path.open("rb") as file:
        first = file.readline(100)
    if path.suffix == ".sh" or re.match(rb"#!\s*/bin/sh\b", first):
        return "sh"
    return "bash" if re.match(rb"#!.*\bbash\b", first) else None
