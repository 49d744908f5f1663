"""Interchanges through the real binary: facts in silver, faults in quarantine, answers on disk."""

import json
import re

from edi_reader import check_997, check_contrl, only
from interchanges import CARRIERS, DATA, OCEAN, answers, interchange, transaction


def ingest(project, tmp_path, source, text, name="in.edi", exit_codes=(0,)):
    path = tmp_path / name
    path.write_text(text)
    return project.run("ingest", source, str(path), exit_codes=exit_codes)


def test_check_finds_the_example_sound_and_a_column_without_a_field_an_error(partners):
    partners.run("check")

    contract = partners.project / "contracts" / "carrier_status.odcs.yaml"
    contract.write_text(contract.read_text().replace("name: city,", "name: citty,"))
    found = partners.run("check", "--format", "json", exit_codes=(1,)).stdout

    (finding,) = [f for f in json.loads(found) if f["severity"] == "error"]
    assert "did you mean `city`?" in finding["message"]


def test_a_214_becomes_one_fact_for_each_status_and_is_answered_with_a_997(partners):
    done = partners.run("ingest", "carrier_status", str(DATA / "carrier_status.edi"))

    assert "interchange 000000905 of SWFT: 2 transactions accepted, 0 rejected" in done.stderr
    rows = partners.sql(
        "SELECT shipment_id, status_code, ts::VARCHAR AS ts, city, latitude, weight, pieces, other_segments, "
        "_line "
        "FROM silver.carrier_status JOIN bronze.carrier_status USING (_partition, _offset) ORDER BY ts"
    )
    assert [(r["shipment_id"], r["status_code"], r["ts"], r["city"]) for r in rows] == [
        ("SH0000000001", "AF", "2024-03-01 14:30:00+00", "Reno"),
        ("SH0000000002", "SD", "2024-03-01 17:10:00+00", "Sacramento"),
        ("SH0000000001", "X1", "2024-03-01 19:45:00+00", "Oakland"),
    ]
    assert (rows[0]["latitude"], float(rows[0]["weight"]), rows[0]["pieces"]) == (39.529722, 38250.5, 22)
    assert rows[2]["weight"] == rows[0]["weight"], "AT8 belongs to both statuses of its LX loop"
    assert ["MAN", "CP", "00012345600000000018"] in json.loads(rows[0]["other_segments"])
    assert [r["_line"] for r in rows] == [11, 22, 15]
    (answer,) = answers(partners)
    parts = check_997(answer.read_text())
    assert only(parts, "AK9") == ["AK9", "A", "2", "2", "2"]
    assert [p for p in parts if p[0] == "AK2"] == [["AK2", "214", "0001"], ["AK2", "214", "0002"]]


def test_bronze_keeps_every_segment_of_a_transaction(partners):
    partners.run("ingest", "carrier_status", str(DATA / "carrier_status.edi"))

    payloads = partners.sql("SELECT decode(payload) AS text FROM bronze.carrier_status")

    kept = "".join(row["text"] for row in payloads)
    for segment in CARRIERS.splitlines():
        if not re.match("SE|GE|IEA", segment):
            assert segment in kept


def test_an_iftsta_becomes_one_fact_for_each_status_and_is_answered_with_a_contrl(partners):
    partners.run("ingest", "ocean_status", str(DATA / "ocean_status.edi"))

    rows = partners.sql(
        "SELECT shipment_id, status_code, ts::VARCHAR AS ts, location, location_name, weight, remarks "
        "FROM silver.ocean_status ORDER BY shipment_id"
    )
    assert [(r["shipment_id"], r["status_code"], r["ts"], r["location"]) for r in rows] == [
        ("HAM-2024-0071", "186", "2024-03-01 09:15:00+00", "SGSIN"),
        ("HAM-2024-0072", "178", "2024-03-01 05:40:00+00", "DEHAM"),
    ]
    assert float(rows[0]["weight"]) == 18250.5
    assert rows[0]["remarks"] == "Loaded at Pasir Panjang: berth 12"
    (answer,) = answers(partners)
    assert only(check_contrl(answer.read_text()), "UCI") == ["UCI", "4471", "HLCU:ZZ", "HAUL:ZZ", "7"]


def test_the_same_file_again_changes_nothing(partners):
    file = str(DATA / "carrier_status.edi")
    partners.run("ingest", "carrier_status", file)
    before = partners.versions(), [(a.name, a.read_bytes()) for a in answers(partners)]

    again = partners.run("ingest", "carrier_status", file)

    assert "loaded before" in again.stdout and "replay" not in again.stderr
    assert (partners.versions(), [(a.name, a.read_bytes()) for a in answers(partners)]) == before


def test_an_answer_that_was_sent_on_is_written_again_to_the_byte(partners):
    partners.run("ingest", "ocean_status", str(DATA / "ocean_status.edi"))
    (answer,) = answers(partners)
    written = answer.read_bytes()
    answer.unlink()

    partners.run("ingest", "ocean_status", str(DATA / "ocean_status.edi"))

    assert answers(partners) == [answer]
    assert answer.read_bytes() == written


def test_an_interchange_whose_only_transaction_counts_wrong_is_rejected(partners, tmp_path):
    bad = interchange([transaction("0001", "SH0000000011", count=7)])

    ingest(partners, tmp_path, "carrier_status", bad, exit_codes=(3,))

    parts = check_997(answers(partners)[0].read_text())
    assert only(parts, "AK5") == ["AK5", "R", "4"]
    assert only(parts, "AK9") == ["AK9", "R", "1", "1", "0"]


def test_a_message_with_a_wrong_count_is_rejected_and_the_other_lands(partners, tmp_path):
    first, second = OCEAN.index("UNH+1"), OCEAN.index("UNZ+")
    message = OCEAN[first:second]
    both = message + message.replace("UNH+1+", "UNH+2+").replace("UNT+19+1", "UNT+18+2")
    text = OCEAN[:first] + both + OCEAN[second:].replace("UNZ+1+", "UNZ+2+")

    ingest(partners, tmp_path, "ocean_status", text, exit_codes=(3,))

    assert partners.value("SELECT count(*) FROM silver.ocean_status") == 2
    assert partners.value("SELECT rules[1] FROM quarantine.ocean_status") == "decode.edifact.UNT01"
    parts = check_contrl(answers(partners)[0].read_text())
    assert only(parts, "UCI")[4] == "7"
    assert only(parts, "UCM") == ["UCM", "2", "IFTSTA:D:00B:UN", "4", "29", "UNT", "1"]


def test_a_transaction_with_a_wrong_count_is_quarantined_and_its_neighbours_land(partners, tmp_path):
    bad = transaction("0002", "SH0000000012", count=9)
    text = interchange([transaction("0001", "SH0000000011"), bad, transaction("0003", "SH0000000013")])

    ingest(partners, tmp_path, "carrier_status", text, exit_codes=(3,))

    landed = partners.sql("SELECT shipment_id FROM silver.carrier_status ORDER BY 1")
    assert [row["shipment_id"] for row in landed] == ["SH0000000011", "SH0000000013"]
    (row,) = partners.sql("SELECT rules, reason, decode(payload) AS text FROM quarantine.carrier_status")
    assert row["rules"] == ["decode.x12.SE01"]
    assert row["reason"] == "SE01 says 9 segments, there are 6"
    assert row["text"].endswith(bad.replace("\n", ""))
    (answer,) = answers(partners)
    parts = check_997(answer.read_text())
    assert [p for p in parts if p[0] == "AK5"] == [["AK5", "A"], ["AK5", "R", "4"], ["AK5", "A"]]
    assert only(parts, "AK9") == ["AK9", "P", "3", "3", "2"]


def test_a_group_that_counts_wrong_is_noted_and_its_transactions_land(partners, tmp_path):
    text = interchange([transaction("0001", "SH0000000011")], stated=4)

    ingest(partners, tmp_path, "carrier_status", text, exit_codes=(3,))

    assert partners.value("SELECT count(*) FROM silver.carrier_status") == 1
    assert partners.value("SELECT rules[1] FROM quarantine.carrier_status") == "decode.x12.GE01"
    (answer,) = answers(partners)
    assert only(check_997(answer.read_text()), "AK9") == ["AK9", "E", "4", "1", "1", "5"]


def test_a_value_that_breaks_the_contract_costs_one_event(partners, tmp_path):
    bad = transaction("0002", "SH0000000012").replace("20240301*1145", "20240231*1145")
    text = interchange([transaction("0001", "SHIPMENT"), bad, transaction("0003", "SH0000000013")])

    ingest(partners, tmp_path, "carrier_status", text, exit_codes=(3,))

    assert partners.value("SELECT count(*) FROM silver.carrier_status") == 1
    rows = partners.sql("SELECT rules[1] AS rule FROM quarantine.carrier_status ORDER BY 1")
    assert [row["rule"] for row in rows] == ["carrier_status.shipment_id.pattern", "type.ts"]
    parts = check_997(answers(partners)[0].read_text())
    assert ["AK4", "5", "", "8", "20240231"] in parts


def test_a_message_with_a_wrong_reference_is_quarantined_and_named_in_the_contrl(partners, tmp_path):
    ingest(partners, tmp_path, "ocean_status", OCEAN.replace("UNT+19+1'", "UNT+19+2'"), exit_codes=(3,))

    assert partners.value("SELECT rules[1] FROM quarantine.ocean_status") == "decode.edifact.UNT02"
    (answer,) = answers(partners)
    ucm = only(check_contrl(answer.read_text()), "UCM")
    assert ucm == ["UCM", "1", "IFTSTA:D:00B:UN", "4", "28", "UNT", "2"]


def test_a_control_number_with_other_content_is_reported_as_a_replay(partners, tmp_path):
    ingest(partners, tmp_path, "carrier_status", interchange([transaction("0001", "SH0000000011")]), "a.edi")

    other = interchange([transaction("0001", "SH0000000099")])
    done = ingest(partners, tmp_path, "carrier_status", other, "b.edi")

    assert "replay: SWFT used this control number before, for other content" in done.stderr
    assert len(answers(partners)) == 2


def test_a_truncated_file_keeps_what_was_whole(partners, tmp_path):
    cut = CARRIERS[: CARRIERS.index("SE*6*0002")]

    ingest(partners, tmp_path, "carrier_status", cut, exit_codes=(3,))

    assert partners.value("SELECT count(*) FROM silver.carrier_status") == 2
    rows = partners.sql("SELECT rules[1] AS rule FROM quarantine.carrier_status ORDER BY 1")
    assert [row["rule"] for row in rows] == ["decode.x12.GE", "decode.x12.SE"]


def test_bytes_that_are_no_interchange_are_quarantined_whole(partners, tmp_path):
    ingest(partners, tmp_path, "carrier_status", "Dear partner,\nno data today.\n", exit_codes=(3,))

    (row,) = partners.sql("SELECT rules[1] AS rule, decode(payload) AS text FROM quarantine.carrier_status")
    assert row == {"rule": "decode.x12.ISA", "text": "Dear partner,\nno data today.\n"}
    assert answers(partners) == []


def test_a_rate_card_lands_beside_them(partners):
    partners.run("ingest", "rates", str(DATA / "rates.csv"), exit_codes=(3,))

    assert partners.value("SELECT count(*) FROM silver.rates") == 4


def test_an_epcis_document_becomes_one_fact_for_each_event(partners, tmp_path):
    partners.run("ingest", "scans", str(DATA / "scans.json"))

    rows = partners.sql(
        "SELECT event_id, is_error, ts::VARCHAR AS ts, biz_step, epcs, sensors, other_fields, _line "
        "FROM silver.scans JOIN bronze.scans USING (_partition, _offset) ORDER BY _line"
    )
    assert [(r["is_error"], r["ts"], r["biz_step"]) for r in rows] == [
        (False, "2024-03-01 14:31:07+00", "shipping"),
        (False, "2024-03-01 19:45:00+00", "receiving"),
        (True, "2024-03-01 14:31:07+00", None),
    ]
    assert rows[0]["event_id"] == rows[2]["event_id"]
    assert rows[1]["event_id"].startswith("urn:haul:epcis:sha-256:")
    assert json.loads(rows[0]["epcs"])[1].endswith("1234567891")
    assert json.loads(rows[0]["other_fields"])["acme:dock"] == "D7"

    # The same events, one a line and their members in another order: nothing is new.
    events = json.loads((DATA / "scans.json").read_text())["epcisBody"]["eventList"]
    lines = "".join(json.dumps(dict(reversed(event.items()))) + "\n" for event in events)
    done = ingest(partners, tmp_path, "scans", lines, "again.json")

    assert "0 valid, 0 quarantined, 3 duplicates" in done.stderr


def test_an_epcis_event_that_is_damaged_leaves_its_neighbours(partners, tmp_path):
    document = json.loads((DATA / "scans.json").read_text())
    text = json.dumps(document).replace('"shipping"', '"shipping', 1)

    ingest(
        partners,
        tmp_path,
        "scans",
        text.replace('}, {"type": ', '},\n{"type": ').replace('}, {"eventID', '},\n{"eventID'),
        exit_codes=(3,),
    )

    assert partners.value("SELECT count(*) FROM silver.scans") == 2
    assert partners.value("SELECT rules[1] FROM quarantine.scans") == "decode.epcis"
