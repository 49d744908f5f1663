"""./dev bench: runs benchmarks on the release build, keeps their numbers, writes docs/benchmarks.md.

There are two kinds. bench/NAME.py measures the real binary, mostly beside a peer, with bench/measure.py. A
module's own benchmarks (haul_MODULE_bench, Google Benchmark) measure parts; their goals and peers stand in
bench/goals.toml. Where both have one name, the module's are called NAME_parts. A function
commit_at_version(10) is shown as "commit at version 10", and goals.toml may name it either way.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tomllib

from dev.build import build
from dev.report import write_report
from dev.shell import DEPS, ROOT, Failed, run, say, stage

BENCH = ROOT / "bench"
RESULTS = BENCH / "results"
# Each benchmark runs several times in a shuffled order: a disturbance of the machine meets all of them.
ALTERNATING = [
    "--benchmark_format=json",
    "--benchmark_min_time=0.2",
    "--benchmark_repetitions=7",
    "--benchmark_enable_random_interleaving=true",
]

sys.path.insert(0, str(BENCH))

from measure import Measurement, write  # noqa: E402


def bench(names: list[str], only_list: bool) -> int:
    scripts = {path.stem for path in BENCH.glob("*.py")} - {"measure"}
    folders = {path.parent.parent for path in (ROOT / "src").glob("**/bench/*_bench.cc")}
    modules = {f"{path.name}_parts" if path.name in scripts else path.name: path for path in folders}
    known = sorted(scripts | modules.keys())
    if only_list:
        print("\n".join(known))
        return 0
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Failed(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
    failed = []
    for name in names or known:
        try:
            with stage(f"bench {name}"):
                run_script(name) if name in scripts else run_module(name, modules[name])
        except Failed as failure:
            say(f"dev bench: {name}: {failure}")
            failed.append(name)
    write_report(RESULTS, ROOT / "docs" / "benchmarks.md")
    return 1 if failed else 0


def run_script(name: str) -> None:
    """The script writes its own results; one that leaves none has failed."""
    build("release", ["haul"])
    result = RESULTS / f"{name}.json"
    before = result.stat().st_mtime_ns if result.exists() else None
    run(
        [DEPS / "venv" / "bin" / "python", BENCH / f"{name}.py"],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    if not result.exists() or result.stat().st_mtime_ns == before:
        raise Failed(f"bench/{name}.py wrote no {result.relative_to(ROOT)}")


def run_module(name: str, folder: pathlib.Path) -> None:
    target = "haul_" + "_".join([*folder.relative_to(ROOT / "src").parts, "bench"])
    build("release", [target])
    program = next((ROOT / "build" / "release" / "src").rglob(target))
    text = output_of_benchmark([program, *ALTERNATING])
    with open(BENCH / "goals.toml", "rb") as file:
        goals = tomllib.load(file)
    write(name, measurements(name, medians(json.loads(text)["benchmarks"]), goals))


def output_of_benchmark(command: list) -> str:
    """Only stdout: Google Benchmark warns about the machine on stderr."""
    done = subprocess.run(
        [str(word) for word in command], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode != 0:
        raise Failed(f"exit {done.returncode}: {command[0]}")
    return done.stdout


def medians(rows: list[dict]) -> list[dict]:
    for row in rows:
        if row.get("error_occurred"):
            raise Failed(f"{row['name']}: {row.get('error_message', 'failed')}")
    return [{**row, "name": row["run_name"]} for row in rows if row.get("aggregate_name") == "median"]


def measurements(name: str, rows: list[dict], goals: dict) -> list[Measurement]:
    """Google Benchmark's rows as ours: items per second where the benchmark counts items, else time."""
    values = {plain_name(f"{name}/{row['name']}"): value_of(row) for row in rows}
    goals = {plain_name(key): goal for key, goal in goals.items()}
    found = []
    for key, (value, unit, better) in values.items():
        goal = goals.get(key, {})
        peer = plain_name(goal["peer"]) if "peer" in goal else None
        if peer is not None and peer not in values:
            raise Failed(f"bench/goals.toml: {key}: there is no benchmark {peer}")
        found.append(
            Measurement(
                name=key,
                unit=goal.get("unit", unit),
                value=value,
                better=better,
                peer=peer,
                peer_value=values[peer][0] if peer else None,
                goal=goal.get("goal"),
            )
        )
    return found


def plain_name(benchmark: str) -> str:
    """How often and by which clock Google Benchmark measured is no part of what was measured."""
    module, *parts = benchmark.split("/")
    how = re.compile(r"(iterations|repeats|min_time|min_warmup_time):.*|(real|process|manual)_time")
    return module + ": " + " ".join(part for part in parts if not how.fullmatch(part)).replace("_", " ")


def value_of(row: dict) -> tuple[float, str, str]:
    if "items_per_second" in row:
        return row["items_per_second"], "items/s", "higher"
    if "bytes_per_second" in row:
        return row["bytes_per_second"] / 1e6, "MB/s", "higher"
    return row["real_time"], row["time_unit"], "lower"
