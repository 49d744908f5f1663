"""What the log keeps while `haul serve` and `haul ingest` run: what retention says and what is needed."""

import json
import time

import pytest

from parcels import new_project, send, write_contract
from serving import NDJSON, servers

KEPT = 4_000_000  # bytes; so segments have one megabyte
ROWS = 1_000  # a megabyte of them in each request


@pytest.fixture
def haul(binary, tmp_path):
    haul = new_project(binary, tmp_path / "project")
    source = haul.project / "sources" / "parcels.yaml"
    source.write_text(
        source.read_text().replace("partitions: 2", f"partitions: 1\nretention: {{age: 7d, bytes: {KEPT}B}}")
    )
    return haul


@pytest.fixture
def serve(haul):
    with servers() as start:
        yield lambda: start(haul)


def rows(part: int, weight: int = 1) -> bytes:
    lines = (
        json.dumps({"id": f"{part}-{i}", "weight": weight, "driver": "x" * 1_000}) + "\n" for i in range(ROWS)
    )
    return "".join(lines).encode()


def segments(haul) -> dict[int, int]:
    """Bytes of each segment by its first offset."""
    found = (haul.project / "log" / "topics" / "parcels").rglob("*.log")
    return {int(path.stem): path.stat().st_size for path in found}


def wait_until(happened, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_the_log_keeps_what_retention_says_and_the_tables_keep_everything(haul, serve):
    server = serve()
    receipts = [server.accept("parcels", rows(part), NDJSON)["receipt"] for part in range(12)]
    for receipt in receipts:
        assert server.receipt(receipt)["valid"] == ROWS

    wait_until(lambda: sum(segments(haul).values()) <= KEPT)

    assert sum(segments(haul).values()) > KEPT / 4
    assert server.accept("parcels", rows(0), NDJSON)["receipt"] == receipts[0]
    server.stop()
    server = serve()
    assert server.receipt(server.accept("parcels", rows(12), NDJSON)["receipt"])["valid"] == ROWS
    assert server.stop() == 0
    assert haul.value("SELECT count(DISTINCT id) FROM silver.parcels") == 13 * ROWS
    assert haul.value("SELECT count(*) FROM bronze.parcels") == 13 * ROWS


def test_what_a_flow_has_not_taken_stays_however_much_it_is(haul, serve):
    server = serve()
    landed = server.accept("parcels", rows(0), NDJSON)["receipt"]
    assert server.receipt(landed)["valid"] == ROWS
    server.stop()
    contract = haul.project / "contracts" / "parcels.odcs.yaml"
    contract.write_text(contract.read_text() + "customProperties: [{property: onViolation, value: block}]\n")
    server = serve()
    for part in range(1, 10):
        server.accept("parcels", rows(part, weight=101), NDJSON)

    wait_until(lambda: min(segments(haul)) > 0)  # what had landed before is gone
    assert min(segments(haul)) <= ROWS
    server.stop()
    write_contract(haul, "parcels", version="1.1.0", maximum=200)
    assert serve().stop() == 0

    assert haul.value("SELECT count(DISTINCT id) FROM silver.parcels") == 10 * ROWS


def test_a_command_drops_what_it_has_landed(haul, tmp_path):
    for part in range(7):
        send(
            haul,
            "parcels",
            tmp_path,
            [json.loads(line) for line in rows(part).splitlines()],
            f"{part}.ndjson",
        )

    assert sum(segments(haul).values()) <= KEPT
    assert haul.value("SELECT count(DISTINCT id) FROM silver.parcels") == 7 * ROWS
