"""From a kill -9 in the middle of `haul ingest` of ten years of flights to a working project.

By then the log has nearly all rows and silver about half of them. Three whole processes: `haul status` on the
killed project (log recovered, every table opened), `haul run` (what waits in the log lands:
about half of the file), and `haul run` once more, when nothing is left to recover.
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


def seconds_of(project: pathlib.Path, *command: str) -> float:
    begin = time.perf_counter()
    subprocess.run(
        [HAUL, *command, "-C", str(project)],
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
        run = ("run", "--to", "1970-01-02")  # lands what waits; no model has a day so early
        recovered, landed, steady = [], [], []
        for _ in range(RUNS):
            project = interrupted_project(source, work, whole_s / 2)
            recovered.append(seconds_of(project, "status"))
            landed.append(seconds_of(project, *run))
            steady.append(seconds_of(project, *run))
    write(
        "recovery",
        [
            Measurement(
                name="recovery after kill -9 in 3.4 million rows: the log is checked, every table open",
                unit="s",
                better="lower",
                goal=2.0,
                value=statistics.median(recovered),
            ),
            Measurement(
                name="then landing the half of the rows that waited in the log",
                unit="s",
                better="lower",
                value=statistics.median(landed),
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
