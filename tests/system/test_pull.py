"""A partner's HTTP interface, asked page by page: every row once, whatever happens in between."""

import http.server
import json
import os
import random
import signal
import subprocess
import threading
import time
import urllib.parse

import pytest

from conftest import Haul

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: urn:datacontract:test:orders
name: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: order_id, logicalType: string, primaryKey: true}
      - {name: pieces, logicalType: integer, required: true, logicalTypeOptions: {minimum: 1}}
      - {name: ordered_at, logicalType: timestamp, required: true}
"""

SOURCE = """\
source: orders
contract: orders
deliver: topic
key: [order_id]
from:
  kind: pull
  url: %s/v1/orders?after={cursor}
  start: '0'
  rows: data.items
  next: meta.next
  authorization: env:ORDERS_TOKEN
  every: 1s
"""


class Partner(http.server.ThreadingHTTPServer):
    """Orders in pages of 50 for who has the token; refuses every `refuse_every`-th request once."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.orders: list[dict] = []
        self.requests = 0
        self.refuse_every = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        partner = self.server
        partner.requests += 1
        if self.headers["Authorization"] != "Bearer let me in":
            self.send_error(401)
            return
        if partner.refuse_every and partner.requests % partner.refuse_every == 0:
            self.send_error(503)
            return
        after = int(urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)["after"][0])
        page = partner.orders[after : after + 50]
        body = json.dumps({"data": {"items": page}, "meta": {"next": after + len(page)}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def partner():
    server = Partner()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def pulling(binary, tmp_path, partner, monkeypatch) -> Haul:
    monkeypatch.setenv("ORDERS_TOKEN", "Bearer let me in")
    haul = Haul(binary, tmp_path / "project")
    for folder, name, text in (
        ("", "haul.yaml", "project: pulls\n"),
        ("contracts", "orders.odcs.yaml", CONTRACT),
        ("sources", "orders.yaml", SOURCE % partner.url),
        ("flows", "orders.yaml", "flow: orders\nsource: orders\nkey: [order_id]\nevent_time: ordered_at\n"),
    ):
        (haul.project / folder).mkdir(parents=True, exist_ok=True)
        (haul.project / folder / name).write_text(text)
    return haul


def add_orders(partner: Partner, count: int) -> None:
    first = len(partner.orders)
    at = "2026-01-31T10:00:00Z"
    partner.orders += [
        {"order_id": f"o{first + i}", "pieces": 1 + i % 5, "ordered_at": at} for i in range(count)
    ]


def landed(haul: Haul) -> set[str]:
    rows = [row["order_id"] for row in haul.sql("SELECT order_id FROM silver.orders")]
    assert len(rows) == len(set(rows))
    assert haul.value("SELECT count(*) - count(DISTINCT payload) FROM bronze.orders") == 0, "pulled twice"
    return set(rows)


def test_every_order_is_pulled_once(pulling, partner):
    partner.refuse_every = 3
    add_orders(partner, 120)

    first = json.loads(pulling.run("ingest", "orders", "--format", "json").stdout)
    add_orders(partner, 7)
    partner.orders.append({"order_id": "broken", "pieces": 0, "ordered_at": "2026-01-31T10:00:00Z"})
    second = json.loads(pulling.run("ingest", "orders", "--format", "json", exit_codes=(3,)).stdout)
    third = json.loads(pulling.run("ingest", "orders", "--format", "json").stdout)

    assert (first[0]["rows"], second[0]["rows"], second[0]["quarantined"], third[0]["rows"]) == (120, 8, 1, 0)
    assert landed(pulling) == {order["order_id"] for order in partner.orders} - {"broken"}


def test_a_refused_key_is_told_without_the_secret(pulling, partner, monkeypatch):
    monkeypatch.setenv("ORDERS_TOKEN", "Bearer wrong-secret")

    done = pulling.run("ingest", "orders", exit_codes=(1,))

    assert "the server answered 401" in done.stderr and "wrong-secret" not in done.stderr


def test_a_running_platform_pulls_and_survives_kill_9(pulling, partner):
    seed = int(os.environ.get("HAUL_SEED", time.time_ns() % 1_000_000_007))
    print(f"HAUL_SEED={seed}")
    rng = random.Random(seed)
    for _ in range(3):
        add_orders(partner, rng.randrange(100, 2_000))
        with subprocess.Popen(pulling.arguments("serve"), stderr=subprocess.DEVNULL) as serving:
            time.sleep(rng.uniform(0.1, 1.2))
            serving.send_signal(signal.SIGKILL)
    add_orders(partner, 30)
    with subprocess.Popen(pulling.arguments("serve"), stderr=subprocess.DEVNULL) as serving:
        deadline = time.monotonic() + 60
        expected = {order["order_id"] for order in partner.orders}
        while not (pulling.project / "lake" / "silver" / "orders").is_dir() or landed(pulling) != expected:
            assert time.monotonic() < deadline and serving.poll() is None
            time.sleep(0.3)
        serving.send_signal(signal.SIGTERM)
    assert serving.returncode == 0
