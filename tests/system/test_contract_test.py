"""haul contract test: a vendor's file with known faults, against the contract of bench/vendor."""

import json
import pathlib
import subprocess
import sys
import xml.etree.ElementTree

import duckdb
import pyarrow.parquet
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
VENDOR = ROOT / "bench" / "vendor"
CONTRACT = VENDOR / "scans.odcs.yaml"
SMALL_ROWS = 60_000
SMALL_VEHICLES = 5_000

sys.path.insert(0, str(VENDOR))

import generate  # noqa: E402

# What each rule counts, by its definition in the contract and nothing of ours: DuckDB over the file as text.
ORACLE = {
    "type.pieces": "TRY_CAST(pieces AS SMALLINT) IS NULL",
    "vendor_scans.shipment_id.required": "shipment_id IS NULL",
    "vendor_scans.shipment_id.pattern": "NOT regexp_full_match(shipment_id, 'SH[0-9]{8}')",
    "scan_code_known": "scan_code NOT IN ('PU', 'ARR', 'DEP', 'OFD', 'DLV', 'EXC')",
    "vendor_scans.lat.minimum": "lat::DOUBLE < -90",
    "vendor_scans.lat.maximum": "lat::DOUBLE > 90",
    "vendor_scans.lon.minimum": "lon::DOUBLE < -180",
    "vendor_scans.lon.maximum": "lon::DOUBLE > 180",
    "vendor_scans.weight_kg.exclusiveMinimum": "weight_kg::DOUBLE <= 0",
    "vendor_scans.pieces.minimum": "TRY_CAST(pieces AS SMALLINT) < 1",
    "scanned_after_planned": "scanned_at::TIMESTAMP < planned_at::TIMESTAMP",
    "vendor_scans.vehicle_id.references.vehicles.vehicle_id": "vehicle_id NOT IN (FROM vehicles)",
    "vendor_scans.primary_key": "occurrence > 1",
}


def oracle(folder: pathlib.Path) -> dict:
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW vehicles AS SELECT vehicle_id FROM read_csv('{folder}/vehicles.csv')")
    connection.execute(
        f"""CREATE TABLE scans AS SELECT *, row_number() OVER () AS line
            FROM read_csv('{folder}/scans.csv', all_varchar = true)"""
    )
    unreadable = ORACLE["type.pieces"]
    flags = ", ".join(
        f'coalesce({f"NOT ({unreadable}) AND " if rule != "type.pieces" else ""}{broken}, false) AS "{rule}"'
        for rule, broken in ORACLE.items()
    )
    connection.execute(
        f"""CREATE TABLE flags AS SELECT {flags} FROM (SELECT *, row_number() OVER (
            PARTITION BY scan_id, {unreadable} ORDER BY line) AS occurrence FROM scans)"""
    )
    sums = ", ".join(f'sum("{rule}"::INT)' for rule in ORACLE)
    any_rule = " OR ".join(f'"{rule}"' for rule in ORACLE)
    *counts, rows, quarantined = connection.execute(
        f"SELECT {sums}, count(*), count(*) FILTER (WHERE {any_rule}) FROM flags"
    ).fetchone()
    return {"rows": rows, "quarantined": quarantined, "rules": dict(zip(ORACLE, counts, strict=True))}


class Vendor:
    """A generated file, what its generator says is wrong with it, and what the oracle says."""

    def __init__(self, folder: pathlib.Path, rows: int, vehicles: int):
        self.folder = folder
        self.data = folder / "scans.csv"
        self.reference = f"vehicles={folder}/vehicles.csv"
        self.planned = generate.generate(folder, rows, vehicles)
        self.counts = oracle(folder)


@pytest.fixture(scope="module")
def vendor(tmp_path_factory) -> Vendor:
    return Vendor(tmp_path_factory.mktemp("vendor"), SMALL_ROWS, SMALL_VEHICLES)


def contract_test(binary, *arguments, exit_code: int, **options) -> subprocess.CompletedProcess:
    done = subprocess.run(
        [str(binary), "contract", "test", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=600,
        **options,
    )
    assert done.returncode == exit_code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def report_of(binary, vendor: Vendor, folder: pathlib.Path, *arguments) -> dict:
    path = folder / "report.json"
    contract_test(
        binary,
        CONTRACT,
        "--data",
        vendor.data,
        "--reference",
        vendor.reference,
        "--json",
        path,
        *arguments,
        exit_code=1,
    )
    return json.loads(path.read_text())


def failed_by_rule(report: dict) -> dict:
    return {rule["id"]: rule["failed"] for rule in report["rules"] if rule["kind"] != "number"}


def check_counts(report: dict, vendor: Vendor) -> None:
    found = failed_by_rule(report)
    assert {rule: found[rule] for rule in ORACLE} == vendor.counts["rules"]
    assert [rule for rule in found if rule not in ORACLE and found[rule] > 0] == []
    assert report["rows"] == vendor.counts["rows"]
    assert report["quarantined"] == vendor.counts["quarantined"]
    assert report["valid"] == report["rows"] - report["quarantined"]
    unreadable = vendor.counts["rules"]["type.pieces"]
    for rule in report["rules"]:
        if rule["kind"] in ("row", "unique", "referential"):
            assert rule["checked"] == report["rows"] - unreadable, rule["id"]


def test_generator_and_oracle_agree(vendor):
    planned = vendor.planned["rules"]
    assert {rule: vendor.counts["rules"][rule] for rule in planned} == planned
    assert vendor.planned["quarantined"] == vendor.counts["quarantined"]
    assert all(count > 0 for count in planned.values()), "every kind of fault is in the file"


@pytest.mark.parametrize("memory", ["512MB", "1KB"])
@pytest.mark.parametrize("threads", [1, 3])
def test_every_rule_finds_exactly_its_rows(binary, vendor, tmp_path, memory, threads):
    good, bad = tmp_path / "good.parquet", tmp_path / "bad.parquet"

    report = report_of(
        binary,
        vendor,
        tmp_path,
        "--good",
        good,
        "--quarantine",
        bad,
        "--memory",
        memory,
        "--threads",
        threads,
    )

    check_counts(report, vendor)
    assert (report["spilled_bytes"] > 0) == (memory == "1KB")
    check_outputs(report, vendor, good, bad)


def check_outputs(report: dict, vendor: Vendor, good: pathlib.Path, bad: pathlib.Path) -> None:
    """Good and quarantined rows together are the file, line by line."""
    quarantine = pyarrow.parquet.read_table(bad).to_pylist()
    assert len(quarantine) == report["quarantined"]
    lines = vendor.data.read_text().splitlines()
    numbers = [row["_line"] for row in quarantine]
    assert numbers == sorted(set(numbers))
    assert [row["payload"].decode() for row in quarantine] == [lines[number - 1] for number in numbers]
    by_rule = {}
    for row in quarantine:
        for rule in row["rules"]:
            by_rule[rule] = by_rule.get(rule, 0) + 1
    assert by_rule == {rule: count for rule, count in vendor.counts["rules"].items() if count > 0}
    taken = set(numbers)
    kept = [line.split(",")[0] for number, line in enumerate(lines, 1) if number > 1 and number not in taken]
    assert [str(key) for key in pyarrow.parquet.read_table(good)["scan_id"].to_pylist()] == kept


def test_examples_name_the_first_lines_that_break_a_rule(binary, vendor, tmp_path):
    reports = []
    for memory in ("512MB", "1KB"):
        reports.append(report_of(binary, vendor, tmp_path, "--memory", memory))

    lines = vendor.data.read_text().splitlines()
    examples = {rule["id"]: rule["examples"] for rule in reports[0]["rules"]}
    assert examples == {rule["id"]: rule["examples"] for rule in reports[1]["rules"]}
    expected = [number for number, line in enumerate(lines, 1) if ",ZZZ," in line and ",n/a," not in line]
    assert [row["line"] for row in examples["scan_code_known"]] == expected[:5]
    assert "`scan_code` is `ZZZ`" in examples["scan_code_known"][0]["reason"]
    repeated = examples["vendor_scans.primary_key"][0]
    assert lines[repeated["line"] - 1].split(",")[0] in repeated["reason"]


def test_reports_are_read_by_other_programs(binary, vendor, tmp_path):
    junit, page = tmp_path / "junit.xml", tmp_path / "report.html"

    report = report_of(binary, vendor, tmp_path, "--junit", junit, "--html", page)

    suite = xml.etree.ElementTree.parse(junit).getroot().find("testsuite")
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    assert cases.keys() == {rule["id"] for rule in report["rules"]}
    broken = {rule["id"] for rule in report["rules"] if rule["status"] == "broken"}
    assert {name for name, case in cases.items() if case.find("failure") is not None} == broken
    assert int(suite.get("failures")) == len(broken)
    html = page.read_text()
    assert "breaks the contract" in html and "<script" not in html and "http" not in html
    assert all(rule["id"] in html for rule in report["rules"])


def test_a_sound_file_ends_with_0_and_a_missing_reference_is_no_success(binary, vendor, tmp_path):
    sound = tmp_path / "sound.csv"
    bad = tmp_path / "bad.parquet"
    report_of(binary, vendor, tmp_path, "--quarantine", bad)
    taken = set(pyarrow.parquet.read_table(bad)["_line"].to_pylist())
    lines = vendor.data.read_text().splitlines()
    sound.write_text("\n".join(line for number, line in enumerate(lines, 1) if number not in taken) + "\n")

    done = contract_test(binary, CONTRACT, "--data", sound, "--reference", vendor.reference, exit_code=0)
    without = contract_test(binary, CONTRACT, "--data", sound, "--format", "json", exit_code=1)

    assert "keeps the contract vendor_scans 1.0.0" in done.stderr
    (not_run,) = (rule for rule in json.loads(without.stdout) if rule["result"] == "not run")
    assert not_run["kind"] == "referential" and "--reference vehicles=FILE" in not_run["found"]


WARNINGS = """apiVersion: v3.1.0
kind: DataContract
id: urn:test:loads
name: loads
version: 1.0.0
status: active
schema:
  - name: loads
    properties:
      - {name: load_id, logicalType: string, primaryKey: true}
      - {name: tons, logicalType: number, quality: [
         {id: tons_light, type: sql, query: 'SELECT COUNT(*) FROM {object} WHERE {property} > 40', mustBe: 0,
          severity: warning},
         {id: tons_mean, type: sql, query: 'SELECT avg({property}) FROM {object}', mustBeLessOrEqualTo: 30},
         {id: tons_given, metric: nullValues, unit: percent, mustBeLessThan: 40, severity: warning}]}
    quality:
      - {id: loads_some, metric: rowCount, mustBeBetween: [2, 10]}
"""


def test_rules_about_the_set_look_at_the_good_rows(binary, tmp_path):
    (tmp_path / "loads.odcs.yaml").write_text(WARNINGS)
    data = tmp_path / "loads.ndjson"
    rows = [
        {"load_id": "a", "tons": 10},
        {"load_id": "b", "tons": 50},
        {"load_id": "c"},
        {"load_id": "a", "tons": 99},
    ]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows[:3]))

    warned = contract_test(
        binary, tmp_path / "loads.odcs.yaml", "--data", data, "--format", "json", exit_code=3
    )
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    broken = contract_test(
        binary, tmp_path / "loads.odcs.yaml", "--data", data, "--format", "json", exit_code=1
    )

    found = {rule["rule"]: rule for rule in json.loads(warned.stdout)}
    assert found["tons_light"]["failed"] == 1 and found["tons_light"]["result"] == "broken"
    assert found["tons_light"]["found"].startswith("line 2: ")
    assert found["tons_mean"]["found"] == "30, must be <= 30" and found["tons_mean"]["result"] == "held"
    assert found["tons_given"]["result"] == "held"
    found = {rule["rule"]: rule for rule in json.loads(broken.stdout)}
    assert found["loads.primary_key"]["failed"] == 1
    assert found["loads_some"]["found"] == "3, must be between 2 and 10"
    assert found["tons_mean"]["found"] == "30, must be <= 30", "the duplicate is no good row"


def test_a_file_without_the_contracts_columns_is_reported_not_crashed_on(binary, tmp_path):
    data, junit = tmp_path / "other.csv", tmp_path / "junit.xml"
    data.write_text("scan,shipment\n1,2\n")

    done = contract_test(binary, CONTRACT, "--data", data, "--junit", junit, exit_code=1)

    assert "lacks required columns" in done.stdout
    suite = xml.etree.ElementTree.parse(junit).getroot().find("testsuite")
    assert suite.get("failures") == "1" and int(suite.get("skipped")) > 10


def test_a_contract_of_the_project_is_named_and_read_as_its_source_says(project, flights_data):
    done = project.run(
        "contract test",
        "legs",
        "--data",
        str(flights_data / "flights.csv"),
        "--format",
        "json",
        exit_codes=(0, 1, 3),
    )

    rules = {rule["rule"]: rule for rule in json.loads(done.stdout)}
    assert rules["legs.primary_key"]["checked"] == 336_776
    assert sum(rule["kind"] == "referential" for rule in rules.values()) > 0


def test_an_interchange_is_checked_as_its_source_reads_it(binary, tmp_path):
    project = tmp_path / "partners"
    subprocess.run([str(binary), "init", project, "--example", "partners"], check=True, capture_output=True)
    whole = project / "data" / "carrier_status.edi"
    miscounted = tmp_path / "miscounted.edi"
    miscounted.write_text(whole.read_text().replace("SE*6*0002~", "SE*7*0002~"))

    def tested(data: pathlib.Path, exit_code: int) -> dict:
        arguments = ("carrier_status", "-C", project, "--data", data, "--format", "json")
        done = contract_test(binary, *arguments, exit_code=exit_code)
        return {rule["rule"]: rule for rule in json.loads(done.stdout)}

    sound, broken = tested(whole, 0), tested(miscounted, 1)

    assert sound["decode.x12"]["checked"] == 3 and sound["carrier_status.primary_key"]["checked"] == 3
    refused = [rule for name, rule in broken.items() if name not in sound]
    assert [rule["kind"] for rule in refused] == ["format"]
    assert refused[0]["failed"] == 1 and "SE" in refused[0]["found"]
    assert broken["carrier_status.primary_key"]["checked"] == 2


def test_what_a_consumer_relies_on_and_the_contract_does_not_promise_is_said(project, tmp_path):
    data = tmp_path / "sites.csv"
    data.write_text("faa,name,lat,lon,alt,tz,dst,tzone\nEWR,Newark,40.7,-74.2,18,-5,A,America/New_York\n")
    arguments = ("contract test", "sites", "--data", str(data))
    quiet = project.run(*arguments, exit_codes=(0,))
    board = project.project / "contracts" / "consumers" / "map.yaml"
    board.write_text(
        "consumer: map\nowner: planning\ncontract: sites\ncolumns:\n  - {name: height, type: number}\n"
    )

    done = project.run(*arguments, exit_codes=(3,))

    assert "not promised" not in quiet.stderr
    assert "map.yaml:5:5: consumer map (owner planning)" in done.stderr and "height" in done.stderr
    assert "keeps the contract sites" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nothing", "--data", "x.csv"], "haul.yaml"),
        ([str(CONTRACT), "--data", "x.csv"], "x.csv"),
        ([str(CONTRACT), "--data", "x.dat"], "does not tell the format"),
        ([str(CONTRACT), "--data", "x.csv", "--good", "./x.csv"], "named twice"),
        ([str(CONTRACT), "--data", "x.csv", "--memory", "much"], "much"),
    ],
)
def test_wrong_use_says_what_to_do(binary, tmp_path, arguments, says):
    done = contract_test(binary, *arguments, exit_code=1, cwd=tmp_path)

    assert says in done.stderr


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_ten_million_rows_give_their_exact_counts_with_and_without_spilling(binary, tmp_path):
    vendor = Vendor(tmp_path / "vendor", 10_000_000, 1_000_000)
    for memory in ("512MB", "16MB"):
        good, bad = tmp_path / "good.parquet", tmp_path / "bad.parquet"

        report = report_of(binary, vendor, tmp_path, "--memory", memory, "--good", good, "--quarantine", bad)

        check_counts(report, vendor)
        assert (report["spilled_bytes"] > 0) == (memory == "16MB")
        assert pyarrow.parquet.read_metadata(good).num_rows == report["valid"]
        assert pyarrow.parquet.read_metadata(bad).num_rows == report["quarantined"]
