"""./dev format, ./dev lint and ./dev tidy: the layout, clang-tidy's findings and those of our own rules."""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess

from dev.build import configure
from dev.shell import DEPS, ROOT, Failed, output_of, run, say


def sources(*endings: str) -> list[str]:
    listed = output_of(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT)
    return [name for name in listed.split("\0") if name.endswith(endings) and (ROOT / name).is_file()]


def format_sources(only: list[str], check: bool) -> None:
    """Lays out C++, Python and, where rustfmt is there, Rust; with `check` it changes nothing and fails."""
    files = [name for name in only or sources(".h", ".cc") if name.endswith((".h", ".cc"))]
    if files:
        run(["clang-format", *(["--dry-run", "-Werror"] if check else ["-i"]), *files])
    python = [name for name in only or sources(".py") if name.endswith(".py")]
    if python:
        ruff = DEPS / "venv" / "bin" / "ruff"
        run([ruff, "format", "--quiet", *(["--check"] if check else []), *python])
        run([ruff, "check", "--quiet", *([] if check else ["--fix"]), *python])
    rust = [name for name in only or sources(".rs") if name.endswith(".rs")]
    if rust and shutil.which("rustfmt"):
        run(["rustfmt", "--edition", "2021", *(["--check"] if check else []), *rust])


def lint(only: list[str], everything: bool) -> None:
    """clang-tidy over the named files, those that differ from main, or all, with the headers they include."""
    run(["ninja", "-C", configure("dev"), "build.ninja"], stdout=subprocess.DEVNULL)
    if only:
        files = only
    elif everything:
        files = sources(".cc")
    else:
        base = output_of(["git", "merge-base", "HEAD", "main"], cwd=ROOT).strip()
        changed = output_of(["git", "diff", "--name-only", base], cwd=ROOT).split()
        files = [name for name in sources(".cc") if name in changed]
    files = [name for name in files if name.startswith("src/")]
    say(f"clang-tidy: {len(files)} files")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        failed = [name for name, clean in zip(files, pool.map(lint_file, files), strict=True) if not clean]
    if failed:
        raise Failed(f"clang-tidy: {len(failed)} of {len(files)} files have findings: {' '.join(failed)}")


def lint_file(name: str) -> bool:
    command = ["clang-tidy", "--quiet", "-p", "build/dev", "--extra-arg=-Wno-unknown-warning-option", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stdout or done.stderr, flush=True)
    return done.returncode == 0


def tidy(only: list[str]) -> None:
    run([ROOT / "scripts" / "tidy.py", *(str(pathlib.PurePath(name)) for name in only)])
