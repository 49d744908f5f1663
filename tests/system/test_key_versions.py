"""Rows of one key: the same, a newer, an older, another. Across commits, restarts and both deliveries."""

import json

import deltalake
import pytest

from parcels import new_project, replay, send, shown, write_contract
from serving import NDJSON, servers

VERSIONED = "    customProperties: [{property: versionColumn, value: at}]\n"
MORE = (
    "      - {name: at, logicalType: timestamp}\n"
    "      - name: state\n"
    "        logicalType: string\n"
    "        customProperties: [{property: default, value: open}]\n"
)


@pytest.fixture
def haul(binary, tmp_path):
    haul = new_project(binary, tmp_path / "project")
    for name in ("parcels", "rates"):
        write_contract(haul, name, custom=VERSIONED, more=MORE)
    return haul


def parcel(key: str, hour: int, state: str) -> dict:
    return {"id": key, "weight": 1, "at": f"2026-01-01T{hour:02}:00:00Z", "state": state}


def states(haul, name="parcels") -> dict[str, str]:
    rows = haul.sql(f"SELECT id, state FROM silver.{name}")
    assert len({row["id"] for row in rows}) == len(rows), "a key stands twice"
    return {row["id"]: row["state"] for row in rows}


def test_the_newer_row_takes_the_place_of_the_older_one_across_restarts(haul, tmp_path):
    send(haul, "parcels", tmp_path, [parcel("a", 1, "new"), parcel("b", 1, "new")], "1.ndjson")
    send(haul, "parcels", tmp_path, [parcel("a", 3, "late"), parcel("c", 1, "new")], "2.ndjson")
    send(haul, "parcels", tmp_path, [parcel("a", 2, "early"), parcel("b", 9, "done")], "3.ndjson")

    assert states(haul) == {"a": "late", "b": "done", "c": "new"}
    assert haul.value("SELECT count(*) FROM bronze.parcels") == 6
    table = deltalake.DeltaTable(haul.project / "lake" / "silver" / "parcels")
    assert "deletionVectors" in json.dumps(table.protocol().reader_features or [])


def test_a_producer_that_sends_everything_again_changes_nothing(haul, tmp_path):
    rows = [parcel(f"p{i}", i % 20, "new") for i in range(50)]
    send(haul, "parcels", tmp_path, rows, "1.ndjson")
    before = states(haul)

    again = [json.loads(json.dumps(row)) | {"x": 1} for row in rows]
    send(haul, "parcels", tmp_path, again, "2.ndjson")

    assert states(haul) == before
    assert haul.value("SELECT count(*) FROM quarantine.parcels") == 0


def test_other_content_of_the_same_version_is_quarantined_with_the_first_rows_offset(haul, tmp_path):
    send(haul, "parcels", tmp_path, [parcel("a", 1, "new")], "1.ndjson")
    (first,) = haul.sql("SELECT _partition, _offset FROM silver.parcels")

    send(haul, "parcels", tmp_path, [parcel("a", 1, "other")], "2.ndjson")

    (row,) = shown(haul, "parcels")
    assert row["rules"] == "parcels.conflict"
    assert f"partition {first['_partition']}, offset {first['_offset']}" in row["reason"]
    assert states(haul) == {"a": "new"}


def test_a_conflict_is_solved_once_the_contract_names_a_version_column(haul, tmp_path):
    write_contract(haul, "parcels", more=MORE)
    send(haul, "parcels", tmp_path, [parcel("a", 1, "new")], "1.ndjson")
    send(haul, "parcels", tmp_path, [parcel("a", 5, "late")], "2.ndjson")
    send(haul, "parcels", tmp_path, [parcel("a", 0, "before")], "3.ndjson")
    assert states(haul) == {"a": "new"}

    write_contract(haul, "parcels", version="1.1.0", custom=VERSIONED, more=MORE)

    assert replay(haul, "parcels") == {("landed", ""): 1, ("superseded", ""): 1}
    assert states(haul) == {"a": "late"}
    send(haul, "parcels", tmp_path, [parcel("a", 6, "later")], "4.ndjson")
    assert states(haul) == {"a": "later"}


def test_a_batch_source_keeps_the_newest_row_of_a_key_too(haul, tmp_path):
    head = ["id", "weight", "driver", "at", "state"]
    send(
        haul,
        "rates",
        tmp_path,
        [head, ["r", 1, "", "2026-01-01", "old"], ["s", 1, "", "2026-01-01", "x"]],
        "1.csv",
    )
    send(
        haul,
        "rates",
        tmp_path,
        [head, ["r", 2, "", "2026-01-02", "new"], ["s", 1, "", "2025-01-01", "y"]],
        "2.csv",
    )

    assert states(haul, "rates") == {"r": "new", "s": "x"}


def test_producers_on_an_older_and_a_newer_version_of_the_contract_keep_working(haul, tmp_path):
    older = {"id": "a", "weight": 1, "at": "2026-01-01T00:00:00Z"}
    newer = parcel("b", 1, "new") | {"colour": "red", "size": {"h": 1}}
    path = tmp_path / "both.ndjson"
    path.write_text(
        json.dumps(older) + "\n" + json.dumps(newer) + "\n" + json.dumps(newer | {"id": "c"}) + "\n"
    )

    done = haul.run("ingest", "parcels", str(path))

    assert states(haul) == {"a": "open", "b": "new", "c": "new"}
    extra = {row["id"]: row["_extra"] for row in haul.sql("SELECT id, _extra FROM silver.parcels")}
    assert extra["a"] is None
    assert json.loads(extra["b"]) == {"colour": "red", "size": {"h": 1}}
    assert done.stderr.count("the column colour") == 1 and done.stderr.count("the column size") == 1


def test_a_value_that_is_too_wide_is_quarantined_and_never_cut(haul, tmp_path):
    send(
        haul,
        "parcels",
        tmp_path,
        [parcel("a", 1, "new") | {"weight": 2**31}, parcel("b", 1, "new")],
        "1.ndjson",
    )

    (row,) = shown(haul, "parcels")
    assert row["rules"] == "type.weight"
    assert states(haul) == {"b": "new"}


def told(server, rows: list[dict]) -> str:
    """Sends rows over HTTP; their receipt."""
    body = "".join(f"{json.dumps(row)}\n" for row in rows)
    return server.accept("parcels", body.encode(), NDJSON)["receipt"]


def outcome(server, receipt: str) -> tuple[int, int, int]:
    landed = server.receipt(receipt)
    return landed["valid"], landed["duplicates"], landed["quarantined"]


def test_a_receipt_counts_rows_as_they_landed_though_newer_ones_replaced_them(haul):
    with servers() as start:
        server = start(haul)
        first = told(server, [parcel("a", 1, "new"), parcel("b", 1, "new"), {"id": "c", "weight": -1}])
        assert outcome(server, first) == (2, 0, 1)
        second = told(server, [parcel("a", 2, "done"), parcel("b", 2, "done"), parcel("b", 2, "done")])
        assert outcome(server, second) == (2, 1, 0)
        third = told(server, [parcel("a", 2, "done"), parcel("d", 1, "new")])
        server.receipt(third)
        assert server.stop() == 0

        again = start(haul)

        assert outcome(again, first) == (2, 0, 1)
        assert outcome(again, second) == (2, 1, 0)
        assert outcome(again, third) == (1, 1, 0)
        assert states(haul) == {"a": "done", "b": "done", "d": "new"}


def test_a_receipt_of_several_commits_counts_what_each_of_them_brought(haul):
    with servers() as start:
        server = start(haul)
        first = told(server, [parcel(f"p{i}", 1, "new") for i in range(5_000)])
        assert outcome(server, first) == (5_000, 0, 0)
        second = told(server, [parcel(f"p{i}", 2, "done") for i in range(5_000)])
        server.receipt(second)
        assert server.stop() == 0
        table = deltalake.DeltaTable(haul.project / "lake" / "silver" / "parcels")
        assert table.version() > 2, "each partition lands for itself"

        again = start(haul)

        assert outcome(again, first) == outcome(again, second) == (5_000, 0, 0)
