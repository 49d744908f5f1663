"""A small project whose contract the tests change: NDJSON parcels through the log, CSV rates around it."""

import json
import pathlib
import subprocess

from conftest import Haul

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: urn:datacontract:test:{name}
name: {name}
version: {version}
status: active
schema:
  - name: {name}
    physicalType: table
    logicalType: object
{custom}    properties:
      - {{name: id, logicalType: string, required: true{key}}}
      - name: weight
        logicalType: integer
        physicalType: INTEGER
        logicalTypeOptions: {{format: i32, minimum: 0, maximum: {maximum}}}
      - {{name: driver, logicalType: string, classification: personal}}
{more}"""


def write_contract(haul: Haul, name: str, version="1.0.0", maximum=100, key=True, custom="", more="") -> None:
    """`custom` and `more` are YAML lines of the object and of its columns."""
    path = haul.project / "contracts" / f"{name}.odcs.yaml"
    path.write_text(
        CONTRACT.format(
            name=name,
            version=version,
            maximum=maximum,
            key=", primaryKey: true" if key else "",
            custom=custom,
            more=more,
        )
    )


def new_project(binary: pathlib.Path, folder: pathlib.Path) -> Haul:
    haul = Haul(binary, folder)
    for name in ("contracts", "sources", "flows"):
        (folder / name).mkdir(parents=True)
    (folder / "haul.yaml").write_text("project: parcels\n")
    write_contract(haul, "parcels")
    write_contract(haul, "rates")
    (folder / "sources" / "parcels.yaml").write_text(
        "source: parcels\ncontract: parcels\ndeliver: topic\n"
        "from: {kind: files, format: ndjson}\nkey: [id]\npartitions: 2\n"
    )
    (folder / "sources" / "rates.yaml").write_text(
        "source: rates\ncontract: rates\ndeliver: table\nfrom: {kind: files, format: csv}\n"
    )
    (folder / "flows" / "parcels.yaml").write_text(
        "flow: parcels\nsource: parcels\nkey: id\nevent_time: id\ncommit: {every: 20ms, bytes: 100KB}\n"
    )
    subprocess.run(haul.arguments("check"), check=True, capture_output=True)
    return haul


def send(haul: Haul, source: str, folder: pathlib.Path, rows: list, name: str) -> str:
    """Writes the rows as a file and sends it: dicts as NDJSON, lists as CSV behind a first row of names."""
    path = folder / name
    lines = [json.dumps(row) if isinstance(row, dict) else ",".join(map(str, row)) for row in rows]
    path.write_text("".join(f"{line}\n" for line in lines))
    haul.run("ingest", source, str(path), exit_codes=(0, 3))
    return str(path)


def replay(haul: Haul, source: str, *rest: str, exit_codes=(0,)) -> dict[tuple[str, str], int]:
    """Rows by (outcome, rule)."""
    done = haul.run("quarantine replay", source, *rest, "--format", "json", exit_codes=exit_codes)
    return {(row["outcome"], row["rule"]): row["rows"] for row in json.loads(done.stdout)}


def shown(haul: Haul, source: str, *rest: str) -> list[dict]:
    return json.loads(haul.run("quarantine show", source, *rest, "--format", "json").stdout)
