"""History of quality, profiles, anomalies and alerts, with the real binary, files and a webhook receiver."""

import datetime
import http.server
import json
import math
import pathlib
import subprocess
import threading

import pytest

from conftest import Haul

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: urn:test:scans
name: scans
version: 1.0.0
status: active
schema:
  - name: scans
    properties:
      - {name: scan_id, logicalType: string, primaryKey: true}
      - name: kg
        logicalType: number
        logicalTypeOptions: {minimum: 0}
        quality:
          - id: usual_weight
            type: custom
            engine: haul
            implementation: {rule: meanChange, percent: 30, needs: 3}
      - {name: driver, logicalType: string, classification: restricted}
      - {name: at, logicalType: timestamp, required: true}
    quality:
      - {id: usual_rows, type: custom, engine: haul, implementation: {rule: rowCountChange, needs: 3}}
      - {id: some_rows, metric: rowCount, mustBeGreaterThan: 150, severity: error}
slaProperties:
  - {id: fresh, property: freshness, value: 2, unit: d, element: scans.at}
  - {id: kept, property: retention, value: 5, unit: y, element: scans.at}
"""
SOURCE = """\
source: scans
contract: scans
deliver: table
from: {kind: files, format: csv}
"""
NOW = datetime.datetime.now(datetime.timezone.utc)


class Receiver:
    """A webhook that fails the first requests, then takes all."""

    def __init__(self, failures: int):
        self.requests = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append((self.headers["Idempotency-Key"], json.loads(body)))
                self.send_response(503 if len(receiver.requests) <= failures else 204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    hook = Receiver(failures=2)
    yield hook
    hook.close()


@pytest.fixture
def scans(binary, tmp_path, receiver) -> Haul:
    folder = tmp_path / "project"
    for name in ("contracts", "sources"):
        (folder / name).mkdir(parents=True)
    (folder / "haul.yaml").write_text(
        "project: scans\nnotifiers:\n"
        f"  hook: {{kind: webhook, url: '{receiver.url}'}}\n"
        "  book: {kind: file, path: ./book.jsonl}\n"
    )
    (folder / "contracts" / "scans.odcs.yaml").write_text(CONTRACT)
    (folder / "sources" / "scans.yaml").write_text(SOURCE)
    return Haul(binary, folder)


def write_csv(path: pathlib.Path, rows: int, bad: int = 0, kg: float = 10.0, at=NOW, first: int = 0):
    """`rows` scans, the first `bad` of which weigh less than nothing."""
    lines = ["scan_id,kg,driver,at"]
    for i in range(rows):
        weight = -1 if i < bad else kg + i % 3
        lines.append(f"{path.stem}-{first + i},{weight},Ada {i},{at:%Y-%m-%dT%H:%M:%SZ}")
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def book(project: Haul) -> list[dict]:
    path = project.project / "book.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def open_alerts(project: Haul) -> list[dict]:
    return json.loads(project.run("status", "--alerts", "--format", "json").stdout)


def test_a_file_with_too_many_bad_rows_raises_one_alert_and_the_same_file_none(scans, receiver, tmp_path):
    file = write_csv(tmp_path / "monday.csv", rows=200, bad=16)

    first = scans.run("ingest", "scans", file, exit_codes=(3,))
    again = scans.run("ingest", "scans", file)

    (alert,) = open_alerts(scans)
    assert alert["kind"] == "error_share"
    assert "16 of 200 rows (8.0 %) are in quarantine; the contract scans allows 5.0 %" in alert["message"]
    assert alert["message"] in first.stderr
    assert "alert" not in again.stderr
    assert [line["id"] for line in book(scans)] == [alert["id"]]
    # Twice refused, taken at the third attempt, never sent again: always with the same key.
    assert [key for key, _ in receiver.requests] == [alert["id"]] * 3
    assert receiver.requests[0][1]["labels"]["rows"] == "200"
    assert scans.value("SELECT count(*) FROM system.alerts") == 1
    assert alert["id"] in scans.run("status").stdout


def test_another_file_with_the_same_name_raises_its_own_alert(scans, tmp_path):
    scans.run("ingest", "scans", write_csv(tmp_path / "day.csv", rows=100, bad=10), exit_codes=(3,))
    scans.run(
        "ingest", "scans", write_csv(tmp_path / "day.csv", rows=100, bad=20, first=100), exit_codes=(3,)
    )
    scans.run("ingest", "scans", write_csv(tmp_path / "good.csv", rows=100, bad=5), exit_codes=(3,))

    assert [alert["kind"] for alert in open_alerts(scans)] == ["error_share"] * 2


def test_a_webhook_that_is_down_gets_the_alert_later(scans, receiver, tmp_path):
    receiver.close()

    failed = scans.run("ingest", "scans", write_csv(tmp_path / "a.csv", rows=100, bad=10), exit_codes=(3,))
    other = Receiver(failures=0)
    config = scans.project / "haul.yaml"
    config.write_text(config.read_text().replace(receiver.url, other.url))
    scans.run("ingest", "scans", write_csv(tmp_path / "b.csv", rows=100))
    scans.run("ingest", "scans", write_csv(tmp_path / "c.csv", rows=100))
    other.close()

    assert "notifier hook cannot be told: 127.0.0.1" in failed.stderr
    assert [key for key, _ in other.requests] == [open_alerts(scans)[0]["id"]]
    assert len(book(scans)) == 1


def test_the_history_has_the_exact_counts_of_every_rule_once(scans, tmp_path):
    file = write_csv(tmp_path / "monday.csv", rows=200, bad=16)
    broken = tmp_path / "broken.csv"
    broken.write_text("scan_id,kg,driver,at\nx1,5,Ada,yesterday\nx2,7,Bob,2026-01-01T00:00:00Z\n")

    scans.run("ingest", "scans", file, exit_codes=(3,))
    scans.run("ingest", "scans", str(broken), exit_codes=(3,))
    scans.run("ingest", "scans", file)
    rows = scans.sql(
        "SELECT version, rule, kind, checked, failed FROM system.quality "
        "WHERE kind IN ('rows', 'row', 'decode', 'file') ORDER BY version, kind, rule"
    )

    first = min(row["version"] for row in rows)
    found = {
        (row["version"] == first, row["kind"], row["rule"]): (row["checked"], row["failed"]) for row in rows
    }
    assert len(found) == len(rows)
    assert found[True, "rows", "rows"] == found[True, "file", "rows"] == (200, 16)
    assert found[True, "row", "scans.kg.minimum"] == (200, 16)
    assert found[True, "row", "scans.at.required"] == (200, 0)
    assert found[False, "rows", "rows"] == (2, 1)
    assert found[False, "decode", "type.at"] == (2, 1)
    assert found[False, "row", "scans.kg.minimum"] == (1, 0)
    (last,) = [r for r in quality(scans) if r["rule"] == "scans.kg.minimum"]
    assert (last["checked"], last["failed"], last["share"]) == (1, 0, 0)


def quality(project: Haul, *options: str) -> list[dict]:
    return json.loads(project.run("quality", *options, "--format", "json").stdout)


def test_a_halved_file_and_a_moved_mean_are_anomalies(scans, tmp_path):
    for day in range(4):
        scans.run("ingest", "scans", write_csv(tmp_path / f"day{day}.csv", rows=300 + day))
    assert open_alerts(scans) == []

    scans.run("ingest", "scans", write_csv(tmp_path / "half.csv", rows=150))
    half = {row["rule"]: row for row in quality(scans)}
    scans.run("ingest", "scans", write_csv(tmp_path / "heavy.csv", rows=300, kg=20))
    heavy = {row["rule"]: row for row in quality(scans)}

    assert (half["usual_rows"]["kind"], half["usual_rows"]["value"]) == ("anomaly", 150)
    assert half["usual_weight"]["kind"] == "change"
    assert (heavy["usual_weight"]["kind"], heavy["usual_weight"]["value"]) == ("anomaly", 21)
    assert heavy["usual_rows"]["kind"] == "change"
    alerts = open_alerts(scans)
    assert [alert["kind"] for alert in alerts] == ["anomaly", "anomaly"]
    assert "rows 150, expected" in alerts[1]["message"]


def test_an_old_file_breaks_the_freshness_until_a_new_one_comes(scans, tmp_path):
    old = NOW - datetime.timedelta(days=3)
    scans.run("ingest", "scans", write_csv(tmp_path / "old.csv", rows=200, at=old))

    scans.run("quality", "--check")
    scans.run("quality", "--check")  # nothing has changed: nothing is added
    (alert,) = open_alerts(scans)
    levels = scans.sql(
        "SELECT rule, failed, value FROM system.quality WHERE kind = 'service_level' ORDER BY rule"
    )
    scans.run("ingest", "scans", write_csv(tmp_path / "new.csv", rows=200))
    scans.run("quality", "--check")

    assert alert["kind"] == "freshness"
    assert f"the newest at is {old:%Y-%m-%dT%H:%M:%SZ}, longer than 2 d ago" in alert["message"]
    assert [(row["rule"], row["failed"]) for row in levels] == [("fresh", 1), ("kept", 0)]
    assert math.isclose(levels[0]["value"], 3 * 86400, abs_tol=600)
    assert open_alerts(scans) == []
    assert [(line["kind"], line["state"]) for line in book(scans)] == [
        ("freshness", "raised"),
        ("freshness", "resolved"),
    ]


def test_a_broken_rule_about_the_set_is_an_alert_until_it_holds(scans, tmp_path):
    scans.run("ingest", "scans", write_csv(tmp_path / "few.csv", rows=100))
    scans.run("quality", "--check")
    (alert,) = open_alerts(scans)
    scans.run("ingest", "scans", write_csv(tmp_path / "more.csv", rows=100))
    scans.run("quality", "--check")

    assert (alert["kind"], alert["subject"]) == ("broken_rule", "rule some_rows of silver.scans")
    assert open_alerts(scans) == []
    assert [
        row["value"]
        for row in scans.sql("SELECT value FROM system.quality WHERE rule = 'some_rows' ORDER BY checked_at")
    ] == [
        100,
        200,
    ]


def test_a_rule_that_blocks_raises_an_alert_until_rows_land_again(scans, tmp_path):
    contract = scans.project / "contracts" / "scans.odcs.yaml"
    contract.write_text(CONTRACT + "customProperties: [{property: onViolation, value: block}]\n")

    failed = scans.run("ingest", "scans", write_csv(tmp_path / "bad.csv", rows=10, bad=1), exit_codes=(1,))
    (alert,) = open_alerts(scans)
    scans.run("ingest", "scans", write_csv(tmp_path / "good.csv", rows=10))

    assert (alert["kind"], alert["severity"]) == ("blocked", "critical")
    assert "severity block" in failed.stderr
    assert open_alerts(scans) == []


def test_profiles_of_files_make_the_profile_of_the_dataset(scans, tmp_path):
    scans.run("ingest", "scans", write_csv(tmp_path / "a.csv", rows=300))
    scans.run("quality", "--check")
    scans.run("ingest", "scans", write_csv(tmp_path / "b.csv", rows=3000, kg=1))
    scans.run("quality", "--check")

    columns = {row["column"]: row for row in quality(scans, "silver.scans", "--profile")}

    assert scans.value("SELECT count(DISTINCT file) FROM system.profiles") == 2
    kg = columns["kg"]
    assert (kg["rows"], kg["nulls"], kg["min"], kg["max"]) == (3300, 0, "1", "12")
    assert math.isclose(kg["mean"], (300 * 11 + 3000 * 2) / 3300)
    assert kg["p50"] == 2
    assert abs(columns["scan_id"]["distinct"] - 3300) < 0.05 * 3300
    assert columns["driver"]["rows"] == 3300
    assert (columns["driver"]["distinct"], columns["driver"]["min"]) == (None, "")
    sketches = scans.value("SELECT count(*) FROM system.profiles WHERE sketch::VARCHAR LIKE '%Ada%'")
    assert sketches == 0


def test_the_systems_own_tables_open_in_other_readers(scans, tmp_path):
    deltalake = pytest.importorskip("deltalake")
    scans.run("ingest", "scans", write_csv(tmp_path / "a.csv", rows=200, bad=16), exit_codes=(3,))
    scans.run("quality", "--check")

    for name in ("alerts", "notifications", "quality", "profiles"):
        table = deltalake.DeltaTable(str(scans.project / "lake" / "system" / name))
        assert table.to_pyarrow_table().num_rows == scans.value(f"SELECT count(*) FROM system.{name}")


def test_quality_says_where_its_history_comes_from(scans):
    done = subprocess.run(scans.arguments("quality"), capture_output=True, text=True)

    assert done.returncode == 1
    assert "there is no history of quality yet: `haul ingest` and `haul run` write it" in done.stderr
