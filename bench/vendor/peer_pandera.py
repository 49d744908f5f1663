"""Pandera doing with pandas what haul does with the vendor file: every rule, lazily, so that all are counted.

    python peer_pandera.py FOLDER

Prints {"seconds", "cpu", "rules"}; imports are not counted, reading the CSV is, as it is for haul. Nothing is
written.
"""

import json
import pathlib
import sys
import time

import pandas as pd
import pandera.pandas as pa

SCHEMA_OF = "vendor_scans."
CODES = ["PU", "ARR", "DEP", "OFD", "DLV", "EXC"]


def read(folder: pathlib.Path) -> tuple[pd.DataFrame, pd.Series]:
    """A value of `pieces` that is no number becomes null: pandas has no other way to go on."""
    frame = pd.read_csv(
        folder / "scans.csv",
        dtype={"pieces": "string"},
        parse_dates=["planned_at", "scanned_at"],
        na_values=[""],
        keep_default_na=False,
    )
    frame["pieces"] = pd.to_numeric(frame["pieces"], errors="coerce")
    return frame, pd.read_csv(folder / "vehicles.csv")["vehicle_id"]


def schema(vehicles: pd.Series) -> pa.DataFrameSchema:
    def column(*checks: pa.Check, **options) -> pa.Column:
        return pa.Column(checks=list(checks), nullable=False, **options)

    return pa.DataFrameSchema(
        {
            "scan_id": column(unique=True, report_duplicates="exclude_first"),
            "shipment_id": column(pa.Check.str_matches("^SH[0-9]{8}$", error="pattern")),
            "vehicle_id": column(pa.Check(lambda column: column.isin(vehicles), error="references")),
            "scan_code": column(pa.Check.isin(CODES, error="known")),
            "lat": column(pa.Check.in_range(-90, 90, error="range")),
            "lon": column(pa.Check.in_range(-180, 180, error="range")),
            "weight_kg": column(pa.Check.gt(0, error="positive")),
            "pieces": column(pa.Check.ge(1, error="minimum")),
            "planned_at": column(),
            "scanned_at": column(),
        },
        checks=pa.Check(lambda frame: frame["scanned_at"] >= frame["planned_at"], error="order"),
    )


def count(cases: pd.DataFrame) -> dict:
    """Failure cases by rule; a rule over the whole frame gives one for each column of a row."""

    def failed(column: str, check: str) -> int:
        rows = cases[(cases["column"] == column) & (cases["check"].astype(str).str.startswith(check))]
        return int(rows["index"].nunique())

    return {
        "vendor_scans.primary_key": failed("scan_id", "field_uniqueness"),
        "vendor_scans.shipment_id.required": failed("shipment_id", "not_nullable"),
        "vendor_scans.shipment_id.pattern": failed("shipment_id", "pattern"),
        "vendor_scans.vehicle_id.references.vehicles.vehicle_id": failed("vehicle_id", "references"),
        "scan_code_known": failed("scan_code", "known"),
        "vendor_scans.lat.maximum": failed("lat", "range"),
        "vendor_scans.lon.minimum": failed("lon", "range"),
        "vendor_scans.weight_kg.exclusiveMinimum": failed("weight_kg", "positive"),
        "vendor_scans.pieces.minimum": failed("pieces", "minimum"),
        "scanned_after_planned": int(
            cases[cases["check"].astype(str).str.startswith("order")]["index"].nunique()
        ),
        "type.pieces": failed("pieces", "not_nullable"),
    }


def check(folder: pathlib.Path) -> dict:
    begin, cpu = time.perf_counter(), time.process_time()
    frame, vehicles = read(folder)
    try:
        schema(vehicles).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    times = {"seconds": time.perf_counter() - begin, "cpu": time.process_time() - cpu}
    return times | {"rules": count(cases)}


if __name__ == "__main__":
    print(json.dumps(check(pathlib.Path(sys.argv[1]))))
