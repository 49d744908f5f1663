"""kill -9 at random moments: every accepted row exactly once, gold equal to a recomputation.

The oracle is this process: it knows the file it sent, row by row, and recomputes gold from the raw file.
HAUL_SEED repeats a run; HAUL_KILLS sets how many kills (10 in ./dev test, 50 and more with --full).
"""

import csv
import os
import pathlib
import random
import shutil
import signal
import subprocess
import time

import deltalake
import pytest

from conftest import Haul

KILLS = int(os.environ.get("HAUL_KILLS", "10"))
ROWS_PER_FILE = 6_000


@pytest.fixture(scope="module")
def seed() -> int:
    value = int(os.environ.get("HAUL_SEED", time.time_ns() % 1_000_000_007))
    print(f"HAUL_SEED={value}")
    return value


@pytest.fixture(scope="module")
def legs_files(flights_data, tmp_path_factory) -> list[pathlib.Path]:
    """One file for each kill, some of their rows in the file before too, some of them broken."""
    folder = tmp_path_factory.mktemp("crash")
    header, *legs = (flights_data / "flights.csv").read_text().splitlines()
    files = []
    for number in range(KILLS):
        rows = legs[number * ROWS_PER_FILE : (number + 1) * ROWS_PER_FILE]
        assert len(rows) == ROWS_PER_FILE, "the year has too few legs for so many kills"
        broken = [row.replace("JFK", "J1K") for row in rows[:400:7] if ",JFK," in row]
        repeated = legs[max(0, number * ROWS_PER_FILE - 100) : number * ROWS_PER_FILE]
        files.append(folder / f"legs{number:03}.csv")
        files[-1].write_text("\n".join([header, *rows, *repeated, *broken]) + "\n")
    return files


def kill_during(haul: Haul, after_s: float, command: str, *rest: str) -> bool:
    """True where the process was killed, False where it was done before."""
    process = subprocess.Popen(
        haul.arguments(command, *rest),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(timeout=after_s)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True


def column(haul: Haul, dataset: str, *names: str) -> list[tuple]:
    layer, name = dataset.split(".")
    table = deltalake.DeltaTable(haul.project / "lake" / layer / name).to_pyarrow_table(columns=list(names))
    return list(zip(*(table[each].to_pylist() for each in names)))


def faults_of(haul: Haul, files: list[pathlib.Path]) -> list[str]:
    """What is wrong with bronze, silver and quarantine, given the files that were sent."""
    header = files[0].read_text().splitlines()[0].split(",")
    hour, carrier, flight, origin = (
        header.index(name) for name in ("time_hour", "carrier", "flight", "origin")
    )
    sent = sorted(
        (str(file), number, row)
        for file in files
        for number, row in enumerate(file.read_bytes().splitlines()[1:], start=2)
    )
    faults = []
    bronze = sorted(column(haul, "bronze.legs", "_file", "_line", "payload"))
    if bronze != sent:
        faults.append(f"bronze has {len(bronze)} rows, {len(set(bronze))} different, for {len(sent)} sent")
    rows = list(csv.reader(row.decode() for _, _, row in sent))
    keys = {
        (row[carrier], row[flight], row[origin], row[hour][:13].replace("T", " "))
        for row in rows
        if row[origin] in ("EWR", "JFK", "LGA")
    }
    silver = column(haul, "silver.flights", "carrier", "flight", "origin", "time_hour")
    landed = [(carrier, str(flight), origin, f"{at:%Y-%m-%d %H}") for carrier, flight, origin, at in silver]
    if len(landed) != len(set(landed)):
        faults.append(f"silver has {len(landed)} rows of {len(set(landed))} keys")
    if set(landed) != keys:
        faults.append(
            f"silver misses {len(keys - set(landed))} keys and has {len(set(landed) - keys)} phantoms"
        )
    quarantined = sorted(column(haul, "quarantine.legs", "_file", "_line"))
    expected = [(file, number) for file, number, row in sent if b",J1K," in row]
    if quarantined != expected:
        faults.append(f"quarantine has {len(quarantined)} rows for {len(expected)} broken ones")
    return faults


def commit_often(haul: Haul) -> None:
    """Many small commits: more moments at which a kill can fall between two of them."""
    flow = haul.project / "flows" / "legs.yaml"
    flow.write_text(flow.read_text().replace("{every: 1s, bytes: 64MB}", "{every: 20ms, bytes: 600KB}"))
    assert "600KB" in flow.read_text()


def prepare(haul: Haul, data: pathlib.Path) -> None:
    commit_often(haul)
    for source, file in {"sites": "airports.csv", "vehicles": "planes.csv", "weather": "weather.csv"}.items():
        haul.run("ingest", source, str(data / file), exit_codes=(0, 3))


def crash_round(haul: Haul, files: list[pathlib.Path], rng: random.Random) -> tuple[int, float]:
    """Kills the ingest of each file once, then sends all again; gives the hits and the last restart."""
    probe = Haul(haul.binary, haul.project.parent / "probe")
    shutil.copytree(haul.project, probe.project)
    started = time.monotonic()
    probe.run("ingest", "legs", str(files[0]), exit_codes=(0, 3))
    ingest_s = time.monotonic() - started
    shutil.rmtree(probe.project)
    hits = sum(kill_during(haul, rng.uniform(0.02, ingest_s), "ingest", "legs", str(file)) for file in files)
    restarted = time.monotonic()
    haul.run("ingest", "legs", *map(str, files), exit_codes=(0, 3))
    return hits, time.monotonic() - restarted


def test_every_row_lands_exactly_once_under_kill_9(project, flights_data, legs_files, seed):
    rng = random.Random(seed)
    prepare(project, flights_data)

    hits, recovery_s = crash_round(project, legs_files, rng)
    run_hits = sum(kill_during(project, rng.uniform(0.05, 1.0), "run") for _ in range(max(2, KILLS // 3)))
    project.run("run", exit_codes=(0, 3))

    print(f"{hits} + {run_hits} kills hit; the restart that landed the rest took {recovery_s:.2f} s")
    assert hits >= KILLS // 2, f"seed {seed}: too few kills hit a running process"
    assert faults_of(project, legs_files) == [], f"seed {seed}"
    assert gold_faults(project) == [], f"seed {seed}"
    assert recovery_s < 20, f"seed {seed}"


def gold_faults(haul: Haul) -> list[str]:
    """Gold against a second project that took the same silver in one go."""
    fresh = Haul(haul.binary, haul.project.parent / "fresh")
    shutil.copytree(haul.project, fresh.project)
    for dataset in ("silver/legs", "silver/leg_events", "gold"):
        shutil.rmtree(fresh.project / "lake" / dataset, ignore_errors=True)
    fresh.run("run", exit_codes=(0, 3))
    faults = []
    for dataset in (
        "silver.legs",
        "silver.leg_events",
        "gold.route_daily",
        "gold.carrier_on_time",
        "gold.site_hourly",
    ):
        query = f"SELECT * FROM {dataset} ORDER BY ALL"
        if haul.sql(query) != fresh.sql(query):
            faults.append(f"{dataset} differs from a recomputation")
    return faults


def test_a_second_ingest_and_run_change_nothing(project, flights_data, legs_files):
    prepare(project, flights_data)
    project.run("ingest", "legs", str(legs_files[0]), exit_codes=(0, 3))
    project.run("run", exit_codes=(0, 3))
    before = project.versions()

    again = project.run("ingest", "legs", str(legs_files[0]))
    project.run("run", exit_codes=(0, 3))

    assert project.versions() == before
    assert "loaded before" in again.stdout


def test_the_mutant_that_commits_offsets_apart_from_the_data_is_caught(legs_files, tmp_path, seed):
    mutant = pathlib.Path(os.environ.get("HAUL_MUTANT_BINARY", ""))
    assert mutant.is_file(), (
        "HAUL_MUTANT_BINARY names the program haul_split_offsets, which ./dev test builds"
    )
    rng = random.Random(seed)

    for attempt in range(40):  # a kill must fall between the two commits: try until one does
        haul = Haul(mutant, tmp_path / f"project{attempt}")
        subprocess.run([str(mutant), "init", str(haul.project)], check=True, capture_output=True)
        commit_often(haul)
        crash_round(haul, legs_files[:5], rng)
        if faults_of(haul, legs_files[:5]):
            return
        shutil.rmtree(haul.project)
    pytest.fail(f"seed {seed}: 200 kills did not show the fault: the crash test would not see lost atomicity")
