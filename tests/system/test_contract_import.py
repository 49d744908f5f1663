"""`haul contract import`: a draft is a valid contract, says what its file shows, and takes it whole."""

import datetime
import decimal
import re
import subprocess

import pyarrow
import pyarrow.parquet
import pytest
import yaml

from conftest import Haul
from contracts import check_files, load, official_problems

SOURCE = """
source: drafted
contract: drafted
deliver: table
from: {kind: files, format: csv, csv: {null_text: NA}}
"""


@pytest.fixture(scope="module")
def drafted(binary, flights_data, tmp_path_factory) -> Haul:
    """A project with a draft from the flights, and a source that reads by it."""
    haul = Haul(binary, tmp_path_factory.mktemp("drafted") / "project")
    for folder in ("contracts", "sources"):
        (haul.project / folder).mkdir(parents=True)
    (haul.project / "haul.yaml").write_text("project: drafted\n")
    (haul.project / "sources" / "drafted.yaml").write_text(SOURCE)
    file = haul.project / "contracts" / "drafted.odcs.yaml"
    haul.imported = haul.run(
        "contract import", str(flights_data / "flights.csv"), "--name", "drafted", "-o", str(file)
    )
    haul.file = file
    return haul


def columns_of(path) -> dict[str, dict]:
    return {column["name"]: column for column in load(path)["schema"][0]["properties"]}


def test_a_draft_is_valid_for_ours_and_for_the_official_schema(drafted):
    assert official_problems(load(drafted.file)) == []
    drafted.run("check")


def test_a_draft_takes_every_row_of_its_own_file(drafted, flights_data):
    assert "336776 rows, 19 columns; its source needs csv: {null_text: 'NA'}" in drafted.imported.stderr
    assert "0 of its rows break the draft" in drafted.imported.stderr

    drafted.run("ingest", "drafted", str(flights_data / "flights.csv"))

    assert drafted.value("SELECT count(*) FROM silver.drafted") == 336_776
    assert drafted.value("SELECT count(*) FROM quarantine.drafted") == 0
    assert drafted.value("SELECT count(*) FROM silver.drafted WHERE dep_time IS NULL") == 8_255


def test_a_draft_has_the_types_and_rules_that_the_flights_show(drafted):
    columns = columns_of(drafted.file)

    assert {
        name: column["logicalType"] for name, column in columns.items() if column["logicalType"] != "integer"
    } == {
        "carrier": "string",
        "tailnum": "string",
        "origin": "string",
        "dest": "string",
        "time_hour": "timestamp",
    }
    optional = {name for name, column in columns.items() if not column.get("required")}
    assert optional == {"dep_time", "dep_delay", "arr_time", "arr_delay", "tailnum", "air_time"}
    assert columns["dest"]["logicalTypeOptions"] == {"pattern": "^[A-Z]{3}$"}
    assert columns["distance"]["logicalTypeOptions"] == {"minimum": 0}
    assert "logicalTypeOptions" not in columns["dep_delay"]
    (rule,) = columns["carrier"]["quality"]
    assert len(rule["arguments"]["validValues"]) == 16 and rule["severity"] == "warning"
    assert not any(column.get("unique") or column.get("primaryKey") for column in columns.values())


def test_the_evidence_stands_above_each_column(drafted):
    text = drafted.file.read_text()

    assert "# 0 of 336,776 rows null; 16 distinct values; 2 characters\n      - name: carrier\n" in text
    assert "# 8,255 of 336,776 rows null; 1 to 2400\n      - name: dep_time\n" in text
    assert "2013-01-01T10:00:00Z to 2014-01-01T04:00:00Z" in text
    assert len(re.findall(r"FILL IN: ", text)) == 3


def imported(binary, path, *rest) -> dict[str, dict]:
    """The columns of a draft, which must be sound."""
    draft = path.with_suffix(".odcs.yaml")
    done = subprocess.run(
        [binary, "contract", "import", path, "-o", draft, *rest], check=True, capture_output=True, text=True
    )
    assert "0 of its rows break the draft" in done.stderr
    assert official_problems(load(draft)) == []
    (ours,) = check_files([draft])
    assert ours["error"] is None
    kept = {column["name"]: column["type"] for column in ours["objects"][0]["columns"]}
    return {name: column | {"kept": kept[name]} for name, column in columns_of(draft).items()}


def test_a_parquet_file_keeps_its_types(binary, tmp_path):
    rows = {
        "tiny": pyarrow.array([1, None], pyarrow.int8()),
        "unsigned": pyarrow.array([1, 2], pyarrow.uint32()),
        "real": pyarrow.array([1.5, 2], pyarrow.float32()),
        "price": pyarrow.array([decimal.Decimal("1.05"), None], pyarrow.decimal128(9, 2)),
        "word": pyarrow.array(["a", "b"]).dictionary_encode(),
        "bytes": pyarrow.array([b"a", b"b"]),
        "day": pyarrow.array([datetime.date(2013, 1, 31)] * 2),
        "at": pyarrow.array(
            [datetime.datetime(2013, 1, 31, 12)] * 2, pyarrow.timestamp("ns", "Europe/Berlin")
        ),
        "local": pyarrow.array([datetime.datetime(2013, 1, 31, 12)] * 2, pyarrow.timestamp("ms")),
        "flag": pyarrow.array([True, False]),
        "codes": pyarrow.array([["a"], []]),
        "place": pyarrow.array([{"lat": 1.5, "tags": [1]}, None]),
    }
    pyarrow.parquet.write_table(pyarrow.table(rows), tmp_path / "all.parquet")

    columns = imported(binary, tmp_path / "all.parquet")

    assert {name: column["kept"] for name, column in columns.items()} == {
        "tiny": "int8",
        "unsigned": "int64",
        "real": "float",
        "price": "decimal128(9, 2)",
        "word": "string",
        "bytes": "binary",
        "day": "date32[day]",
        "at": "timestamp[us, tz=UTC]",
        "local": "timestamp[us]",
        "flag": "bool",
        "codes": "list<item: string>",
        "place": "struct<lat: double, tags: list<item: int64>>",
    }


def test_few_rows_carry_no_rule_and_many_do(binary, tmp_path):
    header = "id,code,ref,email\n"
    rows = [f"{n},AB-{n:04},0b5a7e36-1c4e-4f0a-9d7b-{n:012},someone{n}@example.org\n" for n in range(1, 201)]
    (tmp_path / "few.csv").write_text(header + "".join(rows[:50]))
    (tmp_path / "many.csv").write_text(header + "".join(rows))

    few, many = imported(binary, tmp_path / "few.csv"), imported(binary, tmp_path / "many.csv")

    assert {key for column in few.values() for key in column} == {
        "name",
        "logicalType",
        "kept",
        "classification",
    }
    assert many["id"]["primaryKey"] and many["code"]["unique"] and many["ref"]["unique"]
    assert many["code"]["logicalTypeOptions"] == {"pattern": "^[A-Z]{2}-[0-9]{4}$"}
    assert many["ref"]["logicalTypeOptions"] == {"format": "uuid"}


def test_a_draft_shows_nothing_of_columns_that_sound_personal(binary, tmp_path):
    rows = [f"{n % 2},Ann{n % 2},19{n % 10}0-01-01\n" for n in range(300)]
    (tmp_path / "people.csv").write_text("id,first_name,birth_date\n" + "".join(rows))

    columns = imported(binary, tmp_path / "people.csv")

    assert columns["first_name"]["classification"] == columns["birth_date"]["classification"] == "restricted"
    text = (tmp_path / "people.odcs.yaml").read_text()
    assert "Ann" not in text and "1900" not in text and "1990" not in text


def test_texts_that_yaml_takes_for_something_else_stay_texts(binary, tmp_path):
    words = ["true", "no", "null", "1.10", "~", "a: b", "#x", "'", 'q"q', "é"]
    rows = [f'"{word.replace(chr(34), chr(34) * 2)}",{n}\n' for n in range(200) for word in words]
    (tmp_path / "words.csv").write_text("word,n\n" + "".join(rows))

    columns = imported(binary, tmp_path / "words.csv")

    (rule,) = columns["word"]["quality"]
    assert sorted(rule["arguments"]["validValues"]) == sorted(words)


def test_a_name_for_the_table_comes_from_the_file(binary, tmp_path):
    (tmp_path / "2013 Legs-EWR.csv").write_text("a,b\n1,2\n")

    done = subprocess.run(
        [binary, "contract", "import", tmp_path / "2013 Legs-EWR.csv"],
        check=True,
        capture_output=True,
        text=True,
    )

    assert yaml.safe_load(done.stdout)["name"] == "t_2013_legs_ewr"


def test_a_file_that_is_there_is_not_written_over(binary, tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    (tmp_path / "a.odcs.yaml").write_text("mine")

    done = subprocess.run(
        [binary, "contract", "import", tmp_path / "a.csv", "-o", tmp_path / "a.odcs.yaml"],
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1 and "is there already" in done.stderr
    assert (tmp_path / "a.odcs.yaml").read_text() == "mine"


def test_a_column_that_no_table_can_have_is_named(binary, tmp_path):
    (tmp_path / "a.csv").write_text("planned time,b\n1,2\n")

    done = subprocess.run([binary, "contract", "import", tmp_path / "a.csv"], capture_output=True, text=True)

    assert done.returncode == 1 and "`planned time` cannot name a column" in done.stderr
    assert done.stdout == ""


def test_rows_that_are_none_are_counted_and_left_out(binary, tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3\n")

    done = subprocess.run([binary, "contract", "import", tmp_path / "a.csv"], capture_output=True, text=True)

    assert done.returncode == 3
    assert "1 of its rows break the draft" in done.stderr
