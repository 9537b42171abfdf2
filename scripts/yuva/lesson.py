"""`scripts/lesson`: öğrencinin tek komutu."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn, Sequence

from yuva import doctor, manifest, pytest_run, run, wire
from yuva.build import DEBUG, build_lesson
from yuva.packages import TESTING, ensure
from yuva.terminal import UsageError, paint

HELP = """\
Dersleri listeler, çalıştırır, sınar. Eksik olan (derleyici, meson, kütüphane) ilk kullanımda kurulur.

  scripts/lesson list                       dersler
  scripts/lesson run DERS                   sunucuyu ve istemciyi birlikte çalıştırır
  scripts/lesson run DERS server [ARG...]   yalnız sunucu, bu uçbirimde
  scripts/lesson run DERS client [ARG...]   yalnız istemci, ikinci uçbirimde
  scripts/lesson wire DERS                  aynı koşu; aradaki telden geçenler de, oldukça gösterilir
  scripts/lesson wire DERS client [ARG...]  istemci verilen argümanlarla
  scripts/lesson wire DERS server [ARG...]  yalnız sunucu, dersin portunda: kim bağlanırsa görünür (nc, tarayıcı)
  scripts/lesson test DERS [ARG...]         dersin testleri; ARG pytest'e geçer (örnek: -k ad, --durations 6)
  scripts/lesson doctor                     ne var, ne eksik, ne yazmalı

DERS: numarası ya da adı (4, 04, tcp, 04-tcp). ARG: programın kendi argümanları (--help ile görülür).

run seçenekleri:
  --release     iyileştirilmiş derleme (build-release); olağanı hata bulucularla (ASan + UBSan) derlenmiş olandır
  --gdb         tarafı gdb ile açar; taraf verilmezse sunucuyu
  --valgrind    programları valgrind altında çalıştırır

wire seçenekleri (server ya da client sözünden önce yazılır):
  --hex             içerik on altılık döküm olarak (metin olmayan her zaman öyledir)
  --full            uzun içerik kısaltılmaz
  --syscalls        iki programın soket çağrıları da görünür (strace ile)
  --scenario AD     run yerine dersin başka bir koşusu
  --port N          server ile: vekilin dinleyeceği port (olağanı dersinki; 0: boş bir port)
  --server PROGRAM  --client PROGRAM   test'teki gibi, senin programın; --release run'daki gibi

test seçenekleri:
  --server PROGRAM   dersin sunucusu yerine senin sunucun sınanır; dili önemli değildir
  --client PROGRAM   dersin istemcisi yerine senin istemcin sınanır

Çıkış kodu: 0 oldu, 1 olmadı, 2 komut yanlış yazıldı. Tek taraf çalışırken programın kendi çıkış kodudur.
"""

PROGRAM_OPTIONS = ("--server", "--client")
HELP_WORDS = ("-h", "--help", "help")
COMMANDS = ("list", "run", "test", "doctor", "wire")


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in HELP_WORDS:
        print(HELP, end="")
        return 0
    command, rest = arguments[0], arguments[1:]
    if command not in COMMANDS:
        raise UsageError(f"{command} diye bir komut yok; olanlar: {', '.join(COMMANDS)} (yardım: scripts/lesson --help)")
    if rest and rest[0] in HELP_WORDS:
        print(HELP, end="")
        return 0
    if command == "run":
        request = run.parse(rest)
        if request.help:
            print(HELP, end="")
            return 0
        return run.run(find_lesson(request.lesson), request)
    if command == "wire":
        return watch_wire(rest)
    if command == "test":
        test_lesson(rest)
    if rest:
        raise UsageError(f"{command} argüman almaz: {rest[0]}")
    return doctor.report() if command == "doctor" else list_lessons()


def find_lesson(text: str) -> manifest.Lesson:
    try:
        return manifest.load().find(text)
    except manifest.LessonNotFound as problem:
        raise UsageError(str(problem)) from None


def watch_wire(arguments: Sequence[str]) -> int:
    request = wire.parse(arguments)
    if request.help:
        print(HELP, end="")
        return 0
    for option in PROGRAM_OPTIONS:
        if option in request.values:
            request.values[option] = _runnable("wire", option, request.values[option])
    return wire.run(find_lesson(request.lesson), request)


def list_lessons() -> int:
    known = manifest.load()
    names = [lesson.name for lesson in (*known.lessons, *known.planned)]
    titles = [lesson.title for lesson in (*known.lessons, *known.planned)]
    name_width, title_width = max(map(len, names)), max(map(len, titles))
    for lesson in known.lessons:
        minutes = f"{lesson.minutes} dk"
        print(f"{lesson.label}  {lesson.name:<{name_width}}  {minutes:>6}  {lesson.title:<{title_width}}  {lesson.mirrors}")
    for planned in known.planned:
        print(paint(f"{planned.label}  {planned.name:<{name_width}}  {'sırada':>6}  {planned.title}", "dim"))
    return 0


def test_lesson(arguments: Sequence[str]) -> NoReturn:
    """Dersin testleri; --server ya da --client ile öğrencinin programı dersinkinin yerine geçer."""
    if not arguments or arguments[0].startswith("-"):
        raise UsageError("test: hangi ders? örnek: scripts/lesson test 04 --server ./sunucum")
    lesson = find_lesson(arguments[0])
    passed_on = _with_absolute_programs(arguments[1:])
    ensure(TESTING, f"ders {lesson.label} sınanacak")
    build_lesson(DEBUG, lesson)
    command = pytest_run.command(DEBUG.folder, [f"--lesson={lesson.folder}", *passed_on])
    os.chdir(pytest_run.FOLDER)
    os.execv(command[0], command)


def _with_absolute_programs(arguments: Sequence[str]) -> list[str]:
    """--server ve --client yolları kullanıcının bulunduğu klasöre göredir; pytest ise tests/ içinde çalışır."""
    result: list[str] = []
    remaining = list(arguments)
    while remaining:
        word = remaining.pop(0)
        option, equals, value = word.partition("=")
        if option not in PROGRAM_OPTIONS:
            result.append(word)
            continue
        if not equals:
            if not remaining:
                raise UsageError(f"test: {option} bir program yolu ister")
            value = remaining.pop(0)
        result.append(f"{option}={_runnable('test', option, value)}")
    return result


def _runnable(command: str, option: str, path: str) -> str:
    """Programın mutlak yolu. `.py` dosyasını düzenek Python ile çalıştırır, çalıştırma izni gerekmez."""
    if not Path(path).is_file():
        raise UsageError(f"{command}: {option} {path}: böyle bir dosya yok")
    if not path.endswith(".py") and not os.access(path, os.X_OK):
        raise UsageError(f"{command}: {option} {path}: çalıştırılabilir değil (chmod +x {path})")
    return str(Path(path).absolute())
