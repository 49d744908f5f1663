"""NDJSON over loopback into `haul serve`, answered after the sync: how much, and how long one waits.

The flow runs beside it, as it does for users: the same two cores decode, check and write tables meanwhile.
The peer is a bare loop that writes the same bytes and syncs after each request's worth. Where this runs
as root, server and clients go before the rest of the machine; the server's stages say what is left of it.
"""

import collections
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import threading

from measure import HAUL, ROOT, Measurement, write

# Python puts this folder first, and this file has the name of a module that others import.
sys.path = [path for path in sys.path if pathlib.Path(path).resolve() != ROOT / "bench"]

BUILD = ROOT / "build" / "release"
LOAD = BUILD / "bench" / "haul_http_load"
EVENTS = 1_000  # a request, at full speed
SECONDS = 8
FIRST = ["nice", "-n", "-10"] if os.geteuid() == 0 else []
MALFORMED = 500

FILES = {
    "haul.yaml": "project: bench\n",
    "sources/positions.yaml": """\
source: positions
contract: positions
deliver: topic
from: {kind: http}
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


# A second source, which malformed requests are sent to.
FILES |= {
    path.replace("positions", "legs"): text.replace("positions", "legs")
    for path, text in FILES.items()
    if "positions" in path
}


def load(*arguments) -> dict:
    done = subprocess.run([*FIRST, LOAD, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def serve(project: pathlib.Path) -> tuple[subprocess.Popen, str]:
    server = subprocess.Popen(
        [*FIRST, HAUL, "serve", "-C", project, "--listen", "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return server, server.stdout.readline().strip().rsplit(":", 1)[1]


def stages(port: str) -> dict[str, dict[float, int]]:
    """By stage: requests that were in it for at most so many seconds."""
    import urllib.request

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        text = answer.read().decode()
    found: dict[str, dict[float, int]] = collections.defaultdict(dict)
    for le, stage, count in re.findall(
        r'^haul_ingest_stage_bucket\{le="([^"]+)",stage="(\w+)"\} (\d+)', text, re.MULTILINE
    ):
        found[stage][float(le)] = int(count)
    return found


def p99_ms(counts: dict[float, int]) -> float:
    """The least bound that 99 of 100 requests kept."""
    bounds = sorted(counts)
    kept = (bound for bound in bounds[:-1] if counts[bound] >= 0.99 * counts[bounds[-1]])
    return 1_000 * next(kept, 10)


def send_malformed(port: str) -> None:
    """One producer that sends nothing good, to a source of its own."""
    sys.path.append(str(ROOT / "tests" / "system"))
    from test_malformed import Malformed, send

    rng = random.Random(1)
    malformed = Malformed(rng, b"".join(b'{"event_id":"%d"}\n' % number for number in range(50)))
    for _ in range(MALFORMED):
        send(("127.0.0.1", int(port)), malformed.make()[1])


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
            taken = stages(port)
            malformed = threading.Thread(target=send_malformed, args=[port])
            malformed.start()
            beside = load(port, 100_000, SECONDS, 200, 64)
            malformed.join()
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
            *(
                Measurement(
                    name=f"the same, p99 of stage {stage}, at most",
                    unit="ms",
                    value=p99_ms(counts),
                    better="lower",
                )
                for stage, counts in taken.items()
            ),
            Measurement(
                name=f"100,000 events/s while another producer sends {MALFORMED} malformed requests",
                unit="events/s",
                value=beside["events_per_s"],
                better="higher",
                peer="without them",
                peer_value=steady["events_per_s"],
                goal=0.95,
            ),
        ],
    )


if __name__ == "__main__":
    main()
