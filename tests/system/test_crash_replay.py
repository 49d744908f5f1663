"""kill -9 during replays and drops: every good row lands once, every bad row stays in quarantine once.

The oracle is this process: it knows every row it sent and which of them the contract of now lets pass.
HAUL_SEED repeats a run; HAUL_KILLS sets how many kills (5 in ./dev test, 50 with --full).
"""

import collections
import json
import os
import random
import signal
import subprocess
import time

import deltalake
import pytest

from parcels import new_project, write_contract

KILLS = int(os.environ.get("HAUL_KILLS", "5"))
ROWS = 500
NEVER = 1_000_000  # a weight that no version of the contract lets pass


@pytest.fixture(scope="module")
def seed() -> int:
    value = int(os.environ.get("HAUL_SEED", time.time_ns() % 1_000_000_007))
    print(f"HAUL_SEED={value}")
    return value


def column(haul, dataset: str, *names: str) -> list[tuple]:
    layer, name = dataset.split(".")
    table = deltalake.DeltaTable(haul.project / "lake" / layer / name).to_pyarrow_table(columns=list(names))
    return list(zip(*(table[each].to_pylist() for each in names)))


def ingest(haul, path, weights: list[int]) -> list[dict]:
    rows = [{"id": f"{path.stem}-{i}", "weight": weight} for i, weight in enumerate(weights)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    haul.run("ingest", "parcels", str(path), exit_codes=(0, 3))
    return rows


def kill_during(haul, after_s: float, command: str, *rest: str) -> bool:
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


def limit_of(number: int) -> int:
    return 100 * (number + 1)


def publish(haul, number: int) -> None:
    """Version 1.N.0, without a key: nothing but its place tells a row from another."""
    write_contract(haul, "parcels", version=f"1.{number}.0", maximum=limit_of(number), key=False)


def faults_of(haul, sent: list[dict], dropped: int) -> list[str]:
    """What is wrong once the last replay ran to its end."""
    faults = []
    limit = limit_of(KILLS)
    good = collections.Counter(row["id"] for row in sent if row["weight"] <= limit)
    silver = collections.Counter(key for (key,) in column(haul, "silver.parcels", "id"))
    if silver != good:
        faults.append(f"silver misses {(good - silver).total()} rows, {(silver - good).total()} are too many")
    places = column(haul, "quarantine.parcels", "_partition", "_offset", "_ingest_time")
    pending = sum(row["weight"] == NEVER for row in sent)
    shown = json.loads(
        haul.run("quarantine show", "parcels", "--limit", "1000000", "--format", "json").stdout
    )
    if len(places) != len(set(places)) or len(shown) != len(places):
        faults.append(
            f"quarantine has {len(places)} rows of {len(set(places))} places and shows {len(shown)}"
        )
    status = collections.Counter(row["status"] for row in shown)
    replayed = len(places) - pending
    if status != {"replayed": replayed, "pending": pending - dropped, "dropped": dropped}:
        faults.append(f"status {dict(status)} of {len(places)}, of which {pending} can never pass")
    return faults


def test_every_row_lands_once_however_often_a_replay_or_a_drop_is_killed(binary, tmp_path, seed):
    rng = random.Random(seed)
    haul = new_project(binary, tmp_path / "project")
    publish(haul, 0)
    sent = ingest(haul, tmp_path / "first.ndjson", [50, NEVER])
    started = time.monotonic()
    haul.run("quarantine replay", "parcels", exit_codes=(3,))
    duration_s = time.monotonic() - started
    killed = dropped = 0
    for number in range(1, KILLS + 1):
        soon = limit_of(number) - 1  # passes from this round's contract on
        sent += ingest(haul, tmp_path / f"{number}.ndjson", rng.choices([50, soon, NEVER], k=ROWS))
        given_up = tmp_path / f"drop{number}.ndjson"
        dropped += len(ingest(haul, given_up, [NEVER] * 20))
        sent += [{"id": "", "weight": NEVER}] * 20
        publish(haul, number)

        after_s = rng.uniform(0.3, 1.1) * duration_s
        killed += kill_during(haul, after_s, "quarantine replay", "parcels")
        if rng.random() < 0.5:
            kill_during(haul, after_s, "quarantine drop", "parcels", "--file", str(given_up))
        haul.run("quarantine drop", "parcels", "--file", str(given_up))
    haul.run("quarantine replay", "parcels", exit_codes=(3,))

    print(f"{killed} of {KILLS} kills hit a running replay")
    assert faults_of(haul, sent, dropped) == [], f"HAUL_SEED={seed}"
    assert killed > 0, f"HAUL_SEED={seed}: no kill hit a running replay"
