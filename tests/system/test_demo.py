"""The whole platform on the real flights: the facts of the data, and the tables in other people's readers."""

import json
import pathlib
import subprocess
import sys

import deltalake
import polars
import pytest

ORACLE = pathlib.Path(__file__).parent / "oracle" / "flights_oracle.py"


def oracle(data: pathlib.Path, *rest: str):
    done = subprocess.run(
        [sys.executable, str(ORACLE), str(data), *rest],
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return json.loads(done.stdout)


def test_lands_every_leg_once(demo):
    assert demo.value("SELECT count(*) FROM bronze.legs") == 336_776
    assert demo.value("SELECT count(*) FROM silver.flights") == 336_776
    assert demo.value("SELECT count(DISTINCT (_partition, _offset)) FROM bronze.legs") == 336_776
    assert demo.value("SELECT count(DISTINCT leg_id) FROM silver.legs") == 336_776


def test_finds_the_known_facts(demo):
    (facts,) = demo.sql(
        "SELECT count(*) FILTER (WHERE cancelled) AS cancelled, count(DISTINCT carrier) AS carriers,"
        " count(DISTINCT destination_id) AS destinations,"
        " count(*) FILTER (WHERE vehicle_id IS NULL) AS no_tail,"
        " count(*) FILTER (WHERE NOT cancelled AND actual_arrival IS NULL) AS no_arrival FROM silver.legs"
    )

    assert facts == {
        "cancelled": 8_255,
        "carriers": 16,
        "destinations": 105,
        "no_tail": 2_512,
        "no_arrival": 1_175,
    }


def test_keeps_the_original_bytes_in_bronze(demo, flights_data):
    lines = (flights_data / "flights.csv").read_bytes().splitlines()
    rows = deltalake.DeltaTable(demo.project / "lake" / "bronze" / "legs").to_pyarrow_table(
        columns=["payload", "_line", "_header"]
    )

    assert set(rows["_header"].to_pylist()) == {lines[0].decode()}
    numbers, payloads = rows["_line"].to_pylist(), rows["payload"].to_pylist()
    assert sorted(numbers) == list(range(2, 336_778))
    assert all(lines[number - 1] == payload for number, payload in zip(numbers, payloads))


@pytest.mark.parametrize("dataset", ["gold.route_daily", "gold.carrier_on_time", "gold.site_hourly"])
def test_agrees_with_an_independent_recomputation(demo, flights_data, dataset):
    expected = oracle(flights_data, "--rows", dataset)
    columns = list(expected[0])
    ours = demo.sql(f"SELECT {', '.join(columns)} FROM {dataset}")

    assert as_multiset(ours) == as_multiset(expected)


def as_multiset(rows: list[dict]) -> list[str]:
    def normal(value):
        if isinstance(value, float):
            return f"{value:.9g}"
        if isinstance(value, str) and value.endswith("Z"):
            return value.removesuffix("Z").replace("T", " ")
        return f"{value:.9g}" if isinstance(value, int) and not isinstance(value, bool) else str(value)

    return sorted(json.dumps({name: normal(value) for name, value in sorted(row.items())}) for row in rows)


def test_tables_open_in_deltalake_and_polars_with_the_same_counts(demo):
    for dataset in demo.versions():
        layer, name = dataset.split(".")
        folder = demo.project / "lake" / layer / name
        ours = demo.value(f'SELECT count(*) FROM {layer}."{name}"')

        assert deltalake.DeltaTable(folder).to_pyarrow_dataset().count_rows() == ours, dataset
        assert polars.scan_delta(str(folder)).select(polars.len()).collect().item() == ours, dataset


def test_sums_agree_in_polars(demo):
    frame = polars.read_delta(str(demo.project / "lake" / "gold" / "route_daily"))

    assert frame["legs"].sum() == 336_776
    assert frame["cancelled"].sum() == 8_255


def test_a_second_demo_adds_no_row_and_no_version(demo, flights_data):
    before = demo.versions()

    again = demo.run("demo", "--once", "--data", str(flights_data), exit_codes=(0, 3))

    assert demo.versions() == before
    assert "loaded before" in again.stdout


def test_prints_what_it_found(demo):
    for part in ["336776", "gold.route_daily", "The ten worst routes", "Seconds and rows per second"]:
        assert part in demo.demo.stdout


def test_statistics_cover_every_file(demo):
    table = deltalake.DeltaTable(demo.project / "lake" / "silver" / "flights")
    files = (
        table.get_add_actions(flatten=True).to_pydict()
        if hasattr(table.get_add_actions(flatten=True), "to_pydict")
        else polars.DataFrame(table.get_add_actions(flatten=True)).to_dict(as_series=False)
    )

    assert sum(files["num_records"]) == 336_776
    assert all(value is not None for value in files["min.time_hour"])
    assert all(value is not None for value in files["null_count.dep_delay"])


def test_reads_an_older_version(demo):
    folder = demo.project / "lake" / "silver" / "flights"

    assert demo.sql("SELECT count(*) AS n FROM silver.flights", "--as-of", "0") == [{"n": 0}]
    assert deltalake.DeltaTable(folder, version=0).to_pyarrow_dataset().count_rows() == 0
