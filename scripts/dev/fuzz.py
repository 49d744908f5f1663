"""libFuzzer over the decoders: the stage `fuzz` of ./dev test --full."""

import concurrent.futures
import os
import pathlib
import subprocess

from dev.build import build
from dev.shell import ROOT, say

SECONDS = 600  # each target
TREE = ROOT / "build" / "fuzz"


def fuzz() -> list[tuple[str, bool]]:
    """Every fuzz target by name, and whether it ran its time without a finding."""
    build("fuzz", ["fuzz_targets"])
    programs = sorted((TREE / "fuzz").glob("haul_fuzz_*"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        return list(pool.map(run_target, programs))


def run_target(program: pathlib.Path) -> tuple[str, bool]:
    """What a target finds is kept beside its log; inputs that reach new code are kept for the next run."""
    name = program.name.removeprefix("haul_fuzz_")
    log = TREE / "fuzz" / f"{name}.log"
    with open(log, "w", encoding="utf-8") as file:
        done = subprocess.run(command(program, name), stdout=file, stderr=subprocess.STDOUT, check=False)
    say(f"fuzz {name}: {'sound' if done.returncode == 0 else f'exit {done.returncode}, see {log}'}")
    return name, done.returncode == 0


def command(program: pathlib.Path, name: str) -> list[str]:
    (seeds,) = ROOT.glob(f"src/**/fuzz/corpus/{name}")
    found = TREE / "corpus" / name
    found.mkdir(parents=True, exist_ok=True)
    limits = [f"-max_total_time={SECONDS}", "-rss_limit_mb=2048", "-timeout=20"]
    return [str(program), *limits, f"-artifact_prefix={TREE}/fuzz/{name}-", str(found), str(seeds)]
