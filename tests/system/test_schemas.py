"""The JSON Schemas of schemas/ accept the example project and reject what is wrong in it."""

import copy
import json

import jsonschema
import pytest
import yaml

from flights_models import PROJECT, ROOT

SCHEMA_OF = {
    "haul.yaml": "haul",
    "sources": "source",
    "flows": "flow",
    "tests": "test",
    "contracts/consumers": "consumer",
}


def schema(kind):
    return json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_text())


def errors(kind, document):
    return [e.message for e in jsonschema.Draft202012Validator(schema(kind)).iter_errors(document)]


def example_files():
    for project in sorted(PROJECT.parent.iterdir()):
        yield pytest.param("haul", project / "haul.yaml", id=f"{project.name}/haul.yaml")
        for folder in ("sources", "flows", "tests", "contracts/consumers"):
            for path in sorted((project / folder).glob("*.yaml")):
                yield pytest.param(SCHEMA_OF[folder], path, id=f"{project.name}/{folder}/{path.name}")


def load(path):
    return yaml.safe_load(path.read_text())


def closed_objects(node, where="#"):
    """Every object schema with named properties, and whether it is closed."""
    if isinstance(node, dict):
        if node.get("type") == "object" and "properties" in node:
            yield where, node.get("additionalProperties") is False
        for key, value in node.items():
            yield from closed_objects(value, f"{where}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from closed_objects(value, f"{where}/{index}")


def named_properties(node, where="#"):
    """Every property of every object schema; the conditional parts only repeat some of them."""
    if isinstance(node, dict):
        for name, value in node.get("properties", {}).items() if node.get("type") == "object" else ():
            yield f"{where}/{name}", value
        for key, value in node.items():
            if key not in ("if", "then", "else", "allOf"):
                yield from named_properties(value, f"{where}/{key}")


@pytest.mark.parametrize("kind", sorted(SCHEMA_OF.values()))
def test_a_schema_is_valid_closed_and_described_throughout(kind):
    jsonschema.Draft202012Validator.check_schema(schema(kind))

    assert [where for where, closed in closed_objects(schema(kind)) if not closed] == []
    assert [where for where, value in named_properties(schema(kind)) if "description" not in value] == []


@pytest.mark.parametrize("kind, path", list(example_files()))
def test_the_example_is_valid(kind, path):
    assert errors(kind, load(path)) == []


@pytest.mark.parametrize("kind, path", list(example_files()))
def test_an_unknown_key_is_rejected_wherever_keys_are_named(kind, path):
    document = load(path)
    document["unknwon"] = 1

    assert any("unknwon" in message for message in errors(kind, document))


@pytest.mark.parametrize("kind, path", list(example_files()))
def test_leaving_out_any_required_key_is_rejected(kind, path):
    for key in schema(kind)["required"]:
        document = load(path)
        del document[key]

        assert any(f"'{key}' is a required property" in message for message in errors(kind, document)), key


MUTATIONS = [
    ("haul", "haul.yaml", ["project"], "Flights 2013"),
    ("haul", "haul.yaml", ["log", "kind"], "embeded"),
    ("haul", "haul.yaml", ["log", "partitions"], 0),
    ("haul", "haul.yaml", ["storage", "lake"], "./lake"),
    ("haul", "haul.yaml", ["storage", "lakes"], "file:./lake"),
    ("source", "sources/legs.yaml", ["deliver"], "topics"),
    ("source", "sources/legs.yaml", ["key"], []),
    ("source", "sources/legs.yaml", ["key"], ["carrier", "carrier"]),
    ("source", "sources/legs.yaml", ["partitions"], "4"),
    ("source", "sources/legs.yaml", ["retention", "age"], "7 weeks"),
    ("source", "sources/legs.yaml", ["event_time"], "time_hour"),  # the flow says it for a topic
    ("source", "sources/legs.yaml", ["from", "format"], "ndjson"),  # with a csv block beside it
    ("source", "sources/legs.yaml", ["from", "csv", "null"], "NA"),
    ("source", "sources/legs.yaml", ["from", "csv", "delimiter"], ";;"),
    ("source", "sources/sites.yaml", ["key"], ["faa"]),  # a table has no partitions to choose
    ("source", "sources/sites.yaml", ["retention"], {"age": "7d"}),
    ("source", "../partners/sources/carrier_status.yaml", ["from", "message"], "856"),
    ("source", "../partners/sources/carrier_status.yaml", ["from", "format"], "edifact"),  # has no 214
    ("source", "../partners/sources/carrier_status.yaml", ["from", "format"], "csv"),
    ("source", "../partners/sources/carrier_status.yaml", ["acknowledge"], {}),
    ("source", "../partners/sources/rates.yaml", ["acknowledge"], {"dir": "acks"}),  # delivers to a table
    ("flow", "flows/legs.yaml", ["dedupe"], {"within": "1h"}),
    ("flow", "flows/legs.yaml", ["commit", "bytes"], "64 megabytes"),
    ("flow", "flows/legs.yaml", ["event_time"], ["time_hour"]),
    ("consumer", "contracts/consumers/punctuality_board.yaml", ["columns", 0, "type"], "text"),
    ("consumer", "contracts/consumers/punctuality_board.yaml", ["columns"], []),
    ("consumer", "contracts/consumers/punctuality_board.yaml", ["rules"], "leg_leaves_its_origin"),
    ("consumer", "contracts/consumers/punctuality_board.yaml", ["freshness"], 1),
    ("test", "tests/silver_legs.yaml", ["model"], "legs"),
    ("test", "tests/silver_legs.yaml", ["cases"], []),
    ("test", "tests/silver_legs.yaml", ["cases", 0, "name"], "A Sentence"),
    ("test", "tests/silver_legs.yaml", ["cases", 0, "expects"], []),
    ("test", "tests/silver_legs.yaml", ["cases", 0, "expect", 0, "leg_id"], ["a", "list"]),
    ("test", "tests/silver_legs.yaml", ["given", "sites"], []),
]


@pytest.mark.parametrize(
    "kind, file, at, value", MUTATIONS, ids=lambda v: "/".join(map(str, v)) if isinstance(v, list) else None
)
def test_a_wrong_value_is_rejected(kind, file, at, value):
    document = load(PROJECT / file)
    assert errors(kind, copy.deepcopy(document)) == []

    node = document
    for step in at[:-1]:
        node = node[step]
    node[at[-1]] = value

    assert errors(kind, document) != []


@pytest.mark.parametrize("version", ["odcs_3_1", "odcs_3_2"])
@pytest.mark.parametrize("path", sorted((PROJECT / "contracts").glob("*.odcs.yaml")), ids=lambda p: p.name)
def test_a_contract_is_valid_by_the_standards_own_schema(path, version):
    official = ROOT / ".deps" / version / "schema.json"
    if not official.exists():
        pytest.skip(f"no {official}: run ./dev setup")

    problems = jsonschema.Draft201909Validator(json.loads(official.read_text())).iter_errors(load(path))

    assert [(list(p.absolute_path), p.message) for p in problems] == []


def test_every_rule_of_a_contract_has_a_name_of_its_own():
    for path in sorted((PROJECT / "contracts").glob("*.odcs.yaml")):
        (table,) = load(path)["schema"]
        rules = table.get("quality", []) + [r for c in table["properties"] for r in c.get("quality", [])]
        names = [rule["name"] for rule in rules]

        assert all("logicalType" in column for column in table["properties"])
        assert len(set(names)) == len(names) and all(rule["id"] == rule["name"] for rule in rules), path
