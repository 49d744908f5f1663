"""The example project is right: SQL against oracle, contracts against data, tests against SQL."""

import datetime
import random
import re
import sys

import pytest

import flights_models as example

sys.path.insert(0, str(example.ROOT / "tests" / "system" / "oracle"))
import flights_oracle  # noqa: E402

DATA = example.data_directory()
needs_data = pytest.mark.skipif(
    DATA is None, reason="no flights.csv: set HAUL_FLIGHTS_DATA or run ./dev setup"
)


@pytest.fixture(scope="module")
def db():
    db = example.connect()
    example.load_inputs(db, DATA)
    example.run_models(db)
    return db


@pytest.fixture(scope="module")
def oracle():
    db = flights_oracle.open_raw(DATA)
    flights_oracle.place_legs(db)
    return db


@needs_data
def test_the_raw_files_hold_what_the_design_says(oracle):
    assert flights_oracle.facts(oracle) == {
        "legs": 336_776,
        "cancelled": 8_255,
        "carriers": 16,
        "destinations": 105,
        "legs_without_tail_number": 2_512,
        "legs_without_vehicle_record": 52_606,  # 50,094 have an unknown tail number, 2,512 none
        "legs_to_unknown_site": 7_602,
        "departed_without_arrival_delay": 1_175,
        "weather_rows": 26_115,
        "weather_rows_quarantined": 1,
        "vehicles": 3_322,
        "sites": 1_458,
    }


@needs_data
def test_the_sites_that_legs_go_to_and_the_table_lacks_are_four(db):
    lacked = db.execute(
        "SELECT dest, count(*) FROM silver.flights WHERE dest NOT IN (SELECT faa FROM silver.sites) "
        "GROUP BY 1 ORDER BY 1"
    ).fetchall()

    assert lacked == [("BQN", 896), ("PSE", 365), ("SJU", 5_819), ("STT", 522)]


@needs_data
@pytest.mark.parametrize("dataset", sorted(flights_oracle.DATASETS))
def test_gold_equals_the_oracle_row_by_row(db, oracle, dataset):
    columns = [
        column[0] for column in oracle.execute(f"DESCRIBE {flights_oracle.DATASETS[dataset]}").fetchall()
    ]
    shown = [
        {"day": "strftime(day, '%Y-%m-%d')", "hour": "strftime(hour, '%Y-%m-%dT%H:%M:%SZ')"}.get(c, c)
        for c in columns
    ]

    ours = db.execute(f"SELECT {', '.join(shown)} FROM {dataset} ORDER BY 1, 2, 3").fetchall()
    theirs = oracle.execute(f"SELECT * FROM ({flights_oracle.DATASETS[dataset]}) ORDER BY 1, 2, 3").fetchall()

    assert [c[0] for c in db.execute(f"DESCRIBE {dataset}").fetchall()] == columns
    assert ours == theirs


@needs_data
def test_actual_arrivals_show_the_reported_time_on_the_destinations_clock(db):
    """The reported clock time is an independent witness: the model adds the delay to the plan."""
    checked, wrong = db.execute("""
        SELECT count(*), count(*) FILTER (
            WHERE CAST(strftime(timezone(coalesce(s.tzone, 'America/Puerto_Rico'), l.actual_arrival), '%H%M')
                       AS INTEGER)
                  <> f.arr_time % 2400)
        FROM silver.legs l
        JOIN silver.flights f
          ON l.leg_id = strftime(f.time_hour, '%Y%m%dT%H-') || f.carrier || '-' || f.flight || '-' || f.origin
        LEFT JOIN silver.sites s ON s.faa = f.dest
        WHERE l.actual_arrival IS NOT NULL""").fetchone()

    assert checked == 327_346
    assert wrong == 1  # DL 10 March: reported as 02:03, an hour that this night did not have


@needs_data
def test_every_contract_rule_counts_what_its_description_says(db):
    expected = {  # the rules that some row of the data breaks
        "tailnum_given": 2_512,
        "departed_leg_has_arrival_delay": 1_175,
        "tailnum_is_american": 4,
        "legs.dest references sites": 7_602,
        "legs.tailnum references vehicles": 50_094,
        "tzone_given": 3,
        "site_is_in_america": 3,
    }
    counted = {}
    for name, dataset in example.DATASET_OF_CONTRACT.items():
        (table,) = example.contract(name)["schema"]
        for rule in table.get("quality", []):
            if rule.get("type") == "sql":
                counted[rule["name"]] = db.execute(rule["query"].replace("{object}", dataset)).fetchone()[0]
        for column in table["properties"]:
            for relationship in column.get("relationships", []):
                parent, key = relationship["to"].split(".")
                counted[f"{name}.{column['name']} references {parent}"] = db.execute(
                    f"SELECT count(*) FROM {dataset} "
                    f"WHERE {column['name']} NOT IN (SELECT {key} FROM silver.{parent})"
                ).fetchone()[0]
            for rule in column.get("quality", []):
                if rule["metric"] == "invalidValues":
                    bad = f"{column['name']} NOT IN {tuple(rule['arguments']['validValues'])}"
                elif rule.get("unit") == "percent":
                    continue
                else:
                    bad = f"{column['name']} IS NULL"
                counted[rule["name"]] = db.execute(f"SELECT count(*) FROM {dataset} WHERE {bad}").fetchone()[
                    0
                ]

    assert {name: rows for name, rows in counted.items() if rows} == expected


@needs_data
def test_every_column_keeps_the_bounds_of_its_contract(db):
    broken = []
    for name, dataset in example.DATASET_OF_CONTRACT.items():
        for column in example.contract(name)["schema"][0]["properties"]:
            c, options = f'"{column["name"]}"', column.get("logicalTypeOptions", {})
            quoted = "'{}'" if column["logicalType"] == "timestamp" else "{}"
            bad = {
                "required": f"{c} IS NULL" if column.get("required") else None,
                "minimum": f"{c} < {quoted.format(options['minimum'])}" if "minimum" in options else None,
                "maximum": f"{c} > {quoted.format(options['maximum'])}" if "maximum" in options else None,
                "multipleOf": f"{c} % {options['multipleOf']} <> 0" if "multipleOf" in options else None,
                "minLength": f"length({c}) < {options['minLength']}" if "minLength" in options else None,
                "maxLength": f"length({c}) > {options['maxLength']}" if "maxLength" in options else None,
                "pattern": (
                    f"NOT regexp_matches({c}, '{options['pattern']}')" if "pattern" in options else None
                ),
            }
            for clause, where in bad.items():
                rows = (
                    db.execute(f"SELECT count(*) FROM {dataset} WHERE {where}").fetchone()[0] if where else 0
                )
                if rows:
                    broken.append((dataset, column["name"], clause, rows))

    assert broken == []


@needs_data
@pytest.mark.parametrize("contract", sorted(example.FILE_OF_CONTRACT))
def test_the_contract_names_the_columns_of_the_file_in_order(contract):
    header = (DATA / example.FILE_OF_CONTRACT[contract]).open().readline().strip().split(",")

    assert list(example.columns_of(contract)) == header


@needs_data
@pytest.mark.parametrize("model", sorted(example.models()))
def test_the_grain_of_a_model_is_unique_and_its_audits_pass(db, model):
    model = example.models()[model]

    grain = ", ".join(model.grain)
    repeated = db.execute(
        f"SELECT {grain} FROM {model.name} GROUP BY {grain} HAVING count(*) > 1 LIMIT 3"
    ).fetchall()
    bad = {name: db.execute(example.audits()[name].sql).fetchall()[:3] for name in model.audits}

    assert repeated == []
    assert {name: rows for name, rows in bad.items() if rows} == {}


def test_every_audit_belongs_to_a_model_and_every_model_is_tested():
    used = [name for model in example.models().values() for name in model.audits]
    tested = {
        example.yaml.safe_load(path.read_text())["model"] for path in example.PROJECT.glob("tests/*.yaml")
    }

    assert sorted(used) == sorted(example.audits())
    assert tested == set(example.models())


@needs_data
@pytest.mark.parametrize("name", sorted(example.models()))
def test_a_day_computed_alone_equals_that_day_of_the_whole_year(db, name):
    """Lookback and lookahead of the header are enough: the platform shows a model no other rows."""
    model = example.models()[name]
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    days = [
        datetime.date(2013, 1, 1),
        datetime.date(2013, 3, 10),
        datetime.date(2013, 11, 3),
        datetime.date(2013, 12, 31),
    ]
    days += [
        datetime.date(2013, 1, 1) + datetime.timedelta(days=random.Random(seed).randrange(365))
        for _ in range(6)
    ]
    event_time = example.EVENT_TIME_OF_INPUT | {m.name: m.time_column for m in example.models().values()}

    for day in days:
        sql = model.sql
        for dataset in model.inputs(db):
            if dataset in event_time:
                first = day - datetime.timedelta(days=model.lookback_days)
                end = day + datetime.timedelta(days=1 + model.lookahead_days)
                limited = (
                    f"(SELECT * FROM {dataset} "
                    f"WHERE {event_time[dataset]} >= TIMESTAMPTZ '{first} 00:00:00+00' "
                    f"AND {event_time[dataset]} < TIMESTAMPTZ '{end} 00:00:00+00')"
                )
                sql = re.sub(rf"\b{re.escape(dataset)}\b(?! *\.)", limited, sql)
        span = (
            f"{model.time_column} >= TIMESTAMPTZ '{day} 00:00:00+00' "
            f"AND {model.time_column} < TIMESTAMPTZ '{day + datetime.timedelta(days=1)} 00:00:00+00'"
        )
        alone = f"SELECT * FROM ({sql}) WHERE {span}"
        whole = f"SELECT * FROM {model.name} WHERE {span}"

        rows, lost, gained = db.execute(
            f"SELECT (SELECT count(*) FROM ({whole})), (SELECT count(*) FROM ({whole} EXCEPT ALL {alone})), "
            f"(SELECT count(*) FROM ({alone} EXCEPT ALL {whole}))"
        ).fetchone()

        assert rows > 0 and (lost, gained) == (0, 0), f"{name} on {day} (seed {seed})"


def all_cases():
    for path in sorted(example.PROJECT.glob("tests/*.yaml")):
        suite = example.yaml.safe_load(path.read_text())
        for case in suite["cases"]:
            yield pytest.param(
                suite["model"],
                {**suite.get("given", {}), **case["given"]},
                case["expect"],
                id=f"{suite['model']}:{case['name']}",
            )


@pytest.mark.parametrize("model, given, expect", list(all_cases()))
def test_given_rows_give_the_expected_rows(model, given, expect):
    db = example.connect()
    example.create_empty_inputs(db)
    for m in example.in_dependency_order(db):  # gives every model's output its columns
        db.execute(f"CREATE TABLE {m.name} AS {m.sql}")
    for dataset, rows in given.items():
        insert_rows(db, dataset, rows)
    names = list(dict.fromkeys(key for row in expect for key in row))

    db.execute(
        f"CREATE TABLE expected AS SELECT {', '.join(names)} FROM ({example.models()[model].sql}) LIMIT 0"
    )
    insert_rows(db, "expected", expect)
    missing = db.execute(
        f"FROM expected EXCEPT ALL SELECT {', '.join(names)} FROM ({example.models()[model].sql})"
    )
    missing = missing.fetchall()
    surplus = db.execute(
        f"SELECT {', '.join(names)} FROM ({example.models()[model].sql}) EXCEPT ALL FROM expected"
    )
    surplus = surplus.fetchall()

    assert given.keys() <= example.models()[model].inputs(db)
    assert (missing, surplus) == ([], [])


def insert_rows(db, table, rows):
    """Values are given as YAML writes them; DuckDB casts each to its column's type."""
    for row in rows:
        values = [
            "NULL" if value is None else "'" + str(value).replace("'", "''") + "'" for value in row.values()
        ]
        db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(values)})")
