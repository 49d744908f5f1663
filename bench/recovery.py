"""From a kill -9 in the middle of `haul ingest` to the first new commit: when a restart is useful.

The killed project holds about half of ten years of flights. The restart opens the log (recovery), the tables
and the keys for deduplication, finds that it has nothing to send, lands what waits in the log and ends.
Beside it: the same command on the same project once more, when nothing is left to recover.
"""

import os
import pathlib
import signal
import statistics
import subprocess
import tempfile
import time

from ingest import run_ours, write_years
from measure import HAUL, Measurement, write

RUNS = 5


def interrupted_project(source: pathlib.Path, work: pathlib.Path, after_s: float) -> pathlib.Path:
    project = work / f"killed-{time.monotonic_ns()}"
    subprocess.run([HAUL, "init", str(project)], check=True, stdout=subprocess.DEVNULL)
    process = subprocess.Popen(
        [HAUL, "ingest", "-C", str(project), "legs", str(source)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(after_s)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return project


def seconds_of_run(project: pathlib.Path) -> float:
    """`haul run` lands what the crash left in the log; `--to` in the past leaves the models alone."""
    begin = time.perf_counter()
    subprocess.run(
        [HAUL, "run", "-C", str(project), "--to", "1970-01-02"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return time.perf_counter() - begin


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="haul-bench-") as folder:
        work = pathlib.Path(folder)
        source = work / "flights.csv"
        write_years(source)
        whole_s, _, _ = run_ours(source, work)
        recovered, steady = [], []
        for _ in range(RUNS):
            project = interrupted_project(source, work, whole_s / 2)
            recovered.append(seconds_of_run(project))
            steady.append(seconds_of_run(project))
    write(
        "recovery",
        [
            Measurement(
                name="restart after kill -9, half of 3.4 million rows in",
                unit="s",
                better="lower",
                goal=2.0,
                value=statistics.median(recovered),
            ),
            Measurement(
                name="the same without anything to recover",
                unit="s",
                better="lower",
                value=statistics.median(steady),
            ),
        ],
    )


if __name__ == "__main__":
    main()
