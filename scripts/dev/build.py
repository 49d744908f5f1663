"""./dev build: configures a preset if needed and builds it."""

import pathlib
import shutil

from dev.setup import setup
from dev.shell import ROOT, run

PRESETS = ("dev", "release", "tsan", "coverage", "fuzz")


def configure(preset: str) -> pathlib.Path:
    """The preset's build tree. Once made, the build system itself configures again when its files change."""
    setup()
    tree = ROOT / "build" / preset
    if not (tree / "build.ninja").is_file():
        shutil.rmtree(tree, ignore_errors=True)
        run(["cmake", "--preset", preset])
    return tree


def build(preset: str, targets: list[str]) -> None:
    """Without targets: all of the preset."""
    run(["ninja", "-C", configure(preset), *targets])
