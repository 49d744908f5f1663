"""`haul contract export`: other people's tools read what it writes, and judge rows as we do."""

import csv
import datetime
import html.parser
import io
import itertools
import json
import re
import subprocess

import duckdb
import fastavro
import jsonschema
import pytest

from contracts import EXAMPLES, GOOD, ROOT

FORMATS = ["jsonschema", "avro", "sql", "markdown", "html"]
SCHEMA = "https://json-schema.org/draft/2020-12/schema"
CONTRACTS = [GOOD, *EXAMPLES]

PARCELS = """
apiVersion: v3.1.0
kind: DataContract
id: parcels
name: parcels
version: 1.0.0
status: active
schema:
  - name: parcels
    properties:
      - {name: id, logicalType: integer, primaryKey: true, logicalTypeOptions: {minimum: 1}}
      - name: code
        logicalType: string
        required: true
        logicalTypeOptions: {pattern: '^P[0-9]+$', maxLength: 4}
      - name: state
        logicalType: string
        quality:
          - {name: known, metric: invalidValues, arguments: {validValues: [new, sent]}, mustBe: 0}
          - {name: not_lost, metric: missingValues, arguments: {missingValues: [lost]}, mustBe: 0}
      - {name: pieces, logicalType: integer, physicalType: TINYINT, logicalTypeOptions: {multipleOf: 3}}
      - {name: kilograms, logicalType: number, logicalTypeOptions: {exclusiveMinimum: 0, maximum: 31.5}}
      - {name: price, logicalType: number, physicalType: 'DECIMAL(6,2)'}
      - {name: hub, logicalType: string, physicalType: CHAR(3), logicalTypeOptions: {minLength: 2}}
      - {name: fragile, logicalType: boolean}
      - {name: sent_on, logicalType: date}
      - {name: tags, logicalType: array, items: {logicalType: string}}
      - {name: size, logicalType: object, properties: [{name: cm, logicalType: integer}]}
      - name: pallets
        logicalType: integer
        quality:
          - name: few
            type: sql
            query: SELECT COUNT(*) FROM {object} WHERE pallets > 9
            mustBe: 0
            severity: info
"""
PARCEL = {
    "id": 1,
    "code": "P1",
    "state": "new",
    "pieces": 3,
    "kilograms": 0.5,
    "price": 1.25,
    "hub": "EWR",
    "fragile": True,
    "sent_on": "2013-01-31",
    "tags": ["a", None],
    "size": {"cm": 5},
    "pallets": 99,
}
VALUES = {
    "id": [1, 0, -1, None, "1", 1.5, 2.0],
    "code": ["P1", "P999", "P9999", "p1", "xP1", "", None, 7],
    "state": ["new", "sent", "lost", "New", None],
    "pieces": [3, 0, -3, 4, 126, 129, 1000, None, "3"],
    "kilograms": [0.5, 31.5, 0, 31.6, -1, 31, None, "1", True],
    "price": [1.25, 0, 9999.99, None, "1.25"],
    "hub": ["EWR", "EW", "é€😀", "E", "EWRX", None],
    "fragile": [True, False, None, 0, "true"],
    "sent_on": ["2013-01-31", "2013-02-30", "x", None, 3],
    "tags": [["a"], [], [None], [1], "a", None],
    "size": [{"cm": 1}, {}, {"cm": None}, {"cm": "x"}, [], None],
    "pallets": [10, None, 9],
}


def rows() -> list[dict]:
    """The good row with each other value of each column, and without each column."""
    changed = [PARCEL | {name: value} for name, values in VALUES.items() for value in values]
    without = [{name: value for name, value in PARCEL.items() if name != left} for left in PARCEL]
    numbered = enumerate([*changed, *without], start=1)
    return [row | {"id": number} if row.get("id") == 1 and "id" in row else row for number, row in numbered]


@pytest.fixture(scope="module")
def export(binary, tmp_path_factory):
    """Exports a contract file."""
    folder = tmp_path_factory.mktemp("export")
    numbers = itertools.count()

    def run(path, kind: str) -> str:
        output = folder / f"{next(numbers)}"
        subprocess.run(
            [binary, "contract", "export", path, "--as", kind, "-o", output], check=True, timeout=60
        )
        return output.read_text()

    return run


@pytest.fixture(scope="module")
def parcels(tmp_path_factory):
    path = tmp_path_factory.mktemp("parcels") / "parcels.odcs.yaml"
    path.write_text(PARCELS)
    return path


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.name)
def test_each_format_is_read_by_its_own_tools(path, export):
    schema = json.loads(export(path, "jsonschema"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == SCHEMA
    fastavro.parse_schema(json.loads(export(path, "avro")))
    with duckdb.connect() as database:
        database.execute(export(path, "sql"))
        assert database.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == (1,)


def test_a_row_is_valid_by_the_json_schema_exactly_when_we_take_it(export, parcels, project, tmp_path):
    schema = json.loads(export(parcels, "jsonschema"))
    checker = jsonschema.FormatChecker(formats=["date"])
    validator = jsonschema.Draft202012Validator(schema, format_checker=checker)

    refused = refused_by_haul(project, parcels, tmp_path)

    invalid = {n for n, row in enumerate(rows()) if not validator.is_valid(row)}
    assert {n: rows()[n] for n in invalid ^ refused} == {}
    assert 30 < len(refused) < len(rows()) - 20


def test_a_row_breaks_the_table_in_duckdb_exactly_when_it_breaks_our_rules(
    export, parcels, project, tmp_path
):
    refused = refused_by_haul(project, parcels, tmp_path)
    schema = json.loads(export(parcels, "jsonschema"))
    typed = [n for n, row in enumerate(rows()) if has_the_types(row, schema)]
    broken = set()
    with duckdb.connect() as database:
        database.execute(export(parcels, "sql"))
        for n in typed:
            row = {name: {"cm": None} if value == {} else value for name, value in rows()[n].items()}
            columns = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join("?" for _ in row)
            try:
                database.execute(f"INSERT INTO parcels ({columns}) VALUES ({marks})", list(row.values()))
            except duckdb.Error:
                broken.add(n)

    assert {n: rows()[n] for n in broken ^ (refused & set(typed))} == {}
    assert len(broken) > 15


def has_the_types(row: dict, schema: dict) -> bool:
    """Whether the values of a row have their JSON types: DuckDB would cast others."""
    checker = jsonschema.FormatChecker(formats=["date"])
    for name, value in row.items():
        kept = {key: schema["properties"][name].get(key) for key in ("type", "format", "items", "properties")}
        kept = {key: part for key, part in kept.items() if part is not None}
        if value is not None and not jsonschema.Draft202012Validator(kept, format_checker=checker).is_valid(
            value
        ):
            return False
    return True


def refused_by_haul(project, contract, folder) -> set[int]:
    """Which of the rows a source with the contract puts into quarantine."""
    (project.project / "contracts" / "parcels.odcs.yaml").write_text(contract.read_text())
    (project.project / "sources" / "parcels.yaml").write_text(
        "{source: parcels, contract: parcels, deliver: table, from: {kind: files, format: ndjson}}\n"
    )
    path = folder / "parcels.ndjson"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows()))
    project.run("ingest", "parcels", str(path), exit_codes=(0, 3))
    return {row["_line"] - 1 for row in project.sql("SELECT DISTINCT _line FROM quarantine.parcels")}


def test_real_rows_are_valid_and_go_through_avro_unchanged(export, flights_data):
    contract = ROOT / "examples" / "flights" / "contracts" / "legs.odcs.yaml"
    schema = json.loads(export(contract, "jsonschema"))
    avro = fastavro.parse_schema(json.loads(export(contract, "avro")))
    validator = jsonschema.Draft202012Validator(schema)
    with open(flights_data / "flights.csv", newline="", encoding="utf-8") as file:
        real = [typed_row(row, schema) for row in itertools.islice(csv.DictReader(file), 0, 300_000, 1000)]

    for row in real:
        validator.validate(row)
    records = [row | {"time_hour": datetime.datetime.fromisoformat(row["time_hour"])} for row in real]
    stream = io.BytesIO()
    fastavro.writer(stream, avro, records)
    stream.seek(0)
    assert list(fastavro.reader(stream)) == records


def typed_row(row: dict, schema: dict) -> dict:
    def typed(name, text):
        if text in ("NA", ""):
            return None
        return int(text) if "integer" in schema["properties"][name]["type"] else text

    return {name: typed(name, text) for name, text in row.items()}


class Page(html.parser.HTMLParser):
    """What a page opens and does not close, and what it fetches."""

    VOID = {"meta", "!doctype"}

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.text = [], [], ""

    def handle_starttag(self, tag, attributes):
        if tag not in self.VOID:
            self.open.append(tag)
        if tag in ("script", "link", "img", "iframe") or {"src", "href"} & {name for name, _ in attributes}:
            self.wrong.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"/{tag}")

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.name)
def test_the_page_is_whole_and_needs_nothing_else(path, export):
    text = export(path, "html")
    page = Page()
    page.feed(text)

    assert page.open == [] and page.wrong == []
    assert "url(" not in text and "@import" not in text


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.name)
def test_every_row_of_a_markdown_table_has_the_cells_of_its_head(path, export):
    blocks = re.findall(r"(?:^\|.*\n)+", export(path, "markdown"), re.M)

    assert len(blocks) >= 2
    for block in blocks:
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(cells) == 1, block


def test_a_contract_is_named_as_in_its_project_and_a_wrong_name_gets_advice(project):
    done = project.run("contract export", "legs", "--as", "sql")
    wrong = project.run("contract export", "leg", "--as", "sql", exit_codes=(1,))
    format_ = project.run("contract export", "legs", "--as", "jsonshema", exit_codes=(1,))

    assert 'CREATE TABLE "legs"' in done.stdout
    assert "did you mean legs?" in wrong.stderr
    assert "did you mean `jsonschema`?" in format_.stderr
