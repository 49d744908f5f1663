"""What a benchmark writes: measurements, each with its peer, its goal and the conditions it was taken under.

from measure import HAUL, Measurement, best_of, write

seconds = best_of(5, lambda: run_haul(...))
write("ingest", [Measurement(name="ingest/csv", unit="s", value=seconds, better="lower",
                             peer="Polars + deltalake", peer_value=peer_seconds, goal=2.0)])
"""

import dataclasses
import datetime
import json
import os
import pathlib
import subprocess
import time
from collections.abc import Callable

ROOT = pathlib.Path(__file__).resolve().parents[1]
HAUL = ROOT / "build" / "release" / "haul"
DEPS = ROOT / ".deps"
RESULTS = ROOT / "bench" / "results"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Measurement:
    """One number. The goal is for the ratio value / peer_value where there is a peer, else for the value."""

    name: str
    unit: str
    value: float
    better: str  # "higher" or "lower"
    peer: str | None = None
    peer_value: float | None = None
    goal: float | None = None

    def __post_init__(self):
        if self.better not in ("higher", "lower"):
            raise ValueError(f"{self.name}: better is higher or lower, not {self.better}")
        if (self.peer is None) != (self.peer_value is None):
            raise ValueError(f"{self.name}: a peer has a value, and a peer's value a name")

    def ratio(self) -> float | None:
        return self.value / self.peer_value if self.peer_value else None


def write(name: str, measurements: list[Measurement]) -> None:
    """Replaces bench/results/NAME.json."""
    taken = {"command": f"./dev bench {name}", "conditions": conditions()}
    rows = [{**dataclasses.asdict(one), "ratio": one.ratio(), **taken} for one in measurements]
    RESULTS.mkdir(parents=True, exist_ok=True)
    fresh = RESULTS / f"{name}.json.tmp"
    fresh.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    fresh.rename(RESULTS / f"{name}.json")


def best_of(times: int, act: Callable[[], object]) -> float:
    """The shortest wall-clock seconds of some runs: on a shared machine the least disturbed one."""
    return min(seconds_of(act) for _ in range(times))


def seconds_of(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def conditions() -> str:
    """Processor, load, commit and day."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    model = models[0] if models else "unknown processor"
    commit = git("rev-parse", "--short", "HEAD") + (
        " with changes" if git("status", "--porcelain", "-uno") else ""
    )
    day = datetime.datetime.now(datetime.UTC).date()
    return f"{os.cpu_count()} x {model}, load {os.getloadavg()[0]:.1f}, commit {commit}, {day}"


def git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    ).stdout.strip()
