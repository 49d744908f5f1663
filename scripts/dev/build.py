"""./dev build: configures a preset if needed and builds it."""

import os
import shutil
import subprocess

from dev.setup import setup
from dev.shell import ROOT, cache, run, say

PRESETS = ("dev", "release", "tsan", "coverage")


def build_environment() -> dict:
    """Caches shared by all clones of this user; what the user has set stays."""
    return {
        "CCACHE_DIR": str(cache() / "ccache"),
        "CCACHE_BASEDIR": str(ROOT),
        "CCACHE_NOHASHDIR": "1",
        "CCACHE_MAXSIZE": "10G",
        "CCACHE_COMPILERCHECK": "content",
        "CMAKE_COLOR_DIAGNOSTICS": "ON",
        **os.environ,
    }


def configure(preset: str) -> None:
    """CMake itself re-runs when its files change; only a missing or broken build tree needs us."""
    tree = ROOT / "build" / preset
    if (tree / "build.ninja").is_file():
        return
    shutil.rmtree(tree, ignore_errors=True)
    run(["cmake", "--preset", preset], env=build_environment())


def build(preset: str, targets: list[str]) -> None:
    setup()
    configure(preset)
    command = ["ninja", "-C", ROOT / "build" / preset, *targets]
    run(command, env=build_environment())
