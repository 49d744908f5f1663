"""Hundreds of malformed requests: none crashes or stalls the server, each is refused or accounted for, and a
neighbour who behaves does not notice. HAUL_SEED repeats a run."""

import concurrent.futures
import gzip
import json
import os
import random
import re
import shutil
import socket
import threading
import time

import pyarrow
import pytest
import requests

from conftest import ROOT
from interchanges import CARRIERS, DATA, OCEAN
from serving import CSV

PARTNERS = ("carrier_status", "ocean_status", "scans")  # sources of the example partners
SCANS = (DATA / "scans.json").read_bytes()
NEIGHBOUR_DEADLINE_S = 5.0  # ten times what a request of a few rows takes on a busy machine


def post(
    body: bytes, headers: str = "Content-Type: application/x-ndjson", target: str = "/v1/ingest/legs"
) -> bytes:
    return (
        f"POST {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{headers}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode("latin-1") + body


def head(*lines: str, body: bytes = b"") -> bytes:
    return "\r\n".join(["POST /v1/ingest/legs HTTP/1.1", *lines, "", ""]).encode("latin-1") + body


class Malformed:
    """Requests that no server should take (refused_), rows that no table should hold (landed_), and files of
    which some rows may be sound (mixed_)."""

    def __init__(self, rng: random.Random, rows: bytes):
        self.rng = rng
        self.rows = rows

    def refused_truncated_gzip(self) -> bytes:
        packed = gzip.compress(self.rows)
        cut = packed[: self.rng.randrange(1, len(packed))]
        return post(cut, "Content-Type: application/x-ndjson\r\nContent-Encoding: gzip")

    def refused_damaged_zstd(self) -> bytes:
        packed = pyarrow.compress(self.rows, "zstd", asbytes=True)
        cut = packed[: self.rng.randrange(0, len(packed))]
        return post(cut, "Content-Type: application/x-ndjson\r\nContent-Encoding: zstd")

    def refused_zip_bomb(self) -> bytes:
        packed = gzip.compress(bytes(self.rng.randrange(20, 40) * 1_000_000))
        return post(packed, "Content-Type: text/csv\r\nContent-Encoding: gzip")

    def refused_smuggling(self) -> bytes:
        lines = self.rng.choice(
            [
                ("Content-Length: 3", "Transfer-Encoding: chunked"),
                ("Transfer-Encoding: chunked", "Content-Length: 3"),
                ("Content-Length: 3", "Content-Length: 3"),
                ("Content-Length: 3", "Content-Length: 30"),
                ("Content-Length: 3, 3",),
                ("Transfer-Encoding: gzip, chunked",),
                ("Transfer-Encoding: chunked, identity",),
                ("Transfer-Encoding: xchunked",),
                ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
                ("Transfer-Encoding : chunked",),
                ("Content-Length: +3",),
                ("Content-Length: 0x3",),
                ("Content-Length: -1",),
                ("Content-Length: 99999999999999999999999",),
            ]
        )
        return head("Host: h", "Content-Type: application/x-ndjson", *lines, body=b"{}\n0\r\n\r\n")

    def refused_chunks(self) -> bytes:
        chunks = self.rng.choice(
            [
                b"zz\r\n{}\r\n",
                b"FFFFFFFFFFFFFFFFFF\r\n{}\r\n",
                b"-1\r\n\r\n",
                b"2{}\r\n0\r\n\r\n",
                b"2\r\n{}xx0\r\n\r\n",
            ]
        )
        return head(
            "Host: h", "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked", body=chunks
        )

    def refused_head(self) -> bytes:
        return self.rng.choice(
            [
                head("Content-Length: 0"),
                head("Host: a", "Host: b", "Content-Length: 0"),
                head("Host: h", "no colon here"),
                head("Host: h", "Bad\0Name: x"),
                head("Host: h", " folded: x"),
                head("Host: h", f"X: {'y' * self.rng.randrange(20_000, 60_000)}"),
                b"POST /v1/ingest/legs HTTP/9.9\r\nHost: h\r\n\r\n",
                b"POST\r\n\r\n",
                b"\x16\x03\x01\x02\x00" + self.rng.randbytes(200) + b"\r\n\r\n",
                self.rng.randbytes(self.rng.randrange(1, 3_000)) + b"\r\n\r\n",
            ]
        )

    def refused_path(self) -> bytes:
        source = self.rng.choice(
            [
                "../../../etc/passwd",
                "..%2f..%2fetc%2fpasswd",
                "legs%00",
                "legs/../../x",
                "%zz",
                "legs\\..",
                "haul.keys",
                "haul.receipts",
                "*",
                "LEGS",
                "legs%2f",
                "a" * 5_000,
                "legs;x",
                "%6cegs%20",
            ]
        )
        return post(b"{}\n", target=f"/v1/ingest/{source}")

    def refused_array(self) -> bytes:
        rows = b"[" + b",".join(self.rows.splitlines()) + b"]"
        body = self.rng.choice(
            [rows[:-1], rows[: len(rows) // 2], b"[1,", b"{", b'"text"', b"[{}}", rows + b"x"]
        )
        return post(body, "Content-Type: application/json")

    def refused_csv(self) -> bytes:
        body = self.rng.choice([b"", b"\n\n", b"a,b\n1,2\n", b"x" * 2_000_000])
        return post(body, "Content-Type: text/csv")

    def refused_half(self) -> bytes:
        """Says more than it sends, then hangs up."""
        whole = post(self.rows)
        return whole[: len(whole) - self.rng.randrange(1, len(self.rows))]

    def landed_json(self) -> bytes:
        return post(
            self.rng.choice(
                [
                    b'{"year": "\xff\xfe\x80"}\n',
                    b"[" * 10_000 + b"]" * 10_000 + b"\n",
                    b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"\n",
                    b'{"year": NaN, "month": Infinity}\n',
                    b'{"year": [], "month": {}, "day": true}\n',
                    b'{"year": 1e999, "flight": 99999999999999999999999}\n',
                    b'{"year": 2013, "year": 2014}\n',
                    b'null\n1\n"x"\n[]\n',
                    b"\0\0\0\n",
                    b"{" * 1_000 + b"\n" + b"}" * 1_000,
                    b'{"carrier": "\\ud800"}\n',
                    self.rng.randbytes(self.rng.randrange(10, 2_000)),
                ]
            )
            + b'{"n": %d}\n' % self.rng.getrandbits(60)
        )

    def landed_csv(self) -> bytes:
        header = b"year,month,day,dep_time,sched_dep_time,dep_delay,arr_time,sched_arr_time,arr_delay,"
        header += b"carrier,flight,tailnum,origin,dest,air_time,distance,hour,minute,time_hour\n"
        rows = self.rng.choice(
            [
                b'2013,"never closed\n1,2,3\n',
                b"1,2,3\n",
                b"," * 500 + b"\n",
                b'"a""b"c,1\n',
                b"NaN" + b",NaN" * 18 + b"\n",
                b"\xff\xfe" * 50 + b"\n",
            ]
        )
        return post(header + rows + b"%d\n" % self.rng.getrandbits(60), "Content-Type: text/csv")

    def damaged(self, text: bytes, end: bytes) -> bytes:
        """An interchange or a document with up to three faults; its segments or members end with `end`."""
        for _ in range(self.rng.randrange(1, 4)):
            parts = text.split(end)
            at = self.rng.randrange(len(parts))
            kind = self.rng.randrange(9)
            if kind == 0:
                text = text[: self.rng.randrange(len(text) + 1)]
            elif kind == 1:
                text = text[at:] + self.rng.randbytes(self.rng.randrange(1, 60))
            elif kind == 2:
                text = text.replace(*self.rng.sample([end, b"*", b"+", b":", b'"', b"\n", b"}", b"["], 2))
            elif kind == 3:
                place = self.rng.randrange(len(text) + 1)
                text = text[:place] + self.rng.choice([b"\0" * 9, b"\xff\xfe", b"[" * 1_000]) + text[place:]
            elif kind == 4:
                text = re.sub(rb"\d", lambda _: b"%d" % self.rng.randrange(10), text, count=40)
            elif kind == 5:
                text += text
            elif kind == 6:
                text = end.join(parts[:at] + parts[at + 1 :])
            elif kind == 7:
                text = end.join(parts[:at] + [parts[at]] * self.rng.randrange(1, 50) + parts[at:])
            else:
                text = end.join(self.rng.sample(parts, len(parts)))
        return text

    def mixed_x12(self) -> bytes:
        return self.to_partner("carrier_status", "application/EDI-X12", self.damaged(CARRIERS.encode(), b"~"))

    def mixed_edifact(self) -> bytes:
        return self.to_partner("ocean_status", "application/EDIFACT", self.damaged(OCEAN.encode(), b"'"))

    def mixed_epcis(self) -> bytes:
        return self.to_partner("scans", "application/ld+json", self.damaged(SCANS, b","))

    def to_partner(self, source: str, media_type: str, body: bytes) -> bytes:
        headers = f"Content-Type: {media_type}\r\nIdempotency-Key: {self.rng.getrandbits(60)}"
        return post(body, headers, f"/v1/ingest/{source}")

    def make(self) -> tuple[str, bytes]:
        names = [name for name in sorted(dir(self)) if name.startswith(("refused_", "landed_", "mixed_"))]
        name = self.rng.choice(names)
        return name, getattr(self, name)()


def send(address, request: bytes) -> bytes:
    """What the server answers; nothing where it only closes the connection."""
    with socket.create_connection(address, timeout=60) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has answered and closed already
        answer = b""
        try:
            while piece := connection.recv(65_536):
                answer += piece
        except ConnectionResetError:
            pass
        return answer


class Neighbour(threading.Thread):
    """Sends a few good rows again and again and takes the time."""

    def __init__(self, server, legs):
        super().__init__()
        self.server, self.legs = server, legs
        self.done = threading.Event()
        self.seconds: list[float] = []
        self.rows = 0
        self.failure = None

    def run(self):
        try:
            with requests.Session() as session:
                while not self.done.is_set():
                    at = self.rows % 19_000
                    body, began = self.legs.csv(at, at + 10), time.monotonic()
                    answer = session.post(
                        f"{self.server.url}/v1/ingest/legs",
                        data=body,
                        headers=CSV | {"Idempotency-Key": f"n{self.rows}"},
                        timeout=60,
                    )
                    self.seconds.append(time.monotonic() - began)
                    assert answer.status_code == 200, answer.text
                    self.rows += 10
        except Exception as error:
            self.failure = error


@pytest.fixture
def seed() -> int:
    value = int(os.environ.get("HAUL_SEED", time.time_ns() % 1_000_000_007))
    print(f"HAUL_SEED={value}")
    return value


def add_partners(project) -> None:
    """The sources of the example partners beside the legs."""
    for name in PARTNERS:
        for kind in (f"contracts/{name}.odcs.yaml", f"sources/{name}.yaml", f"flows/{name}.yaml"):
            shutil.copy(ROOT / "examples" / "partners" / kind, project.project / kind)


def check_partners(project, receipts: dict[str, tuple[str, dict]], seed: int) -> None:
    """Every row of every receipt is in bronze, and so is every word of an interchange: in a row or a refusal;
    a trailer that agrees with its header repeats it."""
    for source in PARTNERS:
        rows = project.sql(f"SELECT _file AS file, hex(payload) AS payload FROM bronze.{source}")
        theirs = [receipt for name, receipt in receipts.values() if name == source]
        assert len(rows) == sum(receipt["accepted"] for receipt in theirs), seed
        quarantined = project.value(f"SELECT count(*) FROM quarantine.{source}")
        assert quarantined == sum(receipt["quarantined"] for receipt in theirs), seed
        if source == "scans":
            continue
        for receipt in theirs:
            kept = [row["payload"] for row in rows if row["file"].endswith(receipt["receipt"])]
            text = b"\n".join(map(bytes.fromhex, kept))
            # A header begins another row, in the middle of a word too.
            words = re.findall(rb"[A-Za-z0-9]{8,64}", re.sub(rb"ISA|UN[AB]", b" ", receipt["body"]))
            assert [word for word in words if word not in text] == [], (seed, receipt["receipt"])


@pytest.mark.parametrize("count", [150, pytest.param(500, marks=pytest.mark.full)])
def test_malformed_requests_are_accounted_for_and_disturb_nobody(serve, project, legs, seed, count):
    add_partners(project)
    server = serve()
    server.wait_until_ready()
    malformed = Malformed(random.Random(seed), legs.ndjson(19_900, 19_950))
    sent = [malformed.make() for _ in range(count)]
    neighbour = Neighbour(server, legs)
    slow = [socket.create_connection(server.address) for _ in range(20)]
    for number, connection in enumerate(slow):
        connection.sendall(b"POST /v1/ingest/legs HTTP/1.1\r\nHost: h\r\n"[: 5 + number * 3])

    neighbour.start()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda each: send(server.address, each[1]), sent))
    neighbour.done.set()
    neighbour.join()

    assert server.process.poll() is None, server.log.read_text()
    receipts, partners = {}, {}
    for (name, request), answer in zip(sent, answers):
        status = re.match(rb"HTTP/1.1 (\d+)", answer)
        if name.startswith("landed_"):
            assert status and status[1] == b"200", (seed, name, request[:300], answer[:300])
            receipt = json.loads(answer.split(b"\r\n\r\n", 1)[1])
            receipts[receipt["receipt"]] = receipt["accepted"]
        elif name.startswith("mixed_"):
            assert status and status[1] == b"200", (seed, name, request[:300], answer[:300])
            receipt = json.loads(answer.split(b"\r\n\r\n", 1)[1])
            body = request.split(b"\r\n\r\n", 1)[1]
            partners[receipt["receipt"]] = (receipt["source"], receipt | {"body": body})
        else:
            assert not status or 400 <= int(status[1]) < 600, (seed, name, request[:300], answer[:300])
    landed = [server.receipt(receipt) for receipt in receipts]
    for receipt in landed:
        assert receipt["valid"] == 0, receipt
        assert receipt["quarantined"] == receipt["accepted"] == receipts[receipt["receipt"]]
    for source, receipt in partners.values():
        landed = server.receipt(receipt["receipt"])
        assert landed["valid"] + landed["quarantined"] <= receipt["accepted"], (seed, source)
        assert landed["quarantined"] >= receipt["undecodable"], (seed, source)
        receipt["quarantined"] = landed["quarantined"]
    assert neighbour.failure is None
    assert max(neighbour.seconds) < NEIGHBOUR_DEADLINE_S, seed
    assert server.stop() == 0
    expected = sum(receipts.values()) + neighbour.rows
    assert project.value("SELECT count(*) FROM bronze.legs") == expected, seed
    check_partners(project, partners, seed)


def test_a_field_of_100_megabytes_is_kept_cut_and_the_row_after_it_lands(serve, legs):
    server = serve()
    body = b'{"carrier":"' + b"x" * 100_000_000 + b'"}\n' + legs.ndjson(0, 1)

    answer = server.accept("legs", body, {"Content-Type": "application/x-ndjson"})
    receipt = server.receipt(answer["receipt"])

    assert (receipt["accepted"], receipt["undecodable"], receipt["valid"]) == (2, 1, 1)
    assert receipt["quarantined_by_rule"] == {"decode.row_too_long": 1}


@pytest.mark.full
def test_slow_clients_are_cut_off(serve):
    server = serve()
    waiting = [
        b"GET /healthz HT",  # a head that never ends: 10 s
        b"POST /v1/ingest/legs HTTP/1.1\r\nHost: h\r\nContent-Type: text/csv\r\nContent-Length: 9\r\n\r\na",
    ]
    for begun in waiting:
        with socket.create_connection(server.address, timeout=20) as connection:
            connection.sendall(begun)
            began = time.monotonic()
            assert connection.recv(100) == b""
            assert 8 < time.monotonic() - began < 15
