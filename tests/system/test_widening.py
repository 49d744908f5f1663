"""A contract that widens columns: silver is written again in one version, every row as before."""

import json

import deltalake
import pyarrow as pa
import pytest

from parcels import new_project, replay, send, write_contract

BEYOND_32_BITS = 3_000_000_000
NARROW = (
    "      - {name: at, logicalType: integer, physicalType: SMALLINT}\n"
    "      - {name: ratio, logicalType: number, physicalType: FLOAT}\n"
    "      - {name: fee, logicalType: number, physicalType: 'DECIMAL(6,2)'}\n"
)
WIDE = (
    "      - {name: at, logicalType: integer, physicalType: INTEGER}\n"
    "      - {name: ratio, logicalType: number, physicalType: DOUBLE}\n"
    "      - {name: fee, logicalType: number, physicalType: 'DECIMAL(12,4)'}\n"
)
VERSIONED = "    customProperties: [{property: versionColumn, value: at}]\n"
TYPES = {
    "narrow": {"weight": "integer", "at": "short", "ratio": "float", "fee": "decimal(6,2)"},
    "wide": {"weight": "long", "at": "integer", "ratio": "double", "fee": "decimal(12,4)"},
}


@pytest.fixture
def haul(binary, tmp_path):
    haul = new_project(binary, tmp_path / "project")
    for name in ("parcels", "rates"):
        write_contract(haul, name, custom=VERSIONED, more=NARROW)
    return haul


def widen(haul, name):
    write_contract(haul, name, version="1.1.0", maximum=10**10, custom=VERSIONED, more=WIDE)
    path = haul.project / "contracts" / f"{name}.odcs.yaml"
    text = path.read_text()
    assert text.count("physicalType: INTEGER\n") == 1 and text.count("i32") == 1
    path.write_text(text.replace("physicalType: INTEGER\n", "physicalType: BIGINT\n").replace("i32", "i64"))


def parcel(key: str, at: int, weight: int) -> dict:
    return {"id": key, "weight": weight, "driver": "d", "at": at, "ratio": 0.5, "fee": 12.34}


def table(haul, name, version=None) -> deltalake.DeltaTable:
    return deltalake.DeltaTable(haul.project / "lake" / "silver" / name, version=version)


def types(of: deltalake.DeltaTable) -> dict[str, str]:
    fields = json.loads(of.schema().to_json())["fields"]
    return {field["name"]: field["type"] for field in fields if field["name"] in TYPES["wide"]}


def rows(of: deltalake.DeltaTable) -> list[tuple]:
    """As a stranger reads them, deleted rows left out."""
    query = deltalake.QueryBuilder().register("t", of)
    found = pa.table(
        query.execute("SELECT id, weight, at, ratio, fee FROM t ORDER BY id").read_all()
    ).to_pylist()
    return [(row["id"], row["weight"], row["at"], row["ratio"], float(row["fee"])) for row in found]


def rewrites(of: deltalake.DeltaTable) -> list[dict]:
    return [entry for entry in of.history() if entry["operation"] == "CHANGE COLUMNS"]


def test_silver_is_written_again_once_and_keeps_every_row(haul, tmp_path):
    send(haul, "parcels", tmp_path, [parcel(f"p{i:02}", 1, i) for i in range(20)], "1.ndjson")
    send(haul, "parcels", tmp_path, [parcel("p03", 2, 77)], "2.ndjson")
    before = table(haul, "parcels")
    old_rows, old_version = rows(before), before.version()
    assert types(before) == TYPES["narrow"] and len(old_rows) == 20

    widen(haul, "parcels")
    send(haul, "parcels", tmp_path, [parcel("p20", 40_000, BEYOND_32_BITS)], "3.ndjson")

    after = table(haul, "parcels")
    assert types(after) == TYPES["wide"]
    assert rows(after) == [*old_rows, ("p20", BEYOND_32_BITS, 40_000, 0.5, 12.34)]
    (rewrite,) = rewrites(after)
    assert rewrite["version"] == old_version + 1
    then = table(haul, "parcels", rewrite["version"])
    assert types(then) == TYPES["wide"] and rows(then) == old_rows
    old = table(haul, "parcels", old_version)
    assert types(old) == TYPES["narrow"] and rows(old) == old_rows
    assert all(add["data_change"] is False for add in actions(haul, "parcels", rewrite["version"], "add"))
    assert haul.value("SELECT count(*) FROM silver.parcels") == 21
    (row,) = haul.sql(
        "SELECT count(*) AS n, max(typeof(weight)) AS type FROM silver.parcels", "--as-of", str(old_version)
    )
    assert row == {"n": 20, "type": "INTEGER"}


def actions(haul, name, version, kind) -> list[dict]:
    text = (haul.project / "lake" / "silver" / name / "_delta_log" / f"{version:020}.json").read_text()
    found = [json.loads(line) for line in text.splitlines()]
    return [{"data_change": line[kind]["dataChange"]} for line in found if kind in line]


def test_rows_that_come_again_are_duplicates_and_newer_ones_take_their_place(haul, tmp_path):
    first = [parcel("a", 1, 10), parcel("b", 1, 20)]
    send(haul, "parcels", tmp_path, first, "1.ndjson")

    widen(haul, "parcels")
    send(haul, "parcels", tmp_path, [dict(row, x=1) for row in first], "2.ndjson")
    send(haul, "parcels", tmp_path, [parcel("b", 2, BEYOND_32_BITS)], "3.ndjson")

    assert rows(table(haul, "parcels")) == [("a", 10, 1, 0.5, 12.34), ("b", BEYOND_32_BITS, 2, 0.5, 12.34)]
    assert haul.value("SELECT count(*) FROM quarantine.parcels") == 0
    assert len(rewrites(table(haul, "parcels"))) == 1


def test_a_source_around_the_log_and_a_replay_widen_too(haul, tmp_path):
    head = ["id", "weight", "driver", "at", "ratio", "fee"]
    long = ["b", BEYOND_32_BITS, "d", 1, 0.5, 1]
    send(haul, "rates", tmp_path, [head, ["a", 10, "d", 1, 0.5, 1], long], "1.csv")
    assert rows(table(haul, "rates")) == [("a", 10, 1, 0.5, 1.0)]

    widen(haul, "rates")

    assert replay(haul, "rates") == {("landed", ""): 1}
    assert rows(table(haul, "rates")) == [("a", 10, 1, 0.5, 1.0), ("b", BEYOND_32_BITS, 1, 0.5, 1.0)]
    assert types(table(haul, "rates")) == TYPES["wide"]
    assert len(rewrites(table(haul, "rates"))) == 1


def test_a_narrower_type_is_refused_and_leaves_the_table(haul, tmp_path):
    widen(haul, "rates")
    head = ["id", "weight", "driver", "at", "ratio", "fee"]
    send(haul, "rates", tmp_path, [head, ["a", 10, "d", 1, 0.5, 1]], "1.csv")
    version = table(haul, "rates").version()
    write_contract(haul, "rates", version="2.0.0", custom=VERSIONED, more=NARROW)
    file = tmp_path / "2.csv"
    file.write_text("id,weight\nb,1\n")

    done = haul.run("ingest", "rates", str(file), exit_codes=(1,))

    assert "weight" in done.stderr and "int64" in done.stderr
    assert table(haul, "rates").version() == version
