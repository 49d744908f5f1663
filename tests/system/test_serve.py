"""`haul serve`: the real binary, driven by curl, requests and raw sockets."""

import concurrent.futures
import gzip
import io
import json
import re
import signal
import subprocess
import time

import pyarrow
import pyarrow.parquet
import pytest
import requests

from conftest import ROOT
from serving import CSV, NDJSON, add_settings, problem


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order_when_it_is_asked_to(serve, how):
    server = serve()
    server.wait_until_ready()

    assert server.stop(how) == 0

    assert server.said("flow_drained")
    assert server.said("stopped")


def test_others_learn_who_owns_the_log_and_may_read_tables(serve, project):
    server = serve()

    status = project.run("status", "--format", "json")
    refused = project.run("run", exit_codes=(1,))

    for answer in (status, refused):
        assert f"process {server.process.pid}, {server.url}" in answer.stderr
    assert project.value("SELECT 1 AS one") == 1


def test_every_format_and_coding_lands(serve, legs, project):
    server = serve()
    array = json.dumps(legs.objects(200, 300)).encode()
    sent = [
        (legs.csv(0, 100), CSV),
        (legs.ndjson(100, 200), NDJSON),
        (array, {"Content-Type": "application/json"}),
        (gzip.compress(legs.csv(300, 400)), CSV | {"Content-Encoding": "gzip"}),
        (
            pyarrow.compress(legs.ndjson(400, 500), "zstd", asbytes=True),
            NDJSON | {"Content-Encoding": "zstd"},
        ),
        (gzip.compress(legs.csv(500, 600)), CSV),  # a file as it lies there
        (parquet(legs.objects(600, 700)), {"Content-Type": "application/vnd.apache.parquet"}),
        (arrow_stream(legs.objects(700, 800)), {"Content-Type": "application/vnd.apache.arrow.stream"}),
    ]

    answers = [server.accept("legs", body, headers) for body, headers in sent]
    receipts = [server.receipt(answer["receipt"]) for answer in answers]

    assert [receipt["valid"] for receipt in receipts] == [100] * len(sent)
    assert {answer["durability"] for answer in answers} == {"fsync"}
    assert project.value("SELECT count(*) FROM silver.flights") == 800


def parquet(rows: list[dict]) -> bytes:
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), out)
    return out.getvalue()


def arrow_stream(rows: list[dict]) -> bytes:
    table, out = pyarrow.Table.from_pylist(rows), io.BytesIO()
    with pyarrow.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table)
    return out.getvalue()


def test_a_receipt_counts_what_became_of_each_row(serve, legs, project):
    server = serve()
    lines = legs.csv(0, 1000).decode().splitlines()
    broken = [line.replace(",JFK,", ",J1K,") if ",JFK," in line else line for line in lines[1:101]]
    wrong = sum("J1K" in line for line in broken)
    body = "\n".join([*lines, *lines[1:51], *broken, "x" * 1_100_000]).encode()

    answer = server.accept("legs", body, CSV)
    landed = server.receipt(answer["receipt"])

    assert (answer["accepted"], answer["undecodable"]) == (1151, 1)
    assert landed["valid"] == 1000
    assert landed["quarantined"] == wrong + 1
    assert landed["duplicates"] == 50 + 100 - wrong
    assert landed["quarantined_by_rule"]["decode.row_too_long"] == 1
    assert sum(end["end"] - end["first"] for end in answer["partitions"]) == 1151
    file = f"http/anonymous/{answer['receipt']}"
    assert project.value(f"SELECT count(*) FROM bronze.legs WHERE _file = '{file}'") == 1151


def tables(project) -> dict[str, int]:
    """Versions of the tables that hold rows of sources, without what is told of them in system tables."""
    return {name: version for name, version in project.versions().items() if not name.startswith("system.")}


def test_rows_sent_again_change_nothing_and_get_the_same_receipt(serve, legs, project):
    server = serve()
    body = legs.csv(0, 500)
    first = server.accept("legs", body, CSV)
    server.receipt(first["receipt"])
    versions = tables(project)

    again = server.post("legs", body, CSV)
    packed = server.post("legs", gzip.compress(body), CSV | {"Content-Encoding": "gzip"})
    server.stop()
    server = serve()
    later = server.post("legs", body, CSV)

    for answer in (again, packed, later):
        assert answer.json() == first
        assert answer.headers["Idempotent-Replayed"] == "true"
    assert server.receipt(first["receipt"])["valid"] == 500
    assert tables(project) == versions


def test_an_idempotency_key_names_a_request(serve, legs):
    server = serve()
    body = legs.csv(0, 10)
    one = server.accept("legs", body, CSV | {"Idempotency-Key": "one"})

    again = server.accept("legs", body, CSV | {"Idempotency-Key": "one"})
    other = server.accept("legs", body, CSV | {"Idempotency-Key": "two"})
    reused = server.post("legs", legs.csv(0, 11), CSV | {"Idempotency-Key": "one"})

    assert again == one
    assert other["receipt"] != one["receipt"]
    assert server.receipt(other["receipt"])["duplicates"] == 10
    assert reused.status_code == 422
    assert one["receipt"] in problem(reused)["detail"]


def test_a_batch_goes_straight_to_its_tables(serve, project, flights_data):
    server = serve()
    body = (flights_data / "weather.csv").read_bytes()

    answer = server.accept("weather", body, CSV)
    again = server.accept("weather", body, CSV)

    assert answer["accepted"] == 26_115
    assert again == answer
    receipt = server.receipt(answer["receipt"])
    assert receipt["valid"] + receipt["quarantined"] + receipt["duplicates"] == 26_115
    assert project.value("SELECT count(*) FROM silver.weather") == receipt["valid"]


def test_keys_open_what_their_scopes_name(serve, project, legs):
    server = serve()
    acme = project.run("key create", "acme", "--scope", "ingest:legs").stdout.strip()
    other = project.run("key create", "other", "--scope", "ingest:weather,metrics").stdout.strip()
    short = project.run("key create", "short", "--scope", "ingest:*", "--expires", "1ms").stdout.strip()

    def post(token: str | None) -> requests.Response:
        return server.post(
            "legs", legs.csv(0, 5), CSV | ({"Authorization": f"Bearer {token}"} if token else {})
        )

    granted = post(acme)
    assert granted.status_code == 200
    for token in (None, "nonsense", short, acme[:-1] + ("0" if acme[-1] != "0" else "1")):
        refused = post(token)
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")
        assert problem(refused)["code"] == "unauthorized"
    assert post(other).status_code == 403
    receipt = granted.json()["receipt"]
    assert server.receipt(receipt, {"Authorization": f"Bearer {acme}"})["valid"] == 5
    theirs = requests.get(f"{server.url}/v1/receipts/{receipt}", headers={"Authorization": f"Bearer {other}"})
    assert theirs.status_code == 404
    assert project.value("SELECT DISTINCT split_part(_file, '/', 2) FROM bronze.legs") == "acme"


def test_keys_are_made_and_revoked_with_and_without_a_server(serve, project, legs):
    token = project.run("key create", "acme", "--scope", "ingest:legs", "--expires", "90d").stdout.strip()
    server = serve()
    headers = CSV | {"Authorization": f"Bearer {token}"}
    assert server.post("legs", legs.csv(0, 5), headers).status_code == 200

    project.run("key revoke", "acme")

    revoked = server.post("legs", legs.csv(0, 5), headers)
    assert revoked.status_code == 401
    assert server.post("legs", legs.csv(0, 5), CSV).status_code == 401  # nobody is anonymous any more
    server.stop()
    (row,) = json.loads(project.run("key list", "--format", "json").stdout)
    assert row["name"] == "acme" and row["revoked_at"]
    assert not any(token.rsplit("_", 1)[1] in path.read_text(errors="replace") for path in log_files(project))


def log_files(project) -> list:
    return [path for path in (project.project / "log").rglob("*") if path.is_file()]


def test_wrong_keys_are_refused_by_name(project):
    for options in (
        ("Acme", "--scope", "ingest:legs"),
        ("a", "--scope", "all"),
        ("a", "--scope", "ingest:leggs"),
    ):
        assert project.run("key create", *options, exit_codes=(1,)).stderr


def test_more_than_the_rate_is_told_to_come_later(serve, project, legs):
    add_settings(project, "{limits: {rows_per_second: 100}}")
    server = serve()

    first = server.post("legs", legs.csv(0, 1000), CSV)
    second = server.post("legs", legs.csv(1000, 1010), CSV)

    assert first.status_code == 200  # a request larger than the bucket is slow, not impossible
    assert second.status_code == 429
    assert 7 <= int(second.headers["Retry-After"]) <= 9
    assert problem(second)["code"] == "rate_limited"


@pytest.mark.parametrize(
    ("settings", "code"),
    [("{waiting_rows_max: 10}", "flow_behind"), ("{free_disk_bytes_min: 900TB}", "disk_full")],
)
def test_an_overloaded_server_says_so_before_it_reads_the_body(serve, project, legs, settings, code):
    add_settings(project, settings)
    flow = project.project / "flows" / "legs.yaml"
    flow.write_text(flow.read_text().replace("every: 50ms", "every: 2s"))
    server = serve()
    server.wait_until_ready()

    server.post("legs", legs.csv(0, 100), CSV)
    refused = server.post("legs", legs.csv(100, 200), CSV)

    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) >= 1
    assert problem(refused)["code"] == code


def test_a_request_that_cannot_be_right_is_refused_with_a_reason(serve, project, legs):
    add_settings(project, "{body_bytes_max: 1MB}")
    server = serve()
    unknown = requests.post(f"{server.url}/v1/ingest/nothing", data=b"x", headers=CSV)
    refusals = {
        "not_found": unknown,
        "media_type": server.post("legs", b"x", {"Content-Type": "image/png"}),
        "content_encoding": server.post("legs", b"x", CSV | {"Content-Encoding": "br"}),
        "body_too_large": server.post("legs", b"x" * 1_100_000, CSV),
        "method_not_allowed": requests.put(f"{server.url}/v1/ingest/legs", data=b"x"),
        "invalid_input": server.post("legs", b"no,such,columns\n1,2,3\n", CSV),
    }

    assert {problem(answer)["code"] for answer in refusals.values()} == set(refusals)
    assert [answer.status_code for answer in refusals.values()] == [404, 415, 415, 413, 405, 400]
    assert refusals["method_not_allowed"].headers["Allow"] == "POST"


def test_two_clients_at_once_get_their_own_receipts(serve, legs, project):
    server = serve()

    def client(begin: int) -> list[dict]:
        with requests.Session() as session:
            return [
                session.post(
                    f"{server.url}/v1/ingest/legs", data=legs.csv(i, i + 50), headers=CSV, timeout=60
                ).json()
                for i in range(begin, begin + 2000, 50)
            ]

    with concurrent.futures.ThreadPoolExecutor() as pool:
        answers = [answer for each in pool.map(client, (0, 2000, 4000)) for answer in each]

    assert {answer["accepted"] for answer in answers} == {50}
    assert len({answer["receipt"] for answer in answers}) == 120
    ranges = sorted(
        (r["partition"], r["first"], r["end"]) for answer in answers for r in answer["partitions"]
    )
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in zip(ranges, ranges[1:]))
    server.receipt(answers[-1]["receipt"])
    assert server.stop() == 0
    assert project.value("SELECT count(*) FROM silver.flights") == 6000


def test_every_acknowledged_row_is_there_once_after_kill_9(serve, legs, project):
    acknowledged, unanswered = {}, []
    for round_ in range(3):
        server = serve()
        begin = round_ * 4000

        def client(at: int, server=server):
            try:
                return at, server.post("legs", legs.csv(at, at + 20), CSV).json()
            except requests.RequestException:
                return at, None

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            work = [pool.submit(client, at) for at in range(begin, begin + 4000, 20)]
            while sum(each.done() for each in work) < 20 + 40 * round_:
                time.sleep(0.002)
            server.stop(signal.SIGKILL)
            for at, answer in (each.result() for each in work):
                if answer:
                    acknowledged[at] = answer
                else:
                    unanswered.append(at)
    assert acknowledged and unanswered, "the kill must fall between two answers"

    server = serve()
    again = {at: server.accept("legs", legs.csv(at, at + 20), CSV) for at in [*acknowledged, *unanswered]}

    assert {at: again[at] for at in acknowledged} == acknowledged
    assert {answer["accepted"] for answer in again.values()} == {20}
    assert server.stop() == 0
    rows, different = project.sql(
        "SELECT count(*) AS a, count(DISTINCT (_file, _line)) AS b FROM bronze.legs"
    )[0].values()
    assert (rows, different) == (12_000, 12_000)
    assert project.value("SELECT count(*) FROM silver.flights") == 12_000


def test_the_examples_of_the_page_work(serve, project, legs):
    page = (ROOT / "docs" / "http.md").read_text()
    (settings,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    send, ask = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    sent, asked = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    with open(project.project / "haul.yaml", "a") as file:
        file.write(settings)
    (project.project / "legs.csv").write_bytes(legs.csv(0, 100))
    server = serve()

    def run(command: str) -> dict:
        command = command.replace("http://127.0.0.1:7070", server.url).replace("curl", "curl --silent")
        done = subprocess.run(command, shell=True, check=True, capture_output=True, cwd=project.project)
        return json.loads(done.stdout)

    answer = run(send)
    receipt = run(ask.replace("r_0f6a…", answer["receipt"]).replace("wait=2s", "wait=30s"))

    def names(text: str) -> set[str]:
        return set(re.findall(r'"(\w+)":', text))

    assert answer.keys() == names(sent) - {"partition", "first", "end"}
    assert receipt.keys() == names(asked)
