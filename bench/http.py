"""NDJSON over loopback into `haul serve`, answered after the sync: how much, and how long one waits.

The flow runs beside it, as it does for users: the same two cores decode, check and write tables meanwhile.
The peer is a bare loop that writes the same bytes and syncs after each request's worth.
"""

import json
import pathlib
import subprocess
import tempfile

from measure import HAUL, ROOT, Measurement, write

BUILD = ROOT / "build" / "release"
LOAD = BUILD / "bench" / "haul_http_load"
EVENTS = 1_000  # a request, at full speed
SECONDS = 8

FILES = {
    "haul.yaml": "project: bench\n",
    "sources/positions.yaml": """\
source: positions
contract: positions
deliver: topic
from: {kind: stdin, format: ndjson}
key: [vehicle_id]
partitions: 2
""",
    "flows/positions.yaml": """\
flow: positions
source: positions
key: [vehicle_id]
event_time: ts
dedupe: {by: [event_id]}
commit: {every: 1s, bytes: 64MB}
""",
    "contracts/positions.odcs.yaml": """\
apiVersion: v3.1.0
kind: DataContract
id: urn:datacontract:bench:positions
name: positions
version: 1.0.0
status: active
schema:
  - name: positions
    logicalType: object
    properties:
      - {name: event_id, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 1}
      - {name: vehicle_id, logicalType: string, required: true}
      - {name: ts, logicalType: timestamp, required: true}
      - {name: lat, logicalType: number, logicalTypeOptions: {minimum: -90, maximum: 90}}
      - {name: lon, logicalType: number, logicalTypeOptions: {minimum: -180, maximum: 180}}
      - {name: speed_kmh, logicalType: number}
      - {name: heading_deg, logicalType: integer}
      - {name: status, logicalType: string}
      - {name: note, logicalType: string}
""",
}


def load(*arguments) -> dict:
    done = subprocess.run([LOAD, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def serve(project: pathlib.Path) -> tuple[subprocess.Popen, str]:
    server = subprocess.Popen(
        [HAUL, "serve", "-C", project, "--listen", "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return server, server.stdout.readline().strip().rsplit(":", 1)[1]


def main() -> None:
    subprocess.run(["ninja", "-C", BUILD, "haul", "haul_http_load"], check=True, stdout=subprocess.DEVNULL)
    # Beside the build, not in a temporary folder: that may be memory, which has nothing to sync.
    with tempfile.TemporaryDirectory(prefix="http-", dir=BUILD) as folder:
        project = pathlib.Path(folder)
        for name, text in FILES.items():
            (project / name).parent.mkdir(exist_ok=True)
            (project / name).write_text(text)
        server, port = serve(project)
        try:
            steady = load(port, 100_000, SECONDS, 200, 64)
            full = load(port, 0, SECONDS, EVENTS, 16)
        finally:
            server.terminate()
            server.wait(timeout=120)
        bare = load("bare", project / "bare", SECONDS / 2, EVENTS)
    write(
        "http",
        [
            Measurement(
                name="POST NDJSON, 1,000 events a request, 16 connections, durable",
                unit="events/s",
                value=full["events_per_s"],
                better="higher",
                goal=300_000,
            ),
            Measurement(
                name="the same beside a bare write + fdatasync",
                unit="events/s",
                value=full["events_per_s"],
                better="higher",
                peer="bare write + fdatasync",
                peer_value=bare["events_per_s"],
            ),
            Measurement(
                name="POST NDJSON at 100,000 events/s, 200 a request, p99",
                unit="ms",
                value=steady["p99_ms"],
                better="lower",
                goal=50,
            ),
            Measurement(name="the same, p50", unit="ms", value=steady["p50_ms"], better="lower"),
        ],
    )


if __name__ == "__main__":
    main()
