"""The command line as its users see it: exit codes, messages with the next step, formats."""

import json
import subprocess

import pyarrow.parquet
import pytest

FORBIDDEN = [
    "CREATE TABLE t (a INT)",
    "INSERT INTO silver.flights SELECT 1",
    "COPY (SELECT 1) TO 'x.csv'",
    "ATTACH 'x.db'",
    "PRAGMA version",
    "SET threads = 1",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT 1; SELECT 2",
    "DELETE FROM silver.flights",
    "EXPORT DATABASE 'x'",
]


def test_help_names_every_command(binary):
    text = subprocess.run([binary, "--help"], check=True, capture_output=True, text=True).stdout

    for command in ["demo", "init", "check", "ingest", "run", "sql", "status", "quarantine", "lineage"]:
        assert command in text


def test_wrong_use_ends_with_2(binary):
    for arguments in [[], ["nonsense"], ["sql"], ["sql", "SELECT 1", "--format", "xml"], ["ingest"]]:
        assert subprocess.run([binary, *arguments], capture_output=True).returncode == 2, arguments


def test_a_source_of_files_needs_files(project):
    done = project.run("ingest", "legs", exit_codes=(2,))

    assert "legs is no drop: name the files to send" in done.stderr


def test_a_folder_that_is_no_project_says_what_to_do(binary, tmp_path):
    done = subprocess.run([binary, "status", "-C", str(tmp_path)], capture_output=True, text=True)

    assert done.returncode == 1
    assert "haul.yaml" in done.stderr and "haul init" in done.stderr


def test_sql_runs_without_a_project(binary, tmp_path):
    done = subprocess.run(
        [binary, "sql", "-C", str(tmp_path), "SELECT 1 AS one"], capture_output=True, text=True
    )

    assert done.returncode == 0
    assert "one" in done.stdout and "(1 row)" in done.stdout


def test_sql_formats_agree(demo, tmp_path):
    query = "SELECT carrier, count(*) AS legs FROM silver.flights GROUP BY ALL ORDER BY carrier"
    rows = demo.sql(query)
    lines = demo.run("sql", query, "--format", "csv").stdout.splitlines()
    file = tmp_path / "out.parquet"
    demo.run("sql", query, "--format", "parquet", "-o", str(file))

    assert len(rows) == 16
    assert lines[0] == "carrier,legs" and lines[1] == f"{rows[0]['carrier']},{rows[0]['legs']}"
    assert pyarrow.parquet.read_table(file).to_pylist() == rows


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_sql_refuses_what_is_not_a_query_of_the_datasets(demo, statement):
    done = demo.run("sql", statement, exit_codes=(1,))

    assert done.stdout == ""
    assert done.stderr.startswith("haul: ")


def test_sql_limits_rows_and_says_so(demo):
    done = demo.run("sql", "SELECT * FROM silver.flights", "--limit", "3")

    assert "(3 rows; there are more" in done.stdout


def test_sql_ends_at_its_time_limit(demo):
    done = demo.run(
        "sql",
        "SELECT count(*) FROM range(100000000) a, range(100000) b",
        "--timeout",
        "300ms",
        exit_codes=(1,),
        timeout=30,
    )

    assert "300" in done.stderr or "time" in done.stderr


def test_an_unknown_dataset_comes_with_the_nearest_one(demo):
    done = demo.run("sql", "SELECT * FROM silver.flight", exit_codes=(1,))

    assert "silver.flights" in done.stderr


def test_check_finds_the_example_sound_and_its_tests_pass(project):
    done = project.run("check", "--tests")

    assert "sound" in done.stderr
    assert "0 failed" in done.stderr


def test_check_names_the_place_of_each_mistake(project):
    flow = project.project / "flows" / "legs.yaml"
    flow.write_text(flow.read_text().replace("source: legs", "source: leg"))
    source = project.project / "sources" / "legs.yaml"
    source.write_text(source.read_text().replace("deliver: topic", "delivr: topic"))

    done = project.run("check", "--format", "json", exit_codes=(1,))

    places = [row["place"] for row in json.loads(done.stdout) if row["severity"] == "error"]
    assert any("flows/legs.yaml" in place for place in places)
    assert any("sources/legs.yaml" in place for place in places)


def test_init_refuses_a_folder_with_a_project(project):
    done = subprocess.run([project.binary, "init", str(project.project)], capture_output=True, text=True)

    assert done.returncode == 1
    assert "already" in done.stderr


def test_lineage_follows_a_column_to_its_source(demo):
    rows = json.loads(demo.run("lineage", "gold.route_daily.departed", "--format", "json").stdout)
    down = json.loads(demo.run("lineage", "silver.flights.dep_delay", "--down", "--format", "json").stdout)

    sources = {(row["from_dataset"], row["from_column"]) for row in rows if row["decides"] == "value"}
    assert ("silver.flights", "dep_delay") in sources
    assert "gold.route_daily" in {row["dataset"] for row in down}


def test_status_shows_each_dataset(demo):
    versions = demo.versions()

    assert {"bronze.legs", "silver.flights", "silver.legs", "gold.route_daily"} <= set(versions)
