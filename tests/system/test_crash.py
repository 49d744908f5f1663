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
ROWS = 60_000


@pytest.fixture(scope="module")
def seed() -> int:
    value = int(os.environ.get("HAUL_SEED", time.time_ns() % 1_000_000_007))
    print(f"HAUL_SEED={value}")
    return value


@pytest.fixture(scope="module")
def legs_file(flights_data, tmp_path_factory) -> pathlib.Path:
    """The first legs of the year, some of them twice and some of them broken."""
    path = tmp_path_factory.mktemp("crash") / "legs.csv"
    lines = (flights_data / "flights.csv").read_text().splitlines()[: ROWS + 1]
    broken = [line.replace("JFK", "J1K") for line in lines[1:400:7] if ",JFK," in line]
    path.write_text("\n".join(lines + lines[100:300] + broken) + "\n")
    return path


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


def faults_of(haul: Haul, legs_file: pathlib.Path) -> list[str]:
    """What is wrong with bronze, silver and quarantine, given the file that was sent."""
    sent = legs_file.read_bytes().splitlines()[1:]
    faults = []
    bronze = column(haul, "bronze.legs", "_line", "payload")
    if sorted(bronze) != sorted((number, row) for number, row in enumerate(sent, start=2)):
        lines = [number for number, _ in bronze]
        faults.append(
            f"bronze has {len(lines)} rows, {len(set(lines))} different lines, for {len(sent)} sent"
        )
    header = legs_file.read_text().splitlines()[0].split(",")
    key_at = [header.index(name) for name in ("time_hour", "carrier", "flight", "origin")]
    valid = [
        row for row in csv.reader(row.decode() for row in sent) if row[key_at[3]] in ("EWR", "JFK", "LGA")
    ]
    keys = {tuple(row[at] for at in key_at[1:]) + (row[key_at[0]][:13].replace("T", " "),) for row in valid}
    silver = column(haul, "silver.flights", "carrier", "flight", "origin", "time_hour")
    landed = [
        (carrier, str(flight), origin, f"{hour:%Y-%m-%d %H}") for carrier, flight, origin, hour in silver
    ]
    if len(landed) != len(set(landed)):
        faults.append(f"silver has {len(landed)} rows of {len(set(landed))} keys")
    if set(landed) != keys:
        faults.append(
            f"silver misses {len(keys - set(landed))} keys and has {len(set(landed) - keys)} phantoms"
        )
    quarantined = column(haul, "quarantine.legs", "_line")
    expected = sum(1 for row in sent if b",J1K," in row)
    if len(quarantined) != expected or len(set(quarantined)) != expected:
        faults.append(
            f"quarantine has {len(quarantined)} rows, {len(set(quarantined))} different, for {expected} sent"
        )
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


def crash_round(haul: Haul, legs_file: pathlib.Path, kills: int, rng: random.Random) -> tuple[int, float]:
    """Kills ingest (and then run) until `kills` are used up; gives how many hit and the slowest recovery."""
    started = time.monotonic()
    probe = Haul(haul.binary, haul.project.parent / "probe")
    shutil.copytree(haul.project, probe.project)
    probe.run("ingest", "legs", str(legs_file), exit_codes=(0, 3))
    ingest_s = time.monotonic() - started
    shutil.rmtree(probe.project)
    hits = 0
    for _ in range(kills):
        hits += kill_during(haul, rng.uniform(0.01, ingest_s), "ingest", "legs", str(legs_file))
    restarted = time.monotonic()
    haul.run("ingest", "legs", str(legs_file), exit_codes=(0, 3))
    return hits, time.monotonic() - restarted


def test_every_row_lands_exactly_once_under_kill_9(project, flights_data, legs_file, seed):
    rng = random.Random(seed)
    prepare(project, flights_data)

    hits, recovery_s = crash_round(project, legs_file, KILLS, rng)
    for _ in range(max(1, KILLS // 3)):
        hits += kill_during(project, rng.uniform(0.05, 1.5), "run")
    project.run("run", exit_codes=(0, 3))

    print(f"{hits} kills hit; the last ingest took {recovery_s:.2f} s")
    assert hits >= KILLS // 2, f"seed {seed}: too few kills hit a running process"
    assert faults_of(project, legs_file) == [], f"seed {seed}"
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


def test_a_second_ingest_and_run_change_nothing(project, flights_data, legs_file):
    prepare(project, flights_data)
    project.run("ingest", "legs", str(legs_file), exit_codes=(0, 3))
    project.run("run", exit_codes=(0, 3))
    before = project.versions()

    again = project.run("ingest", "legs", str(legs_file))
    project.run("run", exit_codes=(0, 3))

    assert project.versions() == before
    assert "loaded before" in again.stdout


def test_the_mutant_that_commits_offsets_apart_from_the_data_is_caught(
    flights_data, legs_file, tmp_path, seed
):
    mutant = pathlib.Path(os.environ.get("HAUL_MUTANT_BINARY", ""))
    assert mutant.is_file(), (
        "HAUL_MUTANT_BINARY names the program haul_split_offsets, which ./dev test builds"
    )
    rng = random.Random(seed)

    for attempt in range(40):  # a kill must fall between the two commits: try until one does
        haul = Haul(mutant, tmp_path / f"project{attempt}")
        subprocess.run([str(mutant), "init", str(haul.project)], check=True, capture_output=True)
        commit_often(haul)
        crash_round(haul, legs_file, 3, rng)
        if faults_of(haul, legs_file):
            return
        shutil.rmtree(haul.project)
    pytest.fail(f"seed {seed}: 120 kills did not show the fault: the crash test would not see lost atomicity")
