"""Connections to `haul serve`, byte by byte: what stands between two requests, and between clients."""

import http.client
import json
import re
import socket
import subprocess
import time

import requests

from serving import CSV, add_settings


def exchange(server, text: bytes) -> bytes:
    """What comes back on a raw connection until the server closes it or is silent."""
    with socket.create_connection(server.address, timeout=5) as connection:
        connection.sendall(text)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except TimeoutError:
            pass
        return answer


def test_requests_on_one_connection_are_answered_in_order(serve, legs):
    server = serve()
    body = legs.ndjson(0, 10)
    post = b"POST /v1/ingest/legs HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-ndjson\r\n"
    length = post + b"Content-Length: %d\r\n\r\n" % len(body) + body
    chunked = post + b"Transfer-Encoding: chunked\r\n\r\n"
    chunked += b"".join(b"%x;x=y\r\n%s\r\n" % (len(p), p) for p in (body[:100], body[100:])) + b"0\r\n\r\n"
    last = b"GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"

    answer = exchange(server, length + chunked + b"HEAD /healthz HTTP/1.1\r\nHost: h\r\n\r\n" + last)

    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"200"] * 4
    assert answer.count(b'"accepted":10') == 2
    assert answer.count(b'{"status":"ok"}') == 1  # HEAD has none


def test_a_client_that_asks_before_it_sends_is_answered_first(serve, legs):
    server = serve()
    head = b"POST /v1/ingest/%s HTTP/1.1\r\nHost: h\r\nContent-Type: text/csv\r\nContent-Length: 10\r\n"
    head += b"Expect: 100-continue\r\n\r\n"

    with socket.create_connection(server.address, timeout=10) as connection:
        connection.sendall(head % b"legs")
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 Continue")
    refused = exchange(server, head % b"nothing")

    assert refused.startswith(b"HTTP/1.1 404")


def test_curl_takes_the_description_and_the_metrics(serve, legs):
    server = serve()
    server.accept("legs", legs.csv(0, 5), CSV)

    def curl(path: str) -> str:
        return subprocess.run(
            ["curl", "--fail", "--silent", server.url + path], check=True, capture_output=True, text=True
        ).stdout

    description = json.loads(curl("/openapi.json"))
    assert description["openapi"].startswith("3.1")
    assert {"/v1/ingest/{source}", "/v1/receipts/{id}", "/readyz"} <= description["paths"].keys()
    assert not any("admin" in path for path in description["paths"])
    assert 'haul_ingest_rows_total{source="legs"} 5' in curl("/metrics")


def test_connections_above_the_limit_are_turned_away(serve, project):
    add_settings(project, "{connections_max: 3}")
    server = serve()
    held = [http.client.HTTPConnection(*server.address, timeout=10) for _ in range(3)]
    for connection in held:
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()

    answer = exchange(server, b"")
    held[0].close()

    assert answer.startswith(b"HTTP/1.1 503")
    until = time.monotonic() + 10
    while True:
        try:
            if requests.get(f"{server.url}/healthz", timeout=10).status_code == 200:
                break
        except requests.ConnectionError:
            pass
        assert time.monotonic() < until
        time.sleep(0.02)
