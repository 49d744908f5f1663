"""Quarantined rows come back: after the contract or the rows are fixed, each once, where they belong."""

import base64
import json
import shutil

import pytest

from parcels import new_project, replay, send, shown, write_contract


@pytest.fixture
def haul(binary, tmp_path):
    return new_project(binary, tmp_path / "project")


def parcel(number: int, **changed) -> dict:
    return {"id": f"p{number}", "weight": number, "driver": "Ada", **changed}


def test_a_row_keeps_its_bytes_and_what_could_be_decoded_of_it(haul, tmp_path):
    send(
        haul, "parcels", tmp_path, [parcel(1), parcel(200), parcel(3, weight="heavy"), parcel(4)], "a.ndjson"
    )

    rows = {row["line"]: row for row in shown(haul, "parcels")}

    assert set(rows) == {2, 3}
    assert json.loads(rows[2]["decoded"]) == {"id": "p200", "weight": 200}  # the driver is personal
    assert json.loads(rows[3]["decoded"]) == {"id": "p3"}
    assert json.loads(base64.b64decode(rows[3]["payload"])) == parcel(3, weight="heavy")
    assert rows[2]["status"] == "pending" and rows[2]["contract_version"] == "1.0.0"


def test_rows_land_once_with_their_place_after_the_contract_was_fixed(haul, tmp_path):
    send(haul, "parcels", tmp_path, [parcel(n) for n in (1, 150, 160, 999)], "a.ndjson")
    before = haul.sql("SELECT _partition, _offset, _ingest_time FROM quarantine.parcels ORDER BY ALL")
    write_contract(haul, "parcels", version="1.1.0", maximum=500)

    first = replay(haul, "parcels", exit_codes=(3,))
    second = replay(haul, "parcels", exit_codes=(3,))

    assert first == {("landed", ""): 2, ("still bad", "parcels.weight.maximum"): 1}
    assert second == {("still bad", "parcels.weight.maximum"): 1}
    landed = haul.sql("SELECT _partition, _offset, _ingest_time FROM silver.parcels WHERE weight > 100")
    assert len(landed) == 2 and all(place in before for place in landed)
    status = {row["line"]: (row["status"], row["contract_version"]) for row in shown(haul, "parcels")}
    assert status == {2: ("replayed", "1.0.0"), 3: ("replayed", "1.0.0"), 4: ("pending", "1.1.0")}


def test_a_replay_that_died_between_its_two_commits_lands_nothing_twice(haul, tmp_path):
    write_contract(haul, "parcels", key=False)
    send(haul, "parcels", tmp_path, [parcel(n) for n in (1, 150, 150, 999)], "a.ndjson")
    replay(haul, "parcels", exit_codes=(3,))
    outcomes = haul.project / "lake" / "system"
    shutil.copytree(outcomes, tmp_path / "before")
    write_contract(haul, "parcels", version="1.1.0", maximum=500, key=False)
    replay(haul, "parcels", exit_codes=(3,))
    shutil.rmtree(outcomes)  # as if the process had died after silver's commit
    shutil.copytree(tmp_path / "before", outcomes)

    again = replay(haul, "parcels", exit_codes=(3,))

    assert again == {("landed", ""): 2, ("still bad", "parcels.weight.maximum"): 1}
    assert haul.value("SELECT count(*) FROM silver.parcels") == 3
    assert replay(haul, "parcels", exit_codes=(3,)) == {("still bad", "parcels.weight.maximum"): 1}


def test_a_replayed_row_whose_key_silver_has_is_a_duplicate(haul, tmp_path):
    send(haul, "parcels", tmp_path, [parcel(150)], "a.ndjson")
    write_contract(haul, "parcels", version="1.1.0", maximum=500)
    send(haul, "parcels", tmp_path, [parcel(150), parcel(2)], "b.ndjson")

    assert replay(haul, "parcels") == {("duplicate", ""): 1}
    assert haul.value("SELECT count(*) FROM silver.parcels") == 2


def test_a_key_that_a_replay_landed_is_known_to_the_flow(haul, tmp_path):
    send(haul, "parcels", tmp_path, [parcel(150)], "a.ndjson")
    write_contract(haul, "parcels", version="1.1.0", maximum=500)
    replay(haul, "parcels")

    send(haul, "parcels", tmp_path, [parcel(150), parcel(2)], "b.ndjson")

    assert haul.value("SELECT count(*) FROM silver.parcels") == 2


def test_corrected_rows_take_the_place_of_the_broken_ones(haul, tmp_path):
    send(haul, "parcels", tmp_path, [parcel(150), parcel(2, weight="x"), parcel(3, weight=-1)], "a.ndjson")
    places = {row["line"]: row for row in shown(haul, "parcels")}
    fixed = tmp_path / "fixed.ndjson"
    fixed.write_text(
        json.dumps({**parcel(150), "weight": 15, "_line": 1})
        + "\n"
        + json.dumps({**parcel(2), "_partition": places[2]["partition"], "_offset": places[2]["offset"]})
        + "\n"
    )

    assert replay(haul, "parcels", "--with", str(fixed)) == {("landed", ""): 2}

    rows = haul.sql("SELECT id, weight, _partition, _offset FROM silver.parcels ORDER BY weight")
    assert [(row["id"], row["weight"]) for row in rows] == [("p2", 2), ("p150", 15)]
    assert (rows[0]["_partition"], rows[0]["_offset"]) == (places[2]["partition"], places[2]["offset"])
    kept = haul.sql("SELECT decode(payload) AS bytes FROM system.replays WHERE outcome = 'landed'")
    assert any('"weight": 15' in row["bytes"] for row in kept)
    assert [row["line"] for row in shown(haul, "parcels", "--status", "pending")] == [3]


def test_a_correction_without_a_waiting_row_is_refused_and_changes_nothing(haul, tmp_path):
    send(haul, "parcels", tmp_path, [parcel(150), parcel(2)], "a.ndjson")
    before = haul.versions()
    fixed = tmp_path / "fixed.ndjson"
    for rows, complaint in [
        ([{**parcel(150), "weight": 15, "_line": 1}, {**parcel(2), "_line": 2}], "line 2: no row"),
        ([{**parcel(150), "_line": 1}, {**parcel(150), "_line": 1}], "line 2: another row"),
        ([parcel(150)], "line 1: needs the place"),
    ]:
        fixed.write_text("".join(json.dumps(row) + "\n" for row in rows))

        refused = haul.run("quarantine replay", "parcels", "--with", str(fixed), exit_codes=(1,))

        assert complaint in refused.stderr
        assert {**haul.versions(), "system.replays": 0} == {**before, "system.replays": 0}


def test_rows_of_two_files_of_a_table_source_are_told_apart(haul, tmp_path):
    head = ["id", "weight", "driver"]
    send(haul, "rates", tmp_path, [head, ["r1", 150, "Ada"]], "monday.csv")
    send(haul, "rates", tmp_path, [head, ["r2", 150, "Bob"]], "tuesday.csv")
    write_contract(haul, "rates", version="1.1.0", maximum=500)

    assert replay(haul, "rates", "--file", str(tmp_path / "monday.csv")) == {("landed", ""): 1}
    assert [row["file"] for row in shown(haul, "rates", "--status", "pending")] == [
        str(tmp_path / "tuesday.csv")
    ]
    assert replay(haul, "rates") == {("landed", ""): 1}
    assert sorted(row["id"] for row in haul.sql("SELECT id FROM silver.rates")) == ["r1", "r2"]


def test_a_drop_needs_a_filter_and_keeps_the_bytes(haul, tmp_path):
    send(haul, "parcels", tmp_path, [parcel(150), parcel(2, weight="x")], "a.ndjson")
    refused = haul.run("quarantine drop", "parcels", exit_codes=(1,))
    assert "--all" in refused.stderr

    haul.run("quarantine drop", "parcels", "--rule", "type.weight")

    status = {row["line"]: row["status"] for row in shown(haul, "parcels")}
    assert status == {1: "pending", 2: "dropped"}
    assert haul.value("SELECT count(*) FROM quarantine.parcels") == 2
    (kept,) = haul.sql("SELECT outcome, judged_by FROM system.replays")
    assert kept["outcome"] == "dropped" and kept["judged_by"]
    write_contract(haul, "parcels", version="1.1.0", maximum=500)
    assert replay(haul, "parcels") == {("landed", ""): 1}
    (listed,) = json.loads(haul.run("quarantine list", "--rule", "type.weight", "--format", "json").stdout)
    assert (listed["rows"], listed["pending"]) == (1, 0)


def test_a_row_that_was_cut_never_lands_as_it_is(haul, tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("id,weight,driver\nr1,1," + "x" * 2_000_000 + "\n")
    haul.run("ingest", "rates", str(path), exit_codes=(3,))

    assert replay(haul, "rates", exit_codes=(3,)) == {("still bad", "decode.row_too_long"): 1}
