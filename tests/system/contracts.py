"""What the tests of contracts share: our reader, the official JSON Schemas, and contracts to feed them."""

import functools
import json
import os
import pathlib
import re
import subprocess

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOOD = ROOT / "src" / "contract" / "test" / "data" / "scans.odcs.yaml"
EXAMPLES = sorted((ROOT / "examples").glob("*/contracts/*.odcs.yaml"))
OFFICIAL = {"v3.1.0": "odcs_3_1", "v3.2.0": "odcs_3_2"}


def checker() -> pathlib.Path:
    path = pathlib.Path(
        os.environ.get(
            "HAUL_CONTRACT_CHECK", ROOT / "build" / "dev" / "src" / "contract" / "haul_contract_check"
        )
    )
    assert path.is_file(), f"{path} is missing: run ./dev build"
    return path


def check_files(paths) -> list[dict]:
    done = subprocess.run([checker(), *paths], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def check_documents(documents, folder: pathlib.Path) -> list[dict]:
    """JSON is YAML: a generated document goes to the reader as it is."""
    paths = []
    for number, document in enumerate(documents):
        paths.append(folder / f"{number}.odcs.yaml")
        paths[-1].write_text(json.dumps(document))
    return check_files(paths)


class CoreLoader(yaml.SafeLoader):
    """The core schema of YAML 1.2; PyYAML's own is 1.1, where `no` is false and 2013-01-01 a date."""

    yaml_implicit_resolvers = {}


CoreLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|Null|NULL|~|)$"), None)
CoreLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), None
)
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), None)
CoreLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$"),
    None,
)


def load(path: pathlib.Path) -> dict:
    return yaml.load(path.read_text(), CoreLoader)


@functools.cache
def official(version: str) -> jsonschema.Draft201909Validator:
    path = ROOT / ".deps" / OFFICIAL[version] / "schema.json"
    assert path.is_file(), f"{path} is missing: run ./dev setup"
    return jsonschema.Draft201909Validator(json.loads(path.read_text()))


def official_problems(document) -> list:
    return [
        (list(p.absolute_path), p.message[:200])
        for p in official(document["apiVersion"]).iter_errors(document)
    ]


def everything() -> dict:
    """A contract of v3.2.0 with most of what the standard has."""
    return {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": "urn:x",
        "name": "x",
        "version": "1.0.0",
        "tenant": "t",
        "domain": "d",
        "dataProduct": "p",
        "tags": ["a"],
        "context": {
            "instructions": "i",
            "verifiedStatements": [{"question": "q", "answer": "a"}],
            "constraints": [{"constraint": "c"}],
        },
        "contractCreatedTs": "2024-01-31T12:00:00Z",
        "description": {"purpose": "p", "customProperties": [{"property": "a", "value": [1]}]},
        "servers": [
            {"server": "a", "type": "sftp", "location": "sftp://h/x", "roles": [{"role": "r"}]},
            {"server": "b", "type": "kafka", "host": "h", "encoding": "UTF-8"},
            {
                "server": "c",
                "type": "postgres",
                "host": "h",
                "port": "${PORT}",
                "database": "d",
                "schema": "s",
            },
            {"server": "d", "type": "iceberg", "catalog": "c", "catalogUrl": "u"},
        ],
        "schema": [
            {
                "name": "t",
                "synonyms": [{"synonym": "u"}],
                "deprecated": False,
                "properties": [
                    {
                        "name": "a",
                        "logicalType": "string",
                        "enum": [{"value": "x", "label": "X"}, {"value": "y"}],
                        "semanticType": "dimension",
                        "relationships": [{"id": "r", "to": "u.k"}, {"to": "o.yml#/schema/u/properties/k"}],
                        "examples": ["x", None],
                        "authoritativeDefinitions": [{"url": "u", "type": "t"}],
                        "quality": [
                            {"metric": "invalidValues", "arguments": {"pattern": "^x"}, "mustBe": 0},
                            {"type": "custom", "engine": "soda", "implementation": {"a": 1}},
                        ],
                    },
                    {
                        "name": "o",
                        "logicalType": "object",
                        "logicalTypeOptions": {"required": ["p"]},
                        "properties": [
                            {"name": "p", "logicalType": "integer", "logicalTypeOptions": {"minimum": 1}}
                        ],
                    },
                    {"name": "l", "logicalType": "array", "items": {"logicalType": "date"}},
                ],
                "quality": [
                    {"type": "sql", "query": "SELECT count(*) FROM {object}", "mustBeGreaterThan": 0}
                ],
            }
        ],
        "support": [{"channel": "c", "url": "u"}],
        "price": {"priceAmount": 1.5, "priceCurrency": "EUR"},
        "team": [{"username": "u", "role": "Owner", "dateIn": "2024-01-31"}],
        "roles": [{"role": "r", "access": "read"}],
        "slaProperties": [
            {"property": "latency", "value": 1, "customProperties": [{"property": "a", "value": None}]}
        ],
        "customProperties": [{"property": "x", "value": {"y": 1}, "vendor": "v"}],
    }


def without_v32(document):
    """The same contract as one of v3.1.0."""
    document.update(apiVersion="v3.1.0", status="active")
    document["servers"] = document["servers"][:1]
    del (
        document["context"],
        document["customProperties"][0]["vendor"],
        document["slaProperties"][0]["customProperties"],
    )
    (table,) = document["schema"]
    del table["synonyms"], table["deprecated"]
    column = table["properties"][0]
    del column["enum"], column["semanticType"], column["relationships"][0]["id"]
    return document
