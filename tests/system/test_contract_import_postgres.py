"""`haul contract import --postgres`: a draft says what the server declares and takes its rows."""

import json
import os
import re
import signal
import subprocess
import time

import pytest

from components.postgres import Postgres
from contracts import check_files, load, official_problems

TABLES = r"""
CREATE SCHEMA tms;
CREATE TYPE tms.state AS ENUM ('open', 'in transit', 'no');
CREATE DOMAIN tms.share AS numeric(5,4) NOT NULL CHECK (VALUE >= 0 AND VALUE <= 1);
CREATE TABLE tms.depots (depot_id text, region text, PRIMARY KEY (depot_id), UNIQUE (region, depot_id));
INSERT INTO tms.depots VALUES ('HAM', 'n'), ('MUC', 's');
CREATE TABLE tms.shipments (
  shipment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  reference varchar(12) NOT NULL UNIQUE CHECK (reference ~ '^SH[0-9]{4,}$'),
  origin text REFERENCES tms.depots,
  carrier char(2) NOT NULL CHECK (carrier IN ('DH', 'UP', 'X')),
  service text CHECK (service IN ('air', 'road')),
  weight_kg numeric(9,3) NOT NULL CHECK (weight_kg > 0 AND weight_kg <= 30000),
  load tms.share,
  pieces smallint CHECK (pieces BETWEEN 1 AND 99),
  state tms.state NOT NULL DEFAULT 'open',
  picked_up timestamptz,
  delivered timestamptz,
  due date CHECK (due >= '2013-01-01'),
  email text CHECK (email ~* '^[A-Z0-9._%+-]+@[A-Z0-9.-]+\.[A-Z]{2,}$'),
  CONSTRAINT in_order CHECK (delivered >= picked_up),
  CONSTRAINT known CHECK (due <= CURRENT_DATE + 36500),
  UNIQUE (origin, due, pieces)
);
COMMENT ON TABLE tms.shipments IS 'One row is a shipment; it''s "ours".';
COMMENT ON COLUMN tms.shipments.weight_kg IS 'gross: with pallet';
INSERT INTO tms.shipments
  (reference, origin, carrier, service, weight_kg, load, pieces, state, picked_up, delivered, due, email)
SELECT 'SH' || lpad(n::text, 4, '0'), CASE WHEN n % 5 > 0 THEN 'HAM' END,
       CASE WHEN n % 3 = 0 THEN 'X' ELSE 'DH' END, 'air', n * 1.125, n / 400.0, 1 + n % 99, 'in transit',
       '2013-01-31 10:00+02'::timestamptz + n * '1 h'::interval, NULL,
       '2013-01-31'::date + n, 'a' || n || '@example.org'
FROM generate_series(1, 300) n;
"""

# One value of each type, and what a contract keeps it as.
TYPES = {
    "bool": ("boolean", "true", "bool"),
    "small": ("smallint", "-32768", "int16"),
    "whole": ("integer", "2147483647", "int32"),
    "big": ("bigint", "9223372036854775807", "int64"),
    "real": ("real", "1.5", "float"),
    "double": ("double precision", "-1e300", "double"),
    "exact": ("numeric(12,2)", "-0.50", "decimal128(12, 2)"),
    "open": ("numeric", "12345.678", "decimal128(38, 3)"),
    "far": ("numeric(3,5)", "0.00123", "decimal128(5, 5)"),
    "huge": ("numeric(60,0)", "1e45", "double"),
    "word": ("varchar(20)", "'a, \"b\"'", "string"),
    "padded": ("char(4)", "'ab'", "string"),
    "letter": ('"char"', "'x'", "string"),
    "free": ("text", "E'two\\nlines, \"quoted\"'", "string"),
    "empty": ("text", "''", "string"),
    "id": ("uuid", "'0b5a7e36-1c4e-4f0a-9d7b-0123456789ab'", "string"),
    "doc": ("jsonb", "'{\"a\": [1, null]}'", "string"),
    "old_doc": ("json", "'[1]'", "string"),
    "day": ("date", "'2013-01-31'", "date32[day]"),
    "at": ("timestamptz", "'2013-01-31 10:00:00.123456+05:30'", "timestamp[us, tz=UTC]"),
    "local": ("timestamp", "'2013-01-31 10:00'", "timestamp[us]"),
    "clock": ("time", "'10:00'", "string"),
    "zoned": ("timetz", "'10:00+02'", "string"),
    "span": ("interval", "'1 day 02:00'", "string"),
    "bytes": ("bytea", "'\\x00ff'", "string"),
    "words": ("text[]", "ARRAY['a', NULL, 'b,c']", "string"),
    "cash": ("money", "'1234.50'", "string"),
    "net": ("inet", "'10.0.0.1/8'", "string"),
    "bits": ("bit(3)", "B'101'", "string"),
    "spot": ("point", "'(1,2)'", "string"),
    "range": ("int4range", "'[1,5)'", "string"),
    "xml": ("xml", "'<a/>'", "string"),
    "find": ("tsvector", "'a b'", "string"),
    "kind": ("oid", "4294967295", "int64"),
    "pair": ("tms.pair", "ROW(1, 'a')", "string"),
}


@pytest.fixture(scope="module")
def server():
    server = Postgres()
    try:
        server.psql(sql=TABLES)
        yield server
    finally:
        server.close()


def run(binary, server, *rest, address="", **environment) -> subprocess.CompletedProcess:
    command = [binary, "contract", "import", "--postgres", address or server.address(), *rest]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, env=clean | environment, check=False
    )


def imported(binary, server, table, folder, *rest) -> dict:
    """The draft of a table, which must be sound for ours and for the official schema."""
    draft = folder / "draft.odcs.yaml"
    done = run(binary, server, "--table", table, "-o", draft, *rest)
    assert done.returncode == 0, done.stderr
    document = load(draft)
    assert official_problems(document) == []
    (ours,) = check_files([draft])
    assert ours["error"] is None, draft.read_text()
    kept = {column["name"]: column["type"] for column in ours["objects"][0]["columns"]}
    columns = {column["name"]: column for column in document["schema"][0]["properties"]}
    return {"file": draft, "stderr": done.stderr, "document": document, "kept": kept, "columns": columns}


def judge(binary, draft, data, *rest) -> dict:
    """What `haul contract test` says: the verdict of each rule."""
    report = data.with_suffix(".json")
    subprocess.run(
        [binary, "contract", "test", draft["file"], "--data", data, "--json", report, *rest],
        capture_output=True,
        timeout=60,
        check=False,
    )
    return json.loads(report.read_text())


def exported(server, query, path):
    path.write_text(server.psql("-c", f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)"))
    return path


@pytest.fixture(scope="module")
def shipments(binary, server, tmp_path_factory):
    return imported(binary, server, "tms.shipments", tmp_path_factory.mktemp("shipments"))


def test_every_type_has_a_place_and_its_rows_pass(binary, server, tmp_path):
    columns = ", ".join(f'"{name}" {kind}' for name, (kind, _, _) in TYPES.items())
    values = ", ".join(value for _, value, _ in TYPES.values())
    server.psql(
        sql=f"CREATE TYPE tms.pair AS (a int, b text); CREATE TABLE tms.every ({columns});"
        f"INSERT INTO tms.every VALUES ({values}), ({', '.join('NULL' for _ in TYPES)});"
    )

    draft = imported(binary, server, "tms.every", tmp_path)

    assert draft["kept"] == {name: kept for name, (_, _, kept) in TYPES.items()}
    assert "2 rows, 35 columns" in draft["stderr"] and "0 of its rows break the draft" in draft["stderr"]
    report = judge(binary, draft, exported(server, "SELECT * FROM tms.every", tmp_path / "every.csv"))
    assert (report["verdict"], report["rows"], report["valid"]) == ("holds", 2, 2)
    text = draft["file"].read_text()
    assert "# note: text[] is kept as the text that COPY writes" in text
    assert "kept as DECIMAL(38,3)" in text and "46 before and 0 behind the point: kept as DOUBLE" in text


def test_the_draft_says_what_the_server_declares(shipments):
    columns, (table,) = shipments["columns"], shipments["document"]["schema"]

    assert shipments["document"]["description"]["purpose"] == 'One row is a shipment; it\'s "ours".'
    (place,) = shipments["document"]["servers"]
    assert (place["type"], place["host"], place["schema"]) == ("postgresql", "127.0.0.1", "tms")
    assert columns["shipment_id"]["primaryKey"] is True
    assert columns["reference"]["physicalType"] == "VARCHAR(12)" and columns["reference"]["unique"]
    assert columns["reference"]["logicalTypeOptions"] == {"pattern": "^SH[0-9]{4,}$"}
    assert columns["weight_kg"]["logicalTypeOptions"] == {"exclusiveMinimum": 0, "maximum": 30000}
    assert columns["weight_kg"]["description"] == "gross: with pallet"
    assert columns["load"]["logicalTypeOptions"] == {"minimum": 0, "maximum": 1}
    assert columns["pieces"]["logicalTypeOptions"] == {"minimum": 1, "maximum": 99}
    assert columns["due"]["logicalTypeOptions"] == {"minimum": "2013-01-01"}
    (values,) = columns["state"]["quality"]
    assert values["arguments"]["validValues"] == ["open", "in transit", "no"] and "severity" not in values
    assert columns["origin"]["relationships"] == [{"to": "depots.depot_id"}]
    rules = {rule["name"]: rule for rule in table["quality"]}
    assert rules["in_order"]["query"].endswith('WHERE NOT (("delivered" >= "picked_up"))')
    assert rules["known"]["type"] == "text" and "current_date" in rules["known"]["description"].lower()
    assert rules["shipments_origin_due_pieces_key"]["arguments"] == {
        "properties": ["origin", "due", "pieces"]
    }
    required = {name for name, column in columns.items() if "declared: " in name or column.get("required")}
    assert {"reference", "carrier", "weight_kg", "load", "state"} <= required and "origin" not in required
    text = shipments["file"].read_text()
    assert "required: true  # declared\n" in text and "# declared: CHECK shipments_weight_kg_check" in text
    assert (
        "# declared: tms.state NOT NULL DEFAULT 'open'::tms.state\n      # seen: 0 of 300 rows null" in text
    )


def test_its_own_rows_pass_the_draft(binary, server, shipments, tmp_path):
    data = exported(server, "SELECT * FROM tms.shipments", tmp_path / "shipments.csv")
    depots = exported(server, "SELECT * FROM tms.depots", tmp_path / "depots.csv")

    report = judge(binary, shipments, data, "--reference", f"depots={depots}")

    assert (report["verdict"], report["rows"], report["valid"]) == ("holds", 300, 300)
    assert {rule["status"] for rule in report["rules"]} == {"held"}
    assert "0 of its rows break the draft" in shipments["stderr"]


BREAKS = {
    "shipments.shipment_id.required": {"shipment_id": ""},
    "shipments.primary_key": {"shipment_id": "1"},
    "shipments.reference.unique": {"reference": "SH0001"},
    "shipments.reference.pattern": {"reference": "sh0500"},
    "shipments.reference.physicalType": {"reference": "SH00000000500"},
    "shipments.reference.required": {"reference": ""},
    "shipments.origin.references.depots.depot_id": {"origin": "BER"},
    "shipments_carrier_check": {"carrier": "ZZ"},
    "service_values": {"service": "sea"},
    "shipments.weight_kg.exclusiveMinimum": {"weight_kg": "0.000"},
    "shipments.weight_kg.maximum": {"weight_kg": "30000.001"},
    "shipments.load.maximum": {"load": "1.0001"},
    "shipments.load.required": {"load": ""},
    "shipments.pieces.minimum": {"pieces": "0"},
    "state_values": {"state": "lost"},
    "in_order": {"picked_up": "2013-02-01 00:00:00+00", "delivered": "2013-01-01 00:00:00+00"},
    "shipments.due.minimum": {"due": "2012-12-31"},
    "shipments.email.pattern": {"email": "nobody"},
    "shipments_origin_due_pieces_key": {"origin": "HAM", "due": "2013-02-01", "pieces": "2"},
}


def test_a_row_that_breaks_a_declared_constraint_is_found(binary, server, shipments, tmp_path):
    rows = (
        exported(server, "SELECT * FROM tms.shipments ORDER BY 1", tmp_path / "good.csv")
        .read_text()
        .splitlines()
    )
    depots = exported(server, "SELECT * FROM tms.depots", tmp_path / "depots.csv")
    good = "500,SH0500,HAM,DH,road,1.000,0.5,5,open,2013-02-01 00:00:00+00,,2019-01-31,a@example.org"
    header = rows[0].split(",")
    for rule, changes in BREAKS.items():
        broken = ",".join((dict(zip(header, good.split(","))) | changes).values())
        data = tmp_path / "broken.csv"
        data.write_text("\n".join([*rows, broken]) + "\n")

        report = judge(binary, shipments, data, "--reference", f"depots={depots}")

        found = {each["id"]: each["status"] for each in report["rules"]}
        assert found.get(rule) == "broken", (rule, found)
    data.write_text("\n".join([*rows, good]) + "\n")
    assert judge(binary, shipments, data, "--reference", f"depots={depots}")["verdict"] == "holds"


def test_what_no_contract_can_hold_is_said(binary, server, tmp_path):
    server.psql(
        sql="""CREATE TABLE public."Odd Things" ("planned time" timestamptz, "a b" int, a_b int, _offset int,
                 ratio numeric(4,2), x double precision, "to" date,
                 self int PRIMARY KEY REFERENCES "Odd Things",
                 EXCLUDE (a_b WITH =));
               CREATE UNIQUE INDEX partly ON "Odd Things" (_offset) WHERE a_b > 0;
               ALTER TABLE "Odd Things" ADD CONSTRAINT late CHECK (_offset > 0) NOT VALID;
               INSERT INTO "Odd Things" VALUES ('infinity', 1, 1, 1, 'NaN', 'NaN', '0044-03-15 BC', 1),
                 ('2013-01-31', 1, 2, 2, 1, -1, '2013-01-31', 2);"""
    )

    draft = imported(binary, server, '"Odd Things"', tmp_path)

    assert draft["document"]["name"] == "odd_things"
    assert list(draft["columns"]) == ["planned_time", "a_b_2", "a_b", "_offset_", "ratio", "x", "to", "self"]
    assert draft["columns"]["planned_time"]["physicalName"] == "planned time"
    text = draft["file"].read_text()
    for example in ("`infinity`", "`NaN`", "`0044-03-15 BC`"):
        assert f"1 value is none that its type holds ({example})" in text
    assert "1 of its rows break the draft" in draft["stderr"]
    rules = {rule["name"]: rule for rule in draft["document"]["schema"][0]["quality"]}
    assert rules["late"]["severity"] == "warning" and '("_offset_" > 0)' in rules["late"]["query"]
    assert rules["partly"]["type"] == "text" and rules["Odd Things_a_b_excl"]["type"] == "text"


def test_views_partitions_and_samples(binary, server, tmp_path):
    server.psql(
        sql="""CREATE VIEW tms.heavy AS SELECT * FROM tms.shipments WHERE weight_kg > 100;
               CREATE MATERIALIZED VIEW tms.copied AS SELECT * FROM tms.shipments;
               CREATE TABLE tms.scans (id int PRIMARY KEY, code text) PARTITION BY RANGE (id);
               CREATE TABLE tms.scans_1 PARTITION OF tms.scans FOR VALUES FROM (0) TO (1000000);
               INSERT INTO tms.scans SELECT n, 'c' || n FROM generate_series(1, 50000) n;
               ANALYZE tms.scans_1;"""
    )
    for table, rows in (("tms.heavy", 212), ("tms.copied", 300), ("tms.scans", 50_000)):
        folder = tmp_path / table
        folder.mkdir()

        assert f": {rows} rows, " in imported(binary, server, table, folder)["stderr"]

    draft = imported(binary, server, "tms.scans", tmp_path, "--rows", "5000")
    assert "5000 of about 50000 rows, " in draft["stderr"]
    assert draft["columns"]["id"]["primaryKey"] and "unique" not in draft["columns"]["code"]


def failure(done: subprocess.CompletedProcess) -> str:
    assert done.returncode == 1 and done.stdout == "", done
    assert done.stderr.startswith("haul: ")
    return done.stderr


def test_errors_say_what_to_do(binary, server):
    server.psql(
        sql="""CREATE ROLE clerk LOGIN PASSWORD 'very secret'; CREATE ROLE guest LOGIN;
               CREATE SEQUENCE tms.numbers;
               CREATE VIEW public.slow AS SELECT pg_sleep(30) IS NULL AS a;
               GRANT USAGE ON SCHEMA tms TO guest;"""
    )
    table = ("--table", "tms.shipments")

    assert "did you mean tms.shipments?" in failure(run(binary, server, "--table", "tms.shipmets"))
    assert "did you mean tms.shipments?" in failure(run(binary, server, "--table", "shipments"))
    assert "is a sequence" in failure(run(binary, server, "--table", "tms.numbers"))
    assert "--timeout" in failure(run(binary, server, "--table", "slow", "--timeout", "300ms"))
    guest = run(binary, server, *table, address=server.address(user="guest"))
    assert "permission denied" in failure(guest) and "GRANT SELECT" in guest.stderr
    clerk = server.address(user="clerk")
    assert "set PGPASSWORD" in failure(run(binary, server, *table, address=clerk))
    wrong = run(binary, server, *table, address=clerk, PGPASSWORD="a wrong one")
    assert "correct the user or the password" in failure(wrong) and "a wrong one" not in wrong.stderr
    assert "correct the database" in failure(run(binary, server, *table, address=server.address("nowhere")))
    closed = run(binary, server, *table, address="postgres://haul@127.0.0.1:1/postgres")
    assert "check host, port and that the server runs" in failure(closed)
    garbled = run(binary, server, *table, address="postgres://haul:pass word@[/x")
    assert "write postgres://user@host" in failure(garbled) and "pass word" not in garbled.stderr
    assert "--rows takes a number" in failure(run(binary, server, *table, "--rows", "many"))


def test_a_password_reaches_the_server_and_nothing_else(binary, server, tmp_path):
    server.psql(sql="GRANT USAGE ON SCHEMA tms TO clerk; GRANT SELECT ON tms.depots TO clerk;")
    (tmp_path / "address").write_text(server.address().replace("haul@", "clerk:very%20secret@") + "\n")

    for given in (
        {"address": f"file:{tmp_path}/address"},
        {"address": "env:TMS", "TMS": server.address(user="clerk")},
    ):
        done = run(binary, server, "--table", "tms.depots", **given, PGPASSWORD="very secret")

        assert done.returncode == 0, done.stderr
        assert "secret" not in done.stdout + done.stderr and "clerk" not in done.stdout


def test_a_server_that_goes_away_is_told(binary, tmp_path):
    server = Postgres()
    try:
        server.psql(
            sql="CREATE VIEW slow AS SELECT pg_sleep(0.01) IS NULL AS a, n FROM generate_series(1, 100000) n"
        )
        command = [binary, "contract", "import", "--postgres", server.address(), "--table", "slow"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reading:
            ends = time.monotonic() + 20
            while "COPY" not in server.psql(
                "-Atc", "SELECT query FROM pg_stat_activity WHERE query ~ '^COPY'"
            ):
                assert time.monotonic() < ends
                time.sleep(0.05)
            server.stop(signal.SIGQUIT)
            stdout, stderr = reading.communicate(timeout=30)

        assert reading.returncode == 1 and stdout == ""
        assert re.search("the server was stopped|connection to the server was lost", stderr), stderr
    finally:
        server.close()


def test_an_interrupt_ends_it(binary, server):
    command = [binary, "contract", "import", "--postgres", server.address(), "--table", "slow"]
    server.psql(sql="CREATE OR REPLACE VIEW public.slow AS SELECT pg_sleep(30) IS NULL AS a")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reading:
        time.sleep(1)
        reading.send_signal(signal.SIGINT)
        stdout, stderr = reading.communicate(timeout=10)

    assert reading.returncode == 1 and stdout == "" and "interrupted" in stderr


def test_a_file_and_a_table_are_not_both_taken(binary, tmp_path):
    both = [binary, "contract", "import", "x.csv", "--postgres", "postgres://a", "--table", "b"]

    assert subprocess.run(both, capture_output=True, check=False).returncode == 2
    none = subprocess.run([binary, "contract", "import"], capture_output=True, text=True, check=False)
    assert none.returncode == 1 and "name a FILE, or a table" in none.stderr
