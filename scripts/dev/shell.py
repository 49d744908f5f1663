"""Where things are, how a command is run, how a failure is said."""

import contextlib
import fcntl
import os
import pathlib
import subprocess
import sys
import textwrap
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPS = ROOT / ".deps"


class Failed(Exception):
    """What went wrong and what to do next, as one message; ./dev prints it and exits 1."""


def cache() -> pathlib.Path:
    """The user's cache folder of this project, shared by all clones. Everything in it can be made again."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return pathlib.Path(home) / "haul"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(command: list, **options) -> None:
    """Runs a command with its output shown; Failed if it does not exit with 0."""
    command = [str(word) for word in command]
    options.setdefault("cwd", ROOT)
    try:
        code = subprocess.run(command, **options).returncode
    except FileNotFoundError:
        raise Failed(f"{command[0]} is not installed: run ./dev setup") from None
    if code != 0:
        raise Failed(f"exit {code}: {textwrap.shorten(' '.join(command), 160)}")


def output_of(command: list, **options) -> str:
    """What a command prints; its output is part of the message when it fails."""
    command = [str(word) for word in command]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    except FileNotFoundError:
        raise Failed(f"{command[0]} is not installed: run ./dev setup") from None
    if done.returncode != 0:
        raise Failed(f"exit {done.returncode}: {' '.join(command)}\n{done.stdout.strip()}")
    return done.stdout


@contextlib.contextmanager
def locked(path: pathlib.Path):
    """Holds an exclusive lock file, so that two clones do not fill the cache at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def stage(name: str):
    """Says what begins, and how long it took."""
    say(f"== {name}")
    begin = time.monotonic()
    try:
        yield
    finally:
        say(f"== {name}: {time.monotonic() - begin:.1f} s")
