"""`scripts/check`: bakımcının komutu. Denetimlerin hepsini yapar; biri başarısız olunca ötekiler yine de sürer."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from yuva import docs, hygiene, layout, links, lint, manifest, pages, runtime_runs, source_format, spelling, tools
from yuva.build import ensure_tools
from yuva.live import LivePrograms
from yuva.manifest import ROOT, Lesson
from yuva.packages import CHECKING, THREAD_SANITIZER, VALGRIND, Requirement, ensure
from yuva.terminal import Failure, UsageError, paint

SHOWN_PROBLEMS = 60
PARALLEL_STEPS = 2


@dataclass
class Result:
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Step:
    """Bir denetim ve ona gerekenler; onlar denetimlerden önce kurulur, çünkü apt aynı anda iki kez çalışamaz."""

    name: str
    title: str
    work: Callable[[], Result]
    packages: tuple[Requirement, ...] = ()
    pinned_tools: tuple[str, ...] = ()
    builds: bool = False


def check_format() -> Result:
    tool = tools.obtain("clang-format")
    result = judged_by(tool, source_format.check(ROOT, tool))
    result.problems += source_format.check_comments(ROOT)
    return result


def check_lint() -> Result:
    tool = tools.obtain("clang-tidy")
    result = judged_by(tool, lint.check_c(load_manifest().lessons, tool))
    result.problems += lint.check_scripts(ROOT)
    return result


def judged_by(tool: tools.Tool, found: list[str]) -> Result:
    """Sabit sürümün bulduğu hatadır; başka sürümünki yalnız gösterilir."""
    if tool.warning is None:
        return Result(found)
    return Result([], [tool.warning, *found])


def check_manifest() -> Result:
    return Result(layout.check(ROOT, load_manifest()))


def check_docs() -> Result:
    known = load_manifest()
    live = LivePrograms(known.lessons)
    problems = docs.check(docs.Generator(ROOT, known, live)) + pages.check_mentions(ROOT, live.script_help)
    for lesson in known.lessons:
        try:
            if (ROOT / lesson.page).is_file():
                problems += pages.check(ROOT, lesson, live.help, live.script_help)
        except docs.DocsError as error:
            problems.append(f"{lesson.page}: {error}")
    return Result(problems)


SPELLING_TOOLS = tuple(requirement for requirement in CHECKING if requirement.package.startswith("hunspell"))
STEPS = (
    Step("format", "biçim", check_format, pinned_tools=("clang-format",)),
    Step("manifest", "manifest ve klasörler", check_manifest),
    Step("links", "bağlantılar", lambda: Result(links.check(ROOT))),
    Step("spelling", "yazım", lambda: Result(spelling.check(ROOT)), packages=SPELLING_TOOLS),
    Step("hygiene", "depoda durmaması gerekenler", lambda: Result(hygiene.check(ROOT))),
    Step("docs", "sayfalar güncel", check_docs, builds=True),
    Step(
        "runtime",
        "çalışma zamanı, hata bulucularla",
        lambda: Result(runtime_runs.check(load_manifest().lessons)),
        packages=(lint.CLANG, THREAD_SANITIZER, VALGRIND),
        builds=True,
    ),
    Step("lint", "inceleme", check_lint, packages=(lint.CLANG,), pinned_tools=("clang-tidy",), builds=True),
)

HELP = f"""\
Projeyi denetler: hepsini yapar, biri başarısız olsa da sürer. Eksik araçlar ilk kullanımda kurulur.

  scripts/check                      bütün denetimler
  scripts/check DENETİM...           yalnız bunlar: {', '.join(step.name for step in STEPS)}
  scripts/check --refresh [DERS...]  sayfalardaki üretilen blokları (kod, döküm, diyagram, tablo) yeniden yazar

Denetimler:
{chr(10).join(f'  {step.name:<10} {step.title}' for step in STEPS)}

Çıkış kodu: 0 hepsi geçti, 1 en az biri geçmedi, 2 komut yanlış yazıldı.
"""


def main(arguments: list[str]) -> int:
    if any(word in ("-h", "--help") for word in arguments):
        print(HELP, end="")
        return 0
    if arguments[:1] == ["--refresh"]:
        return refresh(arguments[1:])
    return run(chosen_steps(arguments))


def chosen_steps(names: Sequence[str]) -> list[Step]:
    known = {step.name: step for step in STEPS}
    for name in names:
        if name not in known:
            raise UsageError(f"{name} diye bir denetim yok; olanlar: {', '.join(known)} (yardım: scripts/check --help)")
    return [known[name] for name in names] or list(STEPS)


def run(steps: Sequence[Step]) -> int:
    """Denetimleri ikişer ikişer çalıştırır, sonuçları sırayla yazar."""
    prepare(steps)
    failed = 0
    with ThreadPoolExecutor(PARALLEL_STEPS) as pool:
        for step, result in zip(steps, pool.map(perform, steps)):
            show(step, result)
            failed += bool(result.problems)
    print(closing_line(len(steps), failed))
    return 1 if failed else 0


def prepare(steps: Sequence[Step]) -> None:
    # Derleyici clang'dan önce kurulur: tersi olursa clang onun yerini tutar, hata bulucuları ise ayrı pakettedir.
    if any(step.builds for step in steps):
        ensure_tools(load_manifest().lessons, tools.REASON)
    ensure([requirement for step in steps for requirement in step.packages], tools.REASON)
    for step in steps:
        for name in step.pinned_tools:
            tools.obtain(name)


def load_manifest() -> manifest.Manifest:
    try:
        return manifest.load()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failure(f"lessons/manifest.json okunamıyor: {error!r}") from None


def perform(step: Step) -> Result:
    began = time.monotonic()
    try:
        result = step.work()
    except Failure as failure:
        result = Result([str(failure)])
    except Exception:  # bir denetimin kendi kusuru ötekileri durdurmasın
        result = Result([f"denetimin kendisi bozuldu:\n{traceback.format_exc()}"])
    result.seconds = time.monotonic() - began
    return result


def show(step: Step, result: Result) -> None:
    mark = paint("✗", "red") if result.problems else paint("✓", "green")
    seconds = f"{result.seconds:.1f}".replace(".", ",")
    count = f"{len(result.problems)} sorun" if result.problems else ""
    print(f"{mark} {step.title:<28} {seconds:>5} sn  {count}".rstrip())
    for warning in result.warnings:
        print(indent(f"! {warning}"))
    for problem in result.problems[:SHOWN_PROBLEMS]:
        print(indent(problem))
    hidden = len(result.problems) - SHOWN_PROBLEMS
    if hidden > 0:
        print(indent(f"... ve {hidden} sorun daha"))


def indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def closing_line(total: int, failed: int) -> str:
    if failed:
        return paint(f"{total} denetimden {failed} tanesi geçmedi.", "red")
    return paint(f"{total} denetimin hepsi geçti." if total > 1 else "Denetim geçti.", "green")


def refresh(names: Sequence[str]) -> int:
    known = load_manifest()
    only = [find_lesson(known, name) for name in names] or None
    generator = docs.Generator(ROOT, known, LivePrograms(known.lessons))
    changed, problems = docs.refresh(generator, only)
    for page in changed:
        print(f"yenilendi: {page}")
    if not changed and not problems:
        print("Üretilen blokların hepsi güncel.")
    for problem in problems:
        print(paint(problem, "red"))
    return 1 if problems else 0


def find_lesson(known: manifest.Manifest, name: str) -> Lesson:
    try:
        return known.find(name)
    except manifest.LessonNotFound as problem:
        raise UsageError(str(problem)) from None
