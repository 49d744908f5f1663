"""Writes a vendor's file of scans with a known number of rows that break each rule of scans.odcs.yaml.

    python bench/vendor/generate.py FOLDER [--rows 10000000] [--vehicles 1000000]

makes FOLDER/scans.csv (ten columns, about 104 bytes a row) and FOLDER/vehicles.csv, which it refers to, and
prints the counts as JSON. Every value is a hash (SplitMix64) of its row's number, so the same arguments give
the same bytes on every machine.
"""

import argparse
import json
import pathlib

import polars as pl

CHUNK = 250_000
SEED = 20_260_101
BASE_TIME = 1_767_225_600  # 2026-01-01
FIRST_SCAN = 1_000_000_000
ROWS_PER_DUPLICATE = 500_000
CODES = ["PU", "ARR", "DEP", "OFD", "DLV", "EXC"]

# Rule -> one row in so many breaks it. Faults are independent; the last one takes only rows without any
# other, because a row that cannot be read breaks no other rule.
SHARES = {
    "vendor_scans.shipment_id.pattern": 500,
    "vendor_scans.shipment_id.required": 5_000,
    "vendor_scans.vehicle_id.references.vehicles.vehicle_id": 400,
    "scan_code_known": 2_000,
    "vendor_scans.lat.maximum": 3_000,
    "vendor_scans.lon.minimum": 6_000,
    "vendor_scans.weight_kg.exclusiveMinimum": 4_000,
    "vendor_scans.pieces.minimum": 7_000,
    "scanned_after_planned": 5_000,
    "type.pieces": 8_000,
}
KEY = "vendor_scans.primary_key"
UNREADABLE = "type.pieces"
MASK = (1 << 64) - 1


def mixed(value: int) -> int:
    """SplitMix64 in whole numbers."""
    value = (value + 0x9E3779B97F4A7C15) & MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    return value ^ (value >> 31)


def hashed(field: str) -> pl.Expr:
    """The same for every row, a sequence of its own for each field."""

    def literal(number: int) -> pl.Expr:
        return pl.lit(number, dtype=pl.UInt64)

    def folded(value: pl.Expr, bits: int) -> pl.Expr:
        return value.xor(value // literal(1 << bits))

    start = mixed(SEED + sum(byte << (8 * place) for place, byte in enumerate(field.encode()[-7:])))
    value = pl.col("row") * literal(0x9E3779B97F4A7C15) + literal(start)
    value = folded(value, 30) * literal(0xBF58476D1CE4E5B9)
    value = folded(value, 27) * literal(0x94D049BB133111EB)
    return folded(value, 31)


def below(field: str, bound: int) -> pl.Expr:
    return hashed(field) % pl.lit(bound, dtype=pl.UInt64)


def duplicates(rows: int) -> dict[int, int]:
    """Rows of the second half that repeat the key of a row of the first half."""
    half = rows // 2
    return {
        half + mixed(SEED + 2 * pair) % half: mixed(SEED + 2 * pair + 1) % half
        for pair in range(max(rows // ROWS_PER_DUPLICATE, 2))
    }


def faults(repeats: dict[int, int]) -> list[pl.Expr]:
    """One column of booleans a rule."""
    broken = {rule: below("fault " + rule, share) == 0 for rule, share in SHARES.items()}
    touched = pl.col("row").is_in(pl.Series([*repeats, *repeats.values()], dtype=pl.UInt64).implode())
    others = pl.any_horizontal(*(broken[rule] for rule in SHARES if rule != UNREADABLE))
    broken[UNREADABLE] = broken[UNREADABLE] & ~others & ~touched
    # a missing text has no pattern to break
    broken["vendor_scans.shipment_id.pattern"] &= ~broken["vendor_scans.shipment_id.required"]
    return [condition.alias(rule) for rule, condition in broken.items()]


def padded(number: pl.Expr, digits: int) -> pl.Expr:
    return number.cast(pl.String).str.zfill(digits)


def moment(seconds: pl.Expr) -> pl.Expr:
    return pl.from_epoch(seconds.cast(pl.Int64), time_unit="s").dt.strftime("%Y-%m-%dT%H:%M:%SZ")


def columns(vehicles: int, repeats: dict[int, int]) -> list[pl.Expr]:
    def bad(rule: str) -> pl.Expr:
        return pl.col(rule if rule in SHARES else "vendor_scans." + rule)

    def hundredths(field: str, bound: int) -> pl.Expr:
        return below(field, bound).cast(pl.Float64)

    number = padded(below("shipment", 100_000_000), 8)
    vehicle = padded(below("vehicle", vehicles), 6)
    planned = below("planned", 30 * 86_400) + pl.lit(BASE_TIME, dtype=pl.UInt64)
    late = below("scanned", 3 * 86_400)
    early = below("early", 3_600) + 1
    key = pl.col("row").replace(
        pl.Series(list(repeats), dtype=pl.UInt64), pl.Series(list(repeats.values()), dtype=pl.UInt64)
    )
    return [
        (key + FIRST_SCAN).alias("scan_id"),
        pl.when(bad("shipment_id.required"))
        .then(None)
        .when(bad("shipment_id.pattern"))
        .then(pl.lit("SX") + number)
        .otherwise(pl.lit("SH") + number)
        .alias("shipment_id"),
        pl.when(bad("vehicle_id.references.vehicles.vehicle_id"))
        .then(pl.lit("W") + vehicle)
        .otherwise(pl.lit("V") + vehicle)
        .alias("vehicle_id"),
        pl.when(bad("scan_code_known"))
        .then(pl.lit("ZZZ"))
        .otherwise(
            below("code", len(CODES)).replace_strict(list(range(len(CODES))), CODES, return_dtype=pl.String)
        )
        .alias("scan_code"),
        pl.when(bad("lat.maximum"))
        .then(91 + hundredths("lat", 1_000) / 10_000)
        .otherwise(hundredths("lat", 1_800_001) / 10_000 - 90)
        .alias("lat"),
        pl.when(bad("lon.minimum"))
        .then(-181 - hundredths("lon", 1_000) / 10_000)
        .otherwise(hundredths("lon", 3_600_001) / 10_000 - 180)
        .alias("lon"),
        pl.when(bad("weight_kg.exclusiveMinimum"))
        .then(-hundredths("weight", 1_000) / 100)
        .otherwise((hundredths("weight", 99_999) + 1) / 100)
        .alias("weight_kg"),
        pl.when(bad("type.pieces"))
        .then(pl.lit("n/a"))
        .when(bad("pieces.minimum"))
        .then(pl.lit("0"))
        .otherwise((below("pieces", 12) + 1).cast(pl.String))
        .alias("pieces"),
        moment(planned).alias("planned_at"),
        moment(pl.when(bad("scanned_after_planned")).then(planned - early).otherwise(planned + late)).alias(
            "scanned_at"
        ),
    ]


def write_vehicles(path: pathlib.Path, vehicles: int) -> None:
    frame = pl.select(pl.int_range(vehicles, dtype=pl.UInt64).alias("row"))
    frame.select(
        (pl.lit("V") + padded(pl.col("row"), 6)).alias("vehicle_id"),
        (pl.lit("C") + padded(below("carrier", 100), 2)).alias("carrier"),
    ).write_csv(path)


def generate(folder: pathlib.Path, rows: int, vehicles: int) -> dict:
    """The counts: rows, quarantined rows, and broken rows by rule."""
    folder.mkdir(parents=True, exist_ok=True)
    write_vehicles(folder / "vehicles.csv", vehicles)
    repeats = duplicates(rows)
    counts = dict.fromkeys(SHARES, 0) | {KEY: len(repeats)}
    quarantined = 0
    with open(folder / "scans.csv", "wb") as file:
        for first in range(0, rows, CHUNK):
            end = min(first + CHUNK, rows)
            frame = pl.select(pl.int_range(first, end, dtype=pl.UInt64).alias("row"))
            frame = frame.with_columns(faults(repeats))
            for rule in SHARES:
                counts[rule] += int(frame[rule].sum())
            repeated = pl.col("row").is_in(pl.Series(list(repeats), dtype=pl.UInt64).implode())
            quarantined += int(frame.select(pl.any_horizontal(*SHARES, repeated).sum()).item())
            frame.select(columns(vehicles, repeats)).write_csv(
                file, include_header=first == 0, float_precision=4
            )
    return {
        "rows": rows,
        "quarantined": quarantined,
        "rules": counts,
        "rows_with_repeated_key": len({*repeats, *repeats.values()}),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--vehicles", type=int, default=1_000_000)
    arguments = parser.parse_args()
    print(json.dumps(generate(arguments.folder, arguments.rows, arguments.vehicles)))


if __name__ == "__main__":
    main()
