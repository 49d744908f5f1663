"""Interchanges that come by drop and over HTTP: answered like those of `haul ingest`, the same each time."""

import signal
import time

import pytest
import requests

from edi_reader import check_997, check_contrl, only
from interchanges import CARRIERS, OCEAN, answers, interchange, transaction
from serving import Serve, problem

X12 = {"Content-Type": "application/EDI-X12"}
EDIFACT = {"Content-Type": "application/edifact"}


@pytest.fixture
def drop(partners):
    """The carriers drop their files into inbox/."""
    source = partners.project / "sources" / "carrier_status.yaml"
    source.write_text(source.read_text().replace("kind: files", "kind: drop, path: inbox"))
    assert "inbox" in source.read_text()
    (partners.project / "inbox").mkdir()
    return partners


@pytest.fixture
def server(partners):
    for flow in (partners.project / "flows").glob("*.yaml"):
        flow.write_text(flow.read_text().replace("every: 1s", "every: 50ms"))
    server = Serve(partners)
    yield server
    if server.process.poll() is None:
        server.stop(signal.SIGKILL)


def put(project, name: str, text: str) -> None:
    part = project.project / "inbox" / f"{name}.part"
    part.write_text(text)
    part.rename(part.with_suffix(""))


def contents(project) -> dict[str, bytes]:
    return {answer.name: answer.read_bytes() for answer in answers(project)}


def wait_for(condition, server) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until, server.log.read_text()
        time.sleep(0.05)


def acknowledgement(server, receipt: dict) -> requests.Response:
    return requests.get(f"{server.url}{receipt['acknowledgement']}", timeout=60)


def test_a_dropped_interchange_is_answered_and_its_good_rows_land(drop):
    bad = transaction("0002", "SH0000000012", count=9)
    put(drop, "a.edi", interchange([transaction("0001", "SH0000000011"), bad]))

    done = drop.run("ingest", "carrier_status")

    assert "interchange 000000906 of SWFT: 1 transactions accepted, 1 rejected" in done.stderr
    assert drop.value("SELECT shipment_id FROM silver.carrier_status") == "SH0000000011"
    parts = check_997(answers(drop)[0].read_text())
    assert [part for part in parts if part[0] == "AK5"] == [["AK5", "A"], ["AK5", "R", "4"]]
    assert only(parts, "AK9") == ["AK9", "P", "2", "2", "1"]


@pytest.mark.parametrize("name", ["a.edi", "b.edi"])
def test_a_file_that_is_dropped_again_changes_nothing_and_gets_the_same_answer(drop, name):
    put(drop, "a.edi", CARRIERS)
    drop.run("ingest", "carrier_status")
    before = drop.value("SELECT count(*) FROM bronze.carrier_status"), contents(drop)
    assert len(before[1]) == 1
    answers(drop)[0].unlink()

    put(drop, name, CARRIERS)
    drop.run("ingest", "carrier_status")

    assert (drop.value("SELECT count(*) FROM bronze.carrier_status"), contents(drop)) == before


def test_a_running_server_answers_what_is_dropped(drop):
    server = Serve(drop)

    put(drop, "a.edi", CARRIERS)
    wait_for(lambda: answers(drop), server)

    wait_for(lambda: server.said("interchange"), server)
    assert server.stop() == 0
    assert only(check_997(answers(drop)[0].read_text()), "AK9") == ["AK9", "A", "2", "2", "2"]
    assert drop.value("SELECT count(*) FROM silver.carrier_status") == 3


def test_an_interchange_over_http_is_answered_at_the_url_in_its_receipt(partners, server):
    bad = transaction("0002", "SH0000000012", count=9)
    text = interchange([transaction("0001", "SH0000000011"), bad])

    receipt = server.accept("carrier_status", text.encode(), X12)
    answer = acknowledgement(server, receipt)
    landed = server.receipt(receipt["receipt"])

    assert receipt["interchanges"] == {
        "count": 1,
        "transactions_accepted": 1,
        "transactions_rejected": 1,
        "control_numbers_used_before": 0,
    }
    assert (landed["valid"], landed["quarantined_by_rule"]) == (1, {"decode.x12.SE01": 1})
    assert answer.headers["Content-Type"] == "application/EDI-X12"
    assert only(check_997(answer.text), "AK9") == ["AK9", "P", "2", "2", "1"]
    assert list(contents(partners).values()) == [answer.content]


def test_an_interchange_that_is_sent_again_changes_nothing_and_gets_the_same_answer(partners, server):
    first = server.accept("ocean_status", OCEAN.encode(), EDIFACT)
    server.receipt(first["receipt"])
    before = acknowledgement(server, first).content
    assert only(check_contrl(before.decode()), "UCI")[4] == "7"
    assert server.stop() == 0
    answers(partners)[0].unlink()  # a gateway has sent it

    again = Serve(partners)
    repeated = again.post("ocean_status", OCEAN.encode(), EDIFACT)

    assert repeated.headers["Idempotent-Replayed"] == "true"
    assert repeated.json() == first
    assert acknowledgement(again, first).content == before
    assert list(contents(partners).values()) == [before]
    assert again.stop() == 0
    assert partners.value("SELECT count(*) FROM bronze.ocean_status") == 2


def test_answers_for_forgotten_receipts_are_removed_and_others_stay(partners, server):
    receipt = server.accept("carrier_status", CARRIERS.encode(), X12)
    before = acknowledgement(server, receipt).content
    sent = contents(partners)
    documents = answers(partners)[0].parent / ".documents"
    forgotten = documents / f"r_{'0' * 32}.997"
    assert server.stop() == 0
    forgotten.write_text("of a receipt that nobody remembers")

    again = Serve(partners)
    try:
        wait_for(lambda: not forgotten.exists(), again)

        assert acknowledgement(again, receipt).content == before
        assert contents(partners) == sent
    finally:
        again.stop()


def test_the_same_interchange_by_drop_and_over_http_has_one_answer(drop, server):
    receipt = server.accept("carrier_status", CARRIERS.encode(), X12)
    put(drop, "a.edi", CARRIERS.replace("~\n", "~"))  # other padding, the same interchange
    wait_for(lambda: not list((drop.project / "inbox").glob("*.edi")), server)

    assert list(contents(drop).values()) == [acknowledgement(server, receipt).content]
    assert server.stop() == 0
    assert drop.value("SELECT count(*) FROM silver.carrier_status") == 3


def test_an_answer_is_shown_to_its_sender_alone(partners, server):
    def key(name: str) -> dict:
        made = partners.run("key create", name, "--scope", "ingest:carrier_status")
        return {"Authorization": f"Bearer {made.stdout.strip()}"}

    swift, other = key("swift"), key("other")
    receipt = server.accept("carrier_status", CARRIERS.encode(), X12 | swift)

    url = f"{server.url}{receipt['acknowledgement']}"
    assert requests.get(url, headers=swift, timeout=60).status_code == 200
    assert problem(requests.get(url, headers=other, timeout=60))["status"] == 404
    assert problem(requests.get(url, timeout=60))["status"] == 401


def test_a_control_number_with_other_content_is_told_in_the_receipt(server):
    server.accept("carrier_status", interchange([transaction("0001", "SH0000000011")]).encode(), X12)

    other = interchange([transaction("0001", "SH0000000099")])
    receipt = server.accept("carrier_status", other.encode(), X12)

    assert receipt["interchanges"]["control_numbers_used_before"] == 1


def test_what_holds_no_interchange_is_quarantined_without_an_answer(server):
    receipt = server.accept("carrier_status", b"Dear partner,\nno data today.\n", X12)

    assert "acknowledgement" not in receipt
    missing = requests.get(f"{server.url}/v1/receipts/{receipt['receipt']}/acknowledgement", timeout=60)
    assert problem(missing)["status"] == 404
    landed = server.receipt(receipt["receipt"])
    assert landed["quarantined_by_rule"] == {"decode.x12.ISA": 1}


def test_interchanges_go_to_sources_of_their_standard_alone(server):
    for source, headers in (("carrier_status", EDIFACT), ("rates", X12), ("scans", EDIFACT)):
        assert problem(server.post(source, b"x", headers))["status"] == 415


def test_json_at_a_source_of_epcis_is_read_as_epcis(server):
    document = b'{"type": "EPCISDocument", "epcisBody": {"eventList": [%s]}}'
    event = (
        b'{"type": "ObjectEvent", "eventTime": "2024-03-01T14:31:07Z", "eventTimeZoneOffset": "+00:00", '
        b'"epcList": ["urn:epc:id:sscc:0614141.1234567890"], "action": "OBSERVE", "bizStep": "shipping"}'
    )

    landed = [
        server.receipt(server.accept("scans", body, {"Content-Type": kind})["receipt"])
        for kind, body in (
            ("application/ld+json", document % event),
            ("application/json", document % event + b"\n"),
            ("application/x-ndjson", event),
        )
    ]

    assert [(each["accepted"], each["quarantined"]) for each in landed] == [(1, 0)] * 3
    assert server.stop() == 0
    assert server.haul.value("SELECT count(*) FROM silver.scans") == 1
