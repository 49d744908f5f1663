"""haul contract test on a vendor's file beside DuckDB, Great Expectations and Pandera: the same rules.

Ten million rows (bench/vendor): haul and DuckDB check every rule, uniqueness and a relationship to a million
keys, and write good and bad rows to Parquet, on two threads, in turns. One million rows: haul, Great
Expectations and Pandera count only and write no rows, each from the CSV on. Whoever does not find exactly the
known number of broken rows for every rule ends the benchmark. haul's times are of its whole process; the
peers' imports are not counted. Medians of runs in turns.

HAUL_BENCH_ROWS sets the ten million to another number.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from measure import DEPS, HAUL, ROOT, Measurement, write

sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "bench" / "vendor")]

import generate  # noqa: E402

from dev.setup import provide_venv  # noqa: E402

VENDOR = ROOT / "bench" / "vendor"
ROWS = int(os.environ.get("HAUL_BENCH_ROWS", "10000000"))
SMALL_ROWS = 1_000_000
VEHICLES = 1_000_000
THREADS = 2
RUNS = 3


class VendorFile:
    """A generated file and what is known of it."""

    def __init__(self, folder: pathlib.Path, rows: int):
        self.folder = folder
        self.known = generate.generate(folder, rows, VEHICLES)

    def check(self, who: str, rules: dict) -> None:
        """Every known count, and nothing else broken."""
        known = self.known["rules"] | {"rows_with_repeated_key": self.known["rows_with_repeated_key"]}
        wrong = {
            rule: (count, known.get(rule, 0)) for rule, count in rules.items() if count != known.get(rule, 0)
        }
        missed = self.known["rules"].keys() - rules.keys() - {"vendor_scans.primary_key"}
        if wrong or missed:
            sys.exit(f"{who} does not find the known counts: {wrong or missed}")


def run_process(command: list, **options) -> tuple[float, object]:
    """Wall seconds and resource usage of a process and its threads."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options
    )
    _, status, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - begin, (os.waitstatus_to_exitcode(status), usage)


def run_ours(vendor: VendorFile, output: pathlib.Path, *, writes_rows: bool) -> dict:
    report = output / "report.json"
    rows = ["--good", output / "good.parquet", "--quarantine", output / "bad.parquet"] if writes_rows else []
    seconds, (code, usage) = run_process(
        [
            HAUL,
            *("contract", "test", VENDOR / "scans.odcs.yaml", "--data", vendor.folder / "scans.csv"),
            *("--reference", f"vehicles={vendor.folder / 'vehicles.csv'}", "--threads", THREADS),
            *("--json", report, *rows),
        ]
    )
    if code != 1:
        sys.exit(f"haul contract test ended with {code}, the file breaks rules")
    found = json.loads(report.read_text())
    vendor.check("haul", {rule["id"]: rule["failed"] for rule in found["rules"]})
    if found["quarantined"] != vendor.known["quarantined"]:
        sys.exit(f"haul quarantines {found['quarantined']} rows instead of {vendor.known['quarantined']}")
    return {
        "seconds": seconds,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss * 1024 / 1e6,
    }


def run_peer(python: pathlib.Path, script: str, vendor: VendorFile, *arguments) -> dict:
    """A peer in a process of its own: seconds and CPU seconds by its own clock, memory of all of it."""
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(
            [str(word) for word in (python, VENDOR / script, vendor.folder, *arguments)], stdout=out
        )
        _, status, usage = os.wait4(process.pid, 0)
        if os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"{script} failed")
        out.seek(0)
        found = json.loads(out.read())
    vendor.check(script, found["rules"])
    return found | {"memory": usage.ru_maxrss * 1024 / 1e6}


def median(runs: list[dict], key: str) -> float:
    return statistics.median(run[key] for run in runs)


def beside(
    name: str, rows: int, ours: list[dict], peer: str, theirs: list[dict], goal: float
) -> list[Measurement]:
    """Rows a second of wall time, which has the goal, and of CPU time, which other programs disturb less."""
    return [
        Measurement(
            name=name + suffix,
            unit="rows/s",
            value=rows / median(ours, key),
            better="higher",
            peer=peer,
            peer_value=rows / median(theirs, key),
            goal=goal,
        )
        for key, suffix in (("seconds", ""), ("cpu", ", CPU time"))
    ]


def memory(name: str, runs: list[dict], goal: float | None = None) -> Measurement:
    return Measurement(
        name=name, unit="MB", value=max(run["memory"] for run in runs), better="lower", goal=goal
    )


def main() -> None:
    peers = provide_venv(VENDOR / "requirements.txt") / "bin" / "python"
    with tempfile.TemporaryDirectory(prefix="haul-bench-") as folder:
        work = pathlib.Path(folder)
        big = VendorFile(work / "big", ROWS)
        ours, duckdb = [], []
        for _ in range(RUNS):
            ours.append(run_ours(big, work, writes_rows=True))
            duckdb.append(run_peer(DEPS / "venv" / "bin" / "python", "peer_duckdb.py", big, work, THREADS))
        small = VendorFile(work / "small", SMALL_ROWS)
        ours_small, gx, pandera = [], [], []
        for _ in range(RUNS):
            ours_small.append(run_ours(small, work, writes_rows=False))
            gx.append(run_peer(peers, "peer_gx.py", small))
            pandera.append(run_peer(peers, "peer_pandera.py", small))
    million = ROWS / 1e6
    big_file, small_file = f"{million:g} M rows", f"{SMALL_ROWS / 1e6:g} M rows"
    write(
        "quality",
        [
            Measurement(
                name=f"rules, keys, quarantine: {big_file}, {THREADS} threads",
                unit="rows/s",
                value=ROWS / median(ours, "seconds"),
                better="higher",
                goal=1_500_000,
            ),
            Measurement(
                name=f"{big_file}, rows a second of CPU time of each of {THREADS} threads",
                unit="rows/s",
                value=ROWS * THREADS / median(ours, "cpu"),
                better="higher",
            ),
            *beside(f"{big_file} beside DuckDB", ROWS, ours, "DuckDB SQL", duckdb, 2),
            *beside(
                f"counts only: {small_file} beside Great Expectations",
                SMALL_ROWS,
                ours_small,
                "GX 1.24",
                gx,
                10,
            ),
            *beside(
                f"counts only: {small_file} beside Pandera",
                SMALL_ROWS,
                ours_small,
                "Pandera 0.35",
                pandera,
                5,
            ),
            memory("peak memory", ours, 1_000),
            memory("peak memory of DuckDB", duckdb),
        ],
    )


if __name__ == "__main__":
    main()
