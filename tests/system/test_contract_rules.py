"""Contracts: their rules say in DuckDB what the contract says."""

import re

import duckdb
import pytest

from contracts import EXAMPLES, GOOD, check_documents, check_files

DUCKDB_TYPE = {
    "string": "VARCHAR",
    "binary": "BLOB",
    "bool": "BOOLEAN",
    "int8": "TINYINT",
    "int16": "SMALLINT",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "date32[day]": "DATE",
    "timestamp[us, tz=UTC]": "TIMESTAMPTZ",
    "timestamp[us]": "TIMESTAMP",
}


def duckdb_type(arrow: str) -> str:
    decimal = re.fullmatch(r"decimal128\((\d+), (\d+)\)", arrow)
    return f"DECIMAL({decimal[1]},{decimal[2]})" if decimal else DUCKDB_TYPE[arrow]


def contract_of_column(column: dict, version="v3.2.0") -> dict:
    return {
        "apiVersion": version,
        "kind": "DataContract",
        "id": "urn:t",
        "name": "t",
        "version": "1.0.0",
        "schema": [{"name": "t", "properties": [{"name": "c", **column}]}],
    }


def string(**options):
    return {"logicalType": "string", "logicalTypeOptions": options}


def integer(**options):
    return {"logicalType": "integer", "logicalTypeOptions": options}


def ruled(logical, **rule):
    return {"logicalType": logical, "quality": [{"mustBe": 0, **rule}]}


SQL_RULE = "SELECT COUNT(*) FROM {object} WHERE {property} > 5 -- at most"

# A column, values that keep its rules (null too, unless it breaks one), values that break one.
MEANINGS = [
    (integer(minimum=1, maximum=3), ["1", "3"], ["0", "4"]),
    (integer(exclusiveMinimum=1, exclusiveMaximum=3), ["2"], ["1", "3"]),
    (integer(multipleOf=5), ["0", "-10"], ["7"]),
    (integer(format="u8"), ["0", "255"], ["-1", "256"]),
    ({"logicalType": "integer", "required": True}, ["0"], ["NULL"]),
    ({"logicalType": "number", "logicalTypeOptions": {"minimum": -90.5}}, ["-90.5", "0"], ["-90.6"]),
    (
        {"logicalType": "number", "physicalType": "DECIMAL(5,2)", "logicalTypeOptions": {"multipleOf": 0.05}},
        ["0.15", "1.00"],
        ["0.12"],
    ),
    (string(minLength=2, maxLength=3), ["'ab'", "'äöü'"], ["'a'", "'abcd'"]),
    (string(pattern="^[A-Z]{2}$"), ["'AB'"], ["'ABC'", "'ab'", "'AB' || chr(10)"]),
    (string(pattern="b+"), ["'abba'"], ["'xyz'"]),
    (string(format="uuid"), ["'123e4567-e89b-12d3-a456-426614174000'"], ["'123e4567'"]),
    (string(format="email"), ["'a.b@c.de'"], ["'a@b'", "'@b.c'", "'a b@c.de'"]),
    (string(format="ipv4"), ["'0.0.0.0'", "'192.168.1.255'"], ["'256.1.1.1'", "'1.2.3'", "'1.2.3.4.'"]),
    (string(format="hostname"), ["'a.b-c.de'", "'x'"], ["'-a'", "'a..b'", "'a_b'"]),
    (string(format="uri"), ["'s3://b/k'", "'urn:x:y'"], ["'no uri'", "'/x'"]),
    (string(format="byte"), ["'YWJj'", "'YQ=='", "''"], ["'YWJ'", "'Y*=='"]),
    (string(format="date"), ["'2013-01-31'"], ["'2013-13-01'", "'31.1.2013'"]),
    (
        string(format="date-time"),
        ["'2013-01-31T12:00:00Z'", "'2013-01-31T12:00:00.5+02:00'"],
        ["'2013-01-31'"],
    ),
    ({"logicalType": "string", "physicalType": "VARCHAR(2)"}, ["'ab'"], ["'abc'"]),
    ({"logicalType": "string", "enum": [{"value": "a'b"}, {"value": "c"}]}, ["'a''b'", "'c'"], ["'a'"]),
    (
        {"logicalType": "date", "logicalTypeOptions": {"minimum": "2013-01-01"}},
        ["DATE '2013-01-01'"],
        ["DATE '2012-12-31'"],
    ),
    (
        {"logicalType": "timestamp", "logicalTypeOptions": {"exclusiveMaximum": "2013-01-01T02:00:00+02:00"}},
        ["TIMESTAMPTZ '2012-12-31 23:59:59Z'"],
        ["TIMESTAMPTZ '2013-01-01 00:00:00Z'"],
    ),
    (ruled("string", metric="nullValues"), ["''"], ["NULL"]),
    (
        ruled("string", metric="missingValues", arguments={"missingValues": [None, "", "N/A"]}),
        ["'x'"],
        ["NULL", "''", "'N/A'"],
    ),
    (ruled("string", metric="missingValues", arguments={"missingValues": ["N/A"]}), ["''"], ["'N/A'"]),
    (ruled("integer", metric="invalidValues", arguments={"validValues": [1, 2]}), ["1"], ["3"]),
    (ruled("integer", type="sql", query=SQL_RULE), ["5"], ["6"]),
    (
        ruled("integer", type="sql", query="SELECT COUNT(*) FROM {object} WHERE c = 1 OR c IS NULL"),
        ["2"],
        ["1", "NULL"],
    ),
]


@pytest.mark.parametrize("column, keep, broken", MEANINGS, ids=[f"{n}" for n in range(len(MEANINGS))])
def test_a_row_breaks_a_rule_exactly_when_the_contract_says_so(column, keep, broken, tmp_path):
    (answer,) = check_documents([contract_of_column(column)], tmp_path)
    assert answer["error"] is None
    (table,) = answer["objects"]
    kind = duckdb_type(table["columns"][0]["type"])
    holds = " AND ".join(f"(({rule['sql']}) IS NOT FALSE)" for rule in table["row_rules"])

    def verdict(value):
        return duckdb.sql(f"SELECT {holds} FROM (SELECT CAST({value} AS {kind}) AS c)").fetchone()[0]

    assert table["row_rules"], "no rule, nothing shown"
    assert {value: verdict(value) for value in keep} == dict.fromkeys(keep, True)
    assert {value: verdict(value) for value in broken} == dict.fromkeys(broken, False)
    if "NULL" not in broken:
        assert verdict("NULL") is True


SETS = [
    ({"metric": "nullValues", "mustBeLessThan": 9}, 1),
    ({"metric": "nullValues", "mustBeLessThan": 9, "unit": "percent"}, 20.0),
    ({"metric": "duplicateValues", "mustBeLessThan": 9}, 1),
    ({"metric": "duplicateValues", "mustBeLessThan": 50, "unit": "percent"}, 20.0),
    ({"metric": "invalidValues", "arguments": {"validValues": ["a"]}, "mustBeLessThan": 9}, 2),
    ({"metric": "missingValues", "arguments": {"missingValues": [None, "b"]}, "mustBeLessThan": 9}, 2),
    ({"type": "sql", "query": "SELECT COUNT(DISTINCT {property}) FROM {object}", "mustBe": 3}, 3),
]


@pytest.mark.parametrize("rule, number", SETS, ids=[f"{n}" for n in range(len(SETS))])
def test_a_set_rule_counts_what_the_contract_says(rule, number, tmp_path):
    (answer,) = check_documents([contract_of_column({"logicalType": "string", "quality": [rule]})], tmp_path)
    assert answer["error"] is None
    (one,) = answer["objects"][0]["set_rules"]
    rows = "(SELECT unnest(['a', 'a', 'b', 'c', NULL]) AS c)"

    assert duckdb.sql(one["sql"].replace("{object}", rows)).fetchone()[0] == number
    if rule.get("unit") == "percent":
        assert duckdb.sql(one["sql"].replace("{object}", f"(FROM {rows} LIMIT 0)")).fetchone()[0] == 0


@pytest.mark.parametrize("path", [GOOD, *EXAMPLES], ids=lambda path: path.name)
def test_every_rule_of_a_contract_is_sql_that_duckdb_binds(path):
    (answer,) = check_files([path])
    flat = [c for c in answer["objects"][0]["columns"] if not c["type"].startswith(("list", "struct"))]
    columns = ", ".join(f'"{c["name"]}" {duckdb_type(c["type"])}' for c in flat)
    with duckdb.connect() as database:
        database.execute(f"CREATE TABLE t ({columns}); CREATE SCHEMA silver")
        for rule in answer["objects"][0]["row_rules"]:
            database.execute(f"SELECT {rule['sql']} FROM t")
        for rule in answer["objects"][0]["set_rules"]:
            for name, keys in {
                "vehicles": ["tailnum"],
                "sites": ["faa"],
                "shipments": ["shipment_id"],
                "hub_days": ["hub", "day"],
            }.items():
                kinds = ", ".join(f"{key} {'DATE' if key == 'day' else 'VARCHAR'}" for key in keys)
                database.execute(f"CREATE TABLE IF NOT EXISTS silver.{name} ({kinds})")
            database.execute(rule["sql"].replace("{object}", "t"))
