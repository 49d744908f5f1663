"""A disk that fills while clients send: they are told to come later, what was accepted stays, and the
server goes on by itself when there is room again. Needs root: the disk is a file with a file system in it."""

import json
import random
import subprocess
import time

import pytest
import requests

from parcels import new_project
from serving import NDJSON, Serve, problem, servers

pytestmark = pytest.mark.full

DISK_BYTES = 96_000_000
BALLAST_BYTES = 36_000_000
ROWS = 1_000  # a megabyte in each request


@pytest.fixture
def disk(tmp_path):
    image = tmp_path / "disk.img"
    image.touch()
    with open(image, "r+b") as file:
        file.truncate(DISK_BYTES)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-m", "0", image], check=True)
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-o", "loop", image, folder], check=True)
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture
def serve(binary, disk):
    haul = new_project(binary, disk / "project")

    def serve_with(settings: str) -> Serve:
        (haul.project / "haul.yaml").write_text(f"project: parcels\nserver: {settings}\n")
        return start(haul)

    with servers() as start:
        yield serve_with


def rows(part: int) -> bytes:
    rng = random.Random(part)
    lines = (
        json.dumps({"id": f"{part}-{i}", "weight": 1, "driver": rng.randbytes(500).hex()}) + "\n"
        for i in range(ROWS)
    )
    return "".join(lines).encode()


def fill(path, chunk: int = 1 << 20) -> None:
    """Until not a byte more fits."""
    with open(path, "wb", buffering=0) as file:
        while chunk > 0:
            try:
                file.write(bytes(chunk))
            except OSError:
                chunk //= 2


def post_until_taken(server: Serve, part: int, seconds: float = 60) -> dict:
    until = time.monotonic() + seconds
    while True:
        answer = server.post("parcels", rows(part), NDJSON)
        if answer.status_code == 200:
            return answer.json()
        assert time.monotonic() < until, answer.text
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True), answer.text
        time.sleep(0.1)


def test_nothing_is_taken_while_the_disk_is_nearly_full(disk, serve):
    server = serve("{free_disk_bytes_min: 20MB}")
    server.accept("parcels", rows(0), NDJSON)
    (disk / "other").write_bytes(bytes(70_000_000))

    refused = server.post("parcels", rows(1), NDJSON)

    assert (refused.status_code, problem(refused)["code"]) == (503, "disk_full")
    assert int(refused.headers["Retry-After"]) >= 1
    (disk / "other").unlink()
    server.receipt(server.accept("parcels", rows(1), NDJSON)["receipt"])
    assert server.stop() == 0
    assert server.haul.value("SELECT count(DISTINCT id) FROM silver.parcels") == 2 * ROWS


def test_what_was_accepted_stays_when_the_disk_fills_and_the_server_goes_on_when_there_is_room(disk, serve):
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(BALLAST_BYTES))
    server = serve("{free_disk_bytes_min: 1B}")
    accepted, refused = [], []
    for part in range(100):
        answer = server.post("parcels", rows(part), NDJSON)
        if answer.status_code == 200:
            accepted.append(answer.json()["receipt"])
            continue
        assert answer.status_code == 503 and "Retry-After" in answer.headers, answer.text
        refused.append(part)
        if len(refused) == 1:
            fill(disk / "rest")
        if len(refused) == 5:
            break
    assert accepted and refused
    assert requests.get(f"{server.url}/healthz", timeout=10).status_code == 200

    (disk / "rest").unlink()
    ballast.unlink()

    accepted += [post_until_taken(server, part)["receipt"] for part in refused]
    for receipt in accepted:
        assert server.receipt(receipt)["valid"] == ROWS
    server.wait_until_ready()
    assert server.stop() == 0
    haul = server.haul
    assert haul.value("SELECT count(*) FROM silver.parcels") == len(accepted) * ROWS
    assert haul.value("SELECT count(DISTINCT id) FROM silver.parcels") == len(accepted) * ROWS
    assert haul.value("SELECT count(*) FROM bronze.parcels") == len(accepted) * ROWS
