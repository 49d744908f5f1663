"""Folders that partners drop files into: each file once, corrections in one commit, late files told of.

The oracle is this process: it knows what it dropped. HAUL_SEED repeats the kills, HAUL_KILLS sets how many.
"""

import collections
import datetime
import hashlib
import json
import os
import random
import signal
import subprocess
import time

import pytest

from conftest import Haul

KILLS = max(5, int(os.environ.get("HAUL_KILLS", "10")) * 3 // 5)

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: urn:datacontract:test:parcels
name: parcels
version: 1.0.0
status: active
schema:
  - name: parcels
    properties:
      - {name: parcel_id, logicalType: string, primaryKey: true}
      - {name: weight_kg, logicalType: number, required: true, logicalTypeOptions: {minimum: 0}}
      - {name: shipped_at, logicalType: timestamp, required: true}
"""

SOURCE = """\
source: parcels
contract: parcels
deliver: table
from:
  kind: drop
  path: inbox
  format: csv
  name: 'parcels_{date}_{sequence}.csv'
"""


@pytest.fixture
def drop(binary, tmp_path) -> Haul:
    haul = Haul(binary, tmp_path / "project")
    (haul.project / "inbox").mkdir(parents=True)
    (haul.project / "haul.yaml").write_text("project: drops\n")
    for kind, name, text in (
        ("contracts", "parcels.odcs.yaml", CONTRACT),
        ("sources", "parcels.yaml", SOURCE),
    ):
        (haul.project / kind).mkdir()
        (haul.project / kind / name).write_text(text)
    return haul


def put(haul: Haul, name: str, rows, columns="parcel_id,weight_kg,shipped_at") -> bytes:
    """As a partner does: under a temporary name, then renamed."""
    content = "\n".join([columns, *(f"{key},{weight},2026-01-31T10:00:00Z" for key, weight in rows)]) + "\n"
    path = haul.project / "inbox" / name
    part = path.with_name(path.name + ".part")
    part.write_text(content)
    part.rename(path)
    return content.encode()


def states(haul: Haul) -> dict[str, str]:
    """The newest state of every file."""
    rows = haul.sql("SELECT file, arg_max(state, changed_at) AS state FROM system.files GROUP BY file")
    return {row["file"]: row["state"] for row in rows}


def silver(haul: Haul, version: int | None = None) -> dict[str, float]:
    as_of = [] if version is None else ["--as-of", str(version)]
    rows = haul.sql("SELECT parcel_id, weight_kg FROM silver.parcels", *as_of)
    weights = {row["parcel_id"]: row["weight_kg"] for row in rows}
    assert len(weights) == len(rows), "a key twice in silver"
    return weights


def names(haul: Haul, folder: str = "") -> set[str]:
    path = haul.project / "inbox" / folder
    return {each.name for each in path.iterdir() if each.is_file()} if path.is_dir() else set()


def test_a_file_is_taken_in_once_and_moved(drop):
    put(drop, "parcels_20260131_1.csv", [("a", 1), ("b", 2), ("c", -3)])

    done = drop.run("ingest", "parcels", "--format", "json", exit_codes=(3,))

    (file,) = json.loads(done.stdout)
    assert (file["state"], file["rows"], file["valid"], file["quarantined"]) == ("loaded", 3, 2, 1)
    assert silver(drop) == {"a": 1, "b": 2}
    assert names(drop) == set() and names(drop, "loaded") == {"parcels_20260131_1.csv"}
    assert drop.value("SELECT count(*) FROM quarantine.parcels WHERE _file = 'parcels_20260131_1.csv'") == 1

    put(drop, "parcels_20260131_1.csv", [("a", 1), ("b", 2), ("c", -3)])
    put(drop, "parcels_20260201_1.csv", [("a", 1), ("b", 2), ("c", -3)])
    versions = drop.versions()
    drop.run("ingest", "parcels", exit_codes=(0, 3))

    assert states(drop) == {"parcels_20260131_1.csv": "loaded", "parcels_20260201_1.csv": "duplicate"}
    assert drop.versions()["silver.parcels"] == versions["silver.parcels"]


def test_a_corrected_file_takes_the_place_of_the_earlier_one(drop):
    put(drop, "parcels_20260131_1.csv", [("a", 1), ("b", 2)])
    put(drop, "parcels_20260201_1.csv", [("x", 7)])
    drop.run("ingest", "parcels")
    before = drop.versions()["silver.parcels"]

    put(drop, "parcels_20260131_3.csv", [("b", 20), ("c", 30)])
    drop.run("ingest", "parcels")
    put(drop, "parcels_20260131_2.csv", [("late", 1)])
    drop.run("ingest", "parcels")

    assert silver(drop) == {"b": 20, "c": 30, "x": 7}
    for version in range(before, drop.versions()["silver.parcels"] + 1):
        assert silver(drop, version) in ({"a": 1, "b": 2, "x": 7}, {"b": 20, "c": 30, "x": 7}), version
    assert drop.value("SELECT count(*) FROM bronze.parcels") == 5, "bronze keeps what was received"
    assert states(drop) == {
        "parcels_20260131_1.csv": "superseded",
        "parcels_20260131_2.csv": "superseded",
        "parcels_20260131_3.csv": "loaded",
        "parcels_20260201_1.csv": "loaded",
    }


def test_a_file_is_held_to_its_manifest(drop):
    (drop.project / "sources" / "parcels.yaml").write_text(SOURCE + "  ready: manifest\n")
    good = put(drop, "parcels_20260131_1.csv", [("a", 1)])
    put(drop, "parcels_20260201_1.csv", [("b", 1)])
    put(drop, "parcels_20260202_1.csv", [("c", 1)])
    inbox = drop.project / "inbox"
    manifest = {"bytes": len(good), "rows": 1, "sha256": hashlib.sha256(good).hexdigest()}
    (inbox / "parcels_20260131_1.csv.manifest.json").write_text(json.dumps(manifest))
    (inbox / "parcels_20260201_1.csv.manifest.json").write_text(json.dumps(manifest | {"rows": 2}))

    done = drop.run("ingest", "parcels", exit_codes=(3,))

    assert "1 files are not whole yet" in done.stderr
    assert silver(drop) == {"a": 1}
    assert states(drop) == {"parcels_20260131_1.csv": "loaded", "parcels_20260201_1.csv": "quarantined"}
    assert names(drop) == {"parcels_20260202_1.csv"}


def test_whatever_a_name_holds_it_stays_a_name(drop):
    odd = [
        "parcels_20260131_1.csv\n",
        "'; DROP TABLE x; --",
        "ü ‮.csv",
        "%2e%2e%2f.csv",
        "{date}",
        "a\\b.csv",
        "$(id)",
    ]
    for name in odd:
        put(drop, name, [("a", 1)])
    put(drop, "parcels_20260131_1.csv", [("a", 1)])

    drop.run("ingest", "parcels", exit_codes=(3,))

    assert states(drop) == dict.fromkeys(odd, "quarantined") | {"parcels_20260131_1.csv": "loaded"}
    assert names(drop, "quarantined") == set(odd)
    assert silver(drop) == {"a": 1}


def test_late_and_missing_files_are_told_once_and_end_when_they_come(drop):
    today = datetime.datetime.now(datetime.UTC).date()
    days = [today - datetime.timedelta(days=back) for back in (4, 3, 2)]
    (drop.project / "sources" / "parcels.yaml").write_text(
        SOURCE
        + f"  expect: {{since: {days[0]}, by: '00:00', days_after: 2, timezone: UTC, missing_after: 24h}}\n"
    )
    put(drop, f"parcels_{days[0]:%Y%m%d}_1.csv", [("a", 1)])

    for _ in range(2):
        drop.run("ingest", "parcels")

    def alerts():
        rows = json.loads(drop.run("status", "--alerts", "--format", "json").stdout)
        return sorted((row["kind"], row["severity"], row["message"][12:22]) for row in rows)

    assert alerts() == [
        ("late_file", "warning", str(days[1])),
        ("late_file", "warning", str(days[2])),
        ("missing_file", "error", str(days[1])),
    ]
    put(drop, f"parcels_{days[1]:%Y%m%d}_1.csv", [("b", 1)])
    drop.run("ingest", "parcels")
    assert alerts() == [("late_file", "warning", str(days[2]))]


def test_a_running_platform_takes_files_in_by_itself(drop):
    with subprocess.Popen(drop.arguments("serve"), stderr=subprocess.PIPE, text=True) as serving:
        try:
            put(drop, "parcels_20260131_1.csv", [("a", 1)])
            deadline = time.monotonic() + 30
            while "parcels_20260131_1.csv" not in names(drop, "loaded"):
                assert time.monotonic() < deadline and serving.poll() is None
                time.sleep(0.05)
            assert silver(drop) == {"a": 1}
        finally:
            serving.send_signal(signal.SIGTERM)
            serving.communicate(timeout=60)
    assert serving.returncode == 0


def test_every_file_once_under_kill_9(drop):
    seed = int(os.environ.get("HAUL_SEED", time.time_ns() % 1_000_000_007))
    print(f"HAUL_SEED={seed}")
    rng = random.Random(seed)
    started = time.monotonic()
    drop.run("ingest", "parcels")
    floor_s = time.monotonic() - started
    expected: dict[str, dict[str, int]] = {}
    hits = 0

    for number in range(KILLS):
        day = f"202601{1 + number // 2:02}"
        rows = {f"{day}-{key}": number + 1 for key in range(rng.randrange(1, 2_000))}
        put(drop, f"parcels_{day}_{1 + number % 2}.csv", [*rows.items(), (f"bad{number}", -1)])
        expected[day] = rows  # the second file of a day stands for the first
        if number % 3 == 0:
            put(drop, f"other{number}.csv", rows.items())
        process = subprocess.Popen(
            drop.arguments("ingest", "parcels"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(timeout=rng.uniform(0.3 * floor_s, 3 * floor_s))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            hits += 1
    drop.run("ingest", "parcels", exit_codes=(0, 3))

    print(f"{hits} of {KILLS} kills hit a running process")
    assert hits > KILLS // 4
    assert silver(drop) == {key: weight for rows in expected.values() for key, weight in rows.items()}
    quarantined = drop.sql("SELECT _file, count(*) AS n FROM quarantine.parcels GROUP BY _file")
    assert all(row["n"] == 1 for row in quarantined) and len(quarantined) == KILLS
    told = collections.Counter(
        (row["file"], row["state"]) for row in drop.sql("SELECT file, state FROM system.files")
    )
    assert set(told.values()) == {1}, "a state was recorded twice"
    assert names(drop) == set()
    final = collections.Counter(states(drop).values())
    assert final["superseded"] == KILLS // 2 and final["loaded"] == KILLS - KILLS // 2
