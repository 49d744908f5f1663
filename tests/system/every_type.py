"""A dataset with a column of every type that a contract can have."""

import dataclasses
import typing


@dataclasses.dataclass
class Column:
    clauses: str  # in the contract
    json: str  # the value as a source sends it
    sql: typing.Any  # as `haul sql --format json` gives it
    spark_type: str
    spark: typing.Any  # as components/spark_job.py gives it


COLUMNS = {
    "a_tinyint": Column("{logicalType: integer, physicalType: TINYINT}", "-128", -128, "tinyint", -128),
    "a_smallint": Column("{logicalType: integer, physicalType: SMALLINT}", "32767", 32767, "smallint", 32767),
    "an_integer": Column(
        "{logicalType: integer, physicalType: INTEGER}", "-2147483648", -2147483648, "int", -2147483648
    ),
    "a_bigint": Column(
        "{logicalType: integer}", "9223372036854775807", "9223372036854775807", "bigint", 9223372036854775807
    ),
    "a_float": Column("{logicalType: number, physicalType: FLOAT}", "0.5", 0.5, "float", 0.5),
    "a_double": Column("{logicalType: number}", "0.1", 0.1, "double", 0.1),
    "a_decimal": Column(
        "{logicalType: number, physicalType: 'DECIMAL(12,2)'}", "-1.05", "-1.05", "decimal(12,2)", "-1.05"
    ),
    "a_long_decimal": Column(
        "{logicalType: number, physicalType: 'DECIMAL(38,10)'}",
        "1234567890123456789012345678.0123456789",
        "1234567890123456789012345678.0123456789",
        "decimal(38,10)",
        "1234567890123456789012345678.0123456789",
    ),
    "a_boolean": Column("{logicalType: boolean}", "true", True, "boolean", True),
    "a_string": Column("{logicalType: string}", '"é\\t🚚"', "é\t🚚", "string", "é\t🚚"),
    "a_binary": Column("{logicalType: string, physicalType: BLOB}", '"ab"', "YWI=", "binary", "6162"),
    "a_date": Column("{logicalType: date}", '"1969-12-31"', "1969-12-31", "date", -1),
    "an_instant": Column(
        "{logicalType: timestamp}",
        '"1969-12-31T23:59:59.999999Z"',
        "1969-12-31T23:59:59.999999Z",
        "timestamp",
        -1,
    ),
    "a_local_time": Column(
        "{logicalType: timestamp, logicalTypeOptions: {timezone: false}}",
        '"2013-01-01T00:00:00.000001"',
        "2013-01-01T00:00:00.000001",
        "timestamp_ntz",
        1356998400000001,
    ),
    "a_list": Column(
        "{logicalType: array, items: {logicalType: integer}}",
        "[1, null, 3]",
        [1, None, 3],
        "array<bigint>",
        [1, None, 3],
    ),
    "an_object": Column(
        "{logicalType: object, properties: [{name: lat, logicalType: number}]}",
        '{"lat": 30.25}',
        {"lat": 30.25},
        "struct<lat:double>",
        {"lat": 30.25},
    ),
}


def land(haul, folder) -> None:
    """silver.types of a new project: a row with a value in every column, and a row of nulls."""
    for part in ("contracts", "sources"):
        (haul.project / part).mkdir(parents=True)
    (haul.project / "haul.yaml").write_text("project: typed\n")
    (haul.project / "sources" / "types.yaml").write_text(
        "{source: types, contract: types, deliver: table, from: {kind: files, format: ndjson}}\n"
    )
    clauses = {"id": "{logicalType: integer, primaryKey: true}"}
    clauses |= {name: column.clauses for name, column in COLUMNS.items()}
    properties = "".join(f"      - {{name: {name}, {clause[1:]}\n" for name, clause in clauses.items())
    (haul.project / "contracts" / "types.odcs.yaml").write_text(
        "apiVersion: v3.1.0\nkind: DataContract\nid: types\nname: types\nversion: 1.0.0\nstatus: active\n"
        f"schema:\n  - name: types\n    properties:\n{properties}"
    )
    filled = ", ".join(f'"{name}": {column.json}' for name, column in COLUMNS.items())
    (folder / "types.ndjson").write_text(f'{{"id": 1, {filled}}}\n{{"id": 2}}\n')
    haul.run("ingest", "types", str(folder / "types.ndjson"))
