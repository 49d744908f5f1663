"""Spark opens our tables: all of the demo, one with a checkpoint, one with every type; it writes to two."""

import csv
import json
import pathlib
import shutil
import subprocess

import pytest

import every_type
from components import spark
from conftest import Haul

pytestmark = [pytest.mark.full, pytest.mark.timeout(1800)]

JOB = pathlib.Path(spark.__file__).with_name("spark_job.py")
PRIME = 1_000_000_007
WHOLE = "gold.site_hourly"
FIRST = ["bronze.legs", "silver.flights", WHOLE]
MAXIMA = [
    ["silver.flights", "time_hour"],
    ["silver.flights", "_ingest_time"],
    ["silver.flights", "_offset"],
    ["silver.leg_events", "event_id"],
    ["gold.route_daily", "day"],
    ["gold.site_hourly", "hour"],
    ["gold.site_hourly", "wind_speed_mph"],
]
DELETED = "legs % 5 = 0"
CHECKPOINT_AT = 50
TYPES = {
    "smallint": "SMALLINT",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "string": "VARCHAR",
    "binary": "BLOB",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "array<string>": "VARCHAR[]",
}


def folder_of(haul, dataset: str) -> pathlib.Path:
    layer, name = dataset.split(".")
    return haul.project / "lake" / layer / name


def number_of(column: str, kind: str) -> str:
    if kind.startswith("TIMESTAMP"):
        return f'epoch_us("{column}")'
    return f"date_diff('day', DATE '1970-01-01', \"{column}\")" if kind == "DATE" else f'"{column}"'


def measures_of(column: str, kind: str) -> dict[str, str]:
    value = number_of(column, kind)
    sums = {
        "VARCHAR": f"sum(length({value}))",
        "BLOB": f"sum(octet_length({value}))",
        "VARCHAR[]": f"sum(length(array_to_string({value}, ',')))",
        "BOOLEAN": f"count_if({value})",
        "TIMESTAMP WITH TIME ZONE": f"sum({value} % {PRIME})",
    }
    found = {f"{column}.count": f"count({value})", f"{column}.sum": sums.get(kind, f"sum({value})")}
    if kind not in ("BLOB", "VARCHAR[]", "BOOLEAN"):
        found |= {f"{column}.min": f"min({value})", f"{column}.max": f"max({value})"}
    return found


def described_by_haul(haul, dataset: str) -> dict:
    columns = [(row["column_name"], row["column_type"]) for row in haul.sql(f"DESCRIBE {dataset}")]
    wanted = {"rows": "count(*)"}
    for column in columns:
        wanted |= measures_of(*column)
    expressions = ", ".join(f'{sql} AS "{name}"' for name, sql in wanted.items())
    (measures,) = haul.sql(f"SELECT {expressions} FROM {dataset}")
    return {"columns": columns, "measures": measures}


@pytest.fixture(scope="module")
def checkpointed(binary, flights_data, tmp_path_factory) -> Haul:
    """silver.sites after a file for each row: more commits than a checkpoint waits for."""
    base = tmp_path_factory.mktemp("checkpointed")
    haul = Haul(binary, base / "project")
    subprocess.run([str(binary), "init", str(haul.project)], check=True, capture_output=True)
    with open(flights_data / "airports.csv", newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    files = []
    for number, row in enumerate(rows[: CHECKPOINT_AT + 5]):
        files.append(base / f"{number}.csv")
        with open(files[-1], "w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([header, row])
    haul.run("ingest", "sites", *map(str, files))
    return haul


@pytest.fixture(scope="module")
def typed(binary, tmp_path_factory) -> Haul:
    base = tmp_path_factory.mktemp("typed")
    haul = Haul(binary, base / "project")
    every_type.land(haul, base)
    return haul


def without_early_commits(folder: pathlib.Path, copy: pathlib.Path) -> pathlib.Path:
    """A copy of a table that can only be read from its checkpoint."""
    shutil.copytree(folder, copy)
    assert list((copy / "_delta_log").glob(f"{CHECKPOINT_AT:020}.checkpoint*.parquet")), "no checkpoint"
    for version in range(CHECKPOINT_AT):
        (copy / "_delta_log" / f"{version:020}.json").unlink()
    return copy


@pytest.fixture(scope="module")
def written(demo, tmp_path_factory) -> Haul:
    """A copy of the demo's project, for Spark to write to."""
    copy = tmp_path_factory.mktemp("written") / "project"
    shutil.copytree(demo.project, copy)
    return Haul(demo.binary, copy)


@pytest.fixture(scope="module")
def answer(demo, checkpointed, typed, written, tmp_path_factory) -> dict:
    """What one Spark session found, shared: it takes a while to start."""
    scratch = tmp_path_factory.mktemp("spark")
    late = without_early_commits(folder_of(checkpointed, "silver.sites"), scratch / "late")
    tables = {dataset: str(folder_of(demo, dataset)) for dataset in demo.versions()}
    request = {
        "tables": {**tables, "checkpointed": str(late)},
        "whole": {WHOLE: tables[WHOLE], "types": str(folder_of(typed, "silver.types"))},
        "maxima": MAXIMA,
        "first": FIRST,
        "append_to": str(folder_of(written, "gold.carrier_on_time")),
        "delete_from": str(folder_of(written, "gold.route_daily")),
        "condition": DELETED,
    }
    return spark.run(JOB, request, scratch / "job")


def same(ours, theirs) -> bool:
    """Sums of doubles depend on the order of the rows; `haul sql` gives integers beyond 2^53 as text."""
    if isinstance(ours, float) or isinstance(theirs, float):
        return theirs == pytest.approx(ours, rel=1e-9)
    return ours == (str(theirs) if isinstance(ours, str) else theirs)


def test_spark_sees_every_dataset_with_our_columns_counts_and_sums(demo, answer):
    assert answer["version"] == "4.2.0"
    assert {"bronze.legs", "silver.flights", "gold.route_daily", "quarantine.weather"} <= set(demo.versions())
    for dataset in demo.versions():
        ours, theirs = described_by_haul(demo, dataset), answer["tables"][dataset]

        assert [(name, TYPES[kind]) for name, kind in theirs["columns"]] == ours["columns"], dataset
        wrong = {
            name: (value, theirs["measures"][name])
            for name, value in ours["measures"].items()
            if not same(value, theirs["measures"][name])
            and not (value in (0, None) and theirs["measures"][name] in (0, None))
        }
        assert wrong == {}, dataset


def test_spark_reads_every_row_and_column_as_we_do(demo, answer):
    columns = [(row["column_name"], row["column_type"]) for row in demo.sql(f"DESCRIBE {WHOLE}")]
    expressions = ", ".join(f'{number_of(*column)} AS "{column[0]}"' for column in columns)
    ours = [tuple(row.values()) for row in demo.sql(f"SELECT {expressions} FROM {WHOLE}")]
    theirs = [tuple(row) for row in answer["whole"][WHOLE]["rows"]]

    assert [name for name, _ in answer["whole"][WHOLE]["columns"]] == [name for name, _ in columns]
    assert len(ours) > 200_000
    assert sorted(ours, key=repr) == sorted(theirs, key=repr)


def test_no_statistics_of_ours_make_spark_skip_a_file_with_matching_rows(demo, answer):
    for (dataset, column), found in zip(MAXIMA, answer["maxima"], strict=True):
        greatest = f"(SELECT max({column}) FROM {dataset})"

        assert found == demo.value(f"SELECT count(*) FROM {dataset} WHERE {column} = {greatest}"), column


def test_spark_reads_from_our_checkpoint(checkpointed, answer):
    ours = described_by_haul(checkpointed, "silver.sites")

    assert answer["tables"]["checkpointed"]["measures"]["rows"] == CHECKPOINT_AT + 5
    for name, value in ours["measures"].items():
        assert same(value, answer["tables"]["checkpointed"]["measures"][name]), name


def test_spark_reads_every_type_that_a_contract_can_have(answer):
    columns = answer["whole"]["types"]["columns"]
    filled, empty = (
        dict(zip([name for name, _ in columns], row))
        for row in sorted(answer["whole"]["types"]["rows"], key=lambda row: row[0])
    )

    for name, each in every_type.COLUMNS.items():
        assert (dict(columns)[name], filled[name]) == (each.spark_type, each.spark), name
        assert empty[name] is None, name


def test_spark_travels_to_our_first_versions(demo, answer):
    for dataset in FIRST:
        (ours,) = demo.sql(f"SELECT count(*) AS n FROM {dataset}", "--as-of", "0")

        assert answer["first_versions"][dataset] == ours["n"], dataset


def test_we_read_what_spark_appends_and_deletes(demo, written, answer):
    on_time = demo.value("SELECT count(*) FROM gold.carrier_on_time")
    kept = demo.value(f"SELECT count(*) FROM gold.route_daily WHERE NOT ({DELETED})")

    assert answer["appended"] == on_time + 7
    assert written.value("SELECT count(*) FROM gold.carrier_on_time") == on_time + 7
    assert answer["deleted"] == kept
    assert written.value("SELECT count(*) FROM gold.route_daily") == kept
    assert has_deletion_vectors(folder_of(written, "gold.route_daily"))


def has_deletion_vectors(folder: pathlib.Path) -> bool:
    last = sorted((folder / "_delta_log").glob("*.json"))[-1]
    actions = [json.loads(line) for line in last.read_text().splitlines()]
    return any("deletionVector" in action.get("add", {}) for action in actions)
