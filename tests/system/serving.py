"""A running `haul serve` for tests, and rows to send to it."""

import contextlib
import csv
import io
import json
import signal
import subprocess
import time

import requests

from conftest import Haul

CSV = {"Content-Type": "text/csv"}
NDJSON = {"Content-Type": "application/x-ndjson"}


class Serve:
    """A running `haul serve` on a port that the system chose."""

    def __init__(self, haul: Haul):
        self.haul = haul
        self.log = haul.project / "serve.log"
        with open(self.log, "ab") as stderr:
            self.begins = stderr.tell()
            self.process = subprocess.Popen(
                haul.arguments("serve", "--listen", "127.0.0.1:0"),
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        self.url = self.process.stdout.readline().strip()
        assert self.url, self.log.read_text()
        host, port = self.url.removeprefix("http://").split(":")
        self.address = (host, int(port))

    def said(self, event: str) -> bool:
        return any(f" {event}" in line for line in self.log.read_text()[self.begins :].splitlines())

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(timeout=60)

    def post(self, source: str, body: bytes, headers: dict, **options) -> requests.Response:
        return requests.post(
            f"{self.url}/v1/ingest/{source}", data=body, headers=headers, timeout=60, **options
        )

    def accept(self, source: str, body: bytes, headers: dict, **options) -> dict:
        answer = self.post(source, body, headers, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def receipt(self, receipt: str, headers: dict | None = None) -> dict:
        """The receipt once its rows have landed."""
        answer = requests.get(
            f"{self.url}/v1/receipts/{receipt}", params={"wait": "30s"}, headers=headers, timeout=60
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == "landed"
        return answer.json()

    def wait_until_ready(self) -> None:
        until = time.monotonic() + 30
        while requests.get(f"{self.url}/readyz", timeout=10).status_code != 200:
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.02)


@contextlib.contextmanager
def servers():
    """Starts a server for a project each time it is called; whatever still runs at the end is killed."""
    started = []

    def start(haul: Haul) -> Serve:
        started.append(Serve(haul))
        return started[-1]

    try:
        yield start
    finally:
        for server in started:
            if server.process.poll() is None:
                server.stop(signal.SIGKILL)


def problem(answer: requests.Response) -> dict:
    """The body of a refusal, which must be problem details (RFC 9457)."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    assert answer.json()["status"] == answer.status_code
    assert {"type", "title", "detail", "code"} <= answer.json().keys()
    return answer.json()


class Legs:
    """Rows of the flights of 2013 in every format."""

    def __init__(self, lines: list[str]):
        self.header, *self.rows = lines

    def csv(self, begin: int, end: int) -> bytes:
        return "\n".join([self.header, *self.rows[begin:end]]).encode() + b"\n"

    def objects(self, begin: int, end: int) -> list[dict]:
        """As JSON has them: numbers as numbers, NA as null."""

        def value(name: str, text: str):
            if text == "NA":
                return None
            if name in ("carrier", "tailnum", "origin", "dest", "time_hour"):
                return text
            return float(text) if "." in text else int(text)

        rows = csv.DictReader(io.StringIO("\n".join([self.header, *self.rows[begin:end]])))
        return [{name: value(name, text) for name, text in row.items()} for row in rows]

    def ndjson(self, begin: int, end: int) -> bytes:
        return b"".join(json.dumps(row).encode() + b"\n" for row in self.objects(begin, end))


def land_often(haul: Haul) -> None:
    """Commits every 50 ms: a test does not wait a second for its rows."""
    flow = haul.project / "flows" / "legs.yaml"
    flow.write_text(flow.read_text().replace("every: 1s", "every: 50ms"))
    assert "50ms" in flow.read_text()


def add_settings(haul: Haul, settings: str) -> None:
    with open(haul.project / "haul.yaml", "a") as file:
        file.write(f"server: {settings}\n")
