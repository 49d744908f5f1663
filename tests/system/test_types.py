"""Every type that a contract can have, from a source's JSON to a table and out of it again."""

import datetime
import decimal

import polars
import pytest

import every_type
from conftest import Haul


@pytest.fixture(scope="module")
def typed(binary, tmp_path_factory) -> Haul:
    base = tmp_path_factory.mktemp("typed")
    haul = Haul(binary, base / "project")
    every_type.land(haul, base)
    return haul


def test_haul_sql_gives_back_every_value(typed):
    filled, empty = typed.sql("SELECT * FROM silver.types ORDER BY id")

    for name, column in every_type.COLUMNS.items():
        assert filled[name] == column.sql, name
        assert empty[name] is None, name


def test_polars_reads_every_value(typed):
    filled, empty = polars.read_delta(str(typed.project / "lake" / "silver" / "types")).sort("id").to_dicts()
    exact = {
        "a_decimal": decimal.Decimal("-1.05"),
        "a_long_decimal": decimal.Decimal("1234567890123456789012345678.0123456789"),
        "a_date": datetime.date(1969, 12, 31),
        "an_instant": datetime.datetime(1969, 12, 31, 23, 59, 59, 999_999, datetime.UTC),
        "a_local_time": datetime.datetime(2013, 1, 1, microsecond=1),
        "a_bigint": 2**63 - 1,
        "a_binary": b"ab",
    }

    for name, column in every_type.COLUMNS.items():
        assert filled[name] == exact.get(name, column.sql), name
        assert empty[name] is None or empty[name] == {"lat": None}, name
