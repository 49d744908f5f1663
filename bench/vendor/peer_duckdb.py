"""DuckDB doing with SQL what haul does with the vendor file: every rule, good and bad rows to Parquet.

    python peer_duckdb.py FOLDER OUTPUT THREADS

Prints {"seconds", "cpu", "rules", "quarantined"}; imports are not counted. The file is read once into a
table with its types; what cannot be read goes to DuckDB's own table of rejects. One bit a rule, so that the
rules are computed once for the counts and both files.
"""

import json
import pathlib
import sys
import time

import duckdb

COLUMNS = {
    "scan_id": "BIGINT",
    "shipment_id": "VARCHAR",
    "vehicle_id": "VARCHAR",
    "scan_code": "VARCHAR",
    "lat": "DOUBLE",
    "lon": "DOUBLE",
    "weight_kg": "DOUBLE",
    "pieces": "SMALLINT",
    "planned_at": "TIMESTAMPTZ",
    "scanned_at": "TIMESTAMPTZ",
}
REFERENCE = "vendor_scans.vehicle_id.references.vehicles.vehicle_id"
ROW_RULES = {
    "vendor_scans.shipment_id.required": "s.shipment_id IS NULL",
    "vendor_scans.shipment_id.pattern": "NOT regexp_matches(s.shipment_id, '^SH[0-9]{8}$')",
    REFERENCE: "s.vehicle_id IS NOT NULL AND v.vehicle_id IS NULL",
    "scan_code_known": "s.scan_code NOT IN ('PU', 'ARR', 'DEP', 'OFD', 'DLV', 'EXC')",
    "vendor_scans.lat.minimum": "s.lat < -90",
    "vendor_scans.lat.maximum": "s.lat > 90",
    "vendor_scans.lon.minimum": "s.lon < -180",
    "vendor_scans.lon.maximum": "s.lon > 180",
    "vendor_scans.weight_kg.exclusiveMinimum": "s.weight_kg <= 0",
    "vendor_scans.pieces.minimum": "s.pieces < 1",
    "scanned_after_planned": "s.scanned_at < s.planned_at",
} | {
    f"vendor_scans.{column}.required": f"s.{column} IS NULL" for column in COLUMNS if column != "shipment_id"
}
KEY = "vendor_scans.primary_key"
UNREADABLE = "type.pieces"


def check(folder: pathlib.Path, output: pathlib.Path, threads: int) -> dict:
    begin, cpu = time.perf_counter(), time.process_time()
    run = duckdb.connect().execute
    run(f"SET threads = {threads}; SET TimeZone = 'UTC'")
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    run(
        "CREATE TABLE vehicles AS SELECT DISTINCT vehicle_id "
        f"FROM read_csv('{folder}/vehicles.csv', header = true, "
        "columns = {'vehicle_id': 'VARCHAR', 'carrier': 'VARCHAR'})"
    )
    bits = " | ".join(
        f"CASE WHEN {broken} THEN {1 << bit} ELSE 0 END" for bit, broken in enumerate(ROW_RULES.values())
    )
    run(
        f"CREATE TABLE scans AS SELECT s.*, {bits} AS broken "
        f"FROM read_csv('{folder}/scans.csv', header = true, columns = {{{types}}}, "
        "store_rejects = true, rejects_limit = 0) s LEFT JOIN vehicles v USING (vehicle_id)"
    )
    # Only keys that occur twice are ordered; the first occurrence is fine.
    run(
        """CREATE TABLE repeated AS SELECT id FROM (
             SELECT rowid AS id, row_number() OVER (PARTITION BY scan_id ORDER BY rowid) AS occurrence
             FROM scans
             WHERE scan_id IN (SELECT scan_id FROM scans GROUP BY scan_id HAVING count(*) > 1))
           WHERE occurrence > 1"""
    )
    key_bit = len(ROW_RULES)
    run(f"UPDATE scans SET broken = broken | {1 << key_bit} WHERE rowid IN (SELECT id FROM repeated)")
    names = [*ROW_RULES, KEY]
    reasons = ", ".join(
        f"CASE WHEN broken & {1 << bit} <> 0 THEN '{name}' END" for bit, name in enumerate(names)
    )
    parquet = "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
    run(f"COPY (SELECT * EXCLUDE broken FROM scans WHERE broken = 0) TO '{output}/good.parquet' {parquet}")
    run(
        f"COPY (SELECT * EXCLUDE broken, list_filter([{reasons}], r -> r IS NOT NULL) AS rules FROM scans "
        f"WHERE broken <> 0) TO '{output}/bad.parquet' {parquet}"
    )
    run(
        "COPY (SELECT line, column_name, error_message, csv_line FROM reject_errors) "
        f"TO '{output}/unread.parquet' {parquet}"
    )
    sums = ", ".join(f"count(*) FILTER (WHERE broken & {1 << bit} <> 0)" for bit in range(len(names)))
    *counts, bad = run(f"SELECT {sums}, count(*) FROM scans WHERE broken <> 0").fetchone()
    unread = run("SELECT count(DISTINCT line) FROM reject_errors").fetchone()[0]
    rules = dict(zip(names, counts, strict=True)) | {UNREADABLE: unread}
    return {
        "seconds": time.perf_counter() - begin,
        "cpu": time.process_time() - cpu,
        "rules": rules,
        "quarantined": bad + unread,
    }


if __name__ == "__main__":
    print(json.dumps(check(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3]))))
