"""Files as partners send them: broken, empty, huge, twice. A clear error or quarantine, and nothing lost."""

import json

import pytest

HEADER = (
    "year,month,day,dep_time,sched_dep_time,dep_delay,arr_time,sched_arr_time,arr_delay,carrier,flight,"
    "tailnum,origin,dest,air_time,distance,hour,minute,time_hour"
)


def leg(flight: int, **changed) -> str:
    row = dict(
        zip(
            HEADER.split(","),
            (
                f"2013,1,1,517,515,2,830,819,11,UA,{flight},N14228,EWR,IAH,227,1400,5,15,2013-01-01T10:00:00Z"
            ).split(","),
        )
    )
    row.update({name: str(value) for name, value in changed.items()})
    return ",".join(row.values())


def write(tmp_path, content, name="legs.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def counts(project):
    rows = json.loads(project.run("status", "--format", "json").stdout)
    found = {row["dataset"]: row["rows"] for row in rows}
    return tuple(found.get(name, 0) for name in ("bronze.legs", "silver.flights", "quarantine.legs"))


def test_a_truncated_file_quarantines_its_cut_row_and_keeps_the_others(project, tmp_path):
    file = write(tmp_path, f"{HEADER}\n{leg(1)}\n{leg(2)}\n{leg(3)[:30]}")

    project.run("ingest", "legs", file, exit_codes=(3,))

    assert counts(project) == (3, 2, 1)
    (bad,) = project.sql("SELECT _line, decode(payload) AS text FROM quarantine.legs")
    assert bad == {"_line": 4, "text": leg(3)[:30]}


def test_a_byte_that_is_no_utf8_quarantines_its_row_with_the_original_bytes(project, tmp_path):
    bad = leg(2).encode().replace(b"N14228", b"N14\xff28")
    file = write(tmp_path, HEADER.encode() + b"\n" + leg(1).encode() + b"\n" + bad + b"\n")

    project.run("ingest", "legs", file, exit_codes=(3,))

    assert counts(project) == (2, 1, 1)
    assert project.value("SELECT hex(payload) FROM quarantine.legs").lower() == bad.hex()


def test_a_wrong_header_is_an_error_that_names_the_column(project, tmp_path):
    file = write(tmp_path, f"{HEADER.replace('carrier', 'carier')}\n{leg(1)}\n")

    done = project.run("ingest", "legs", file, exit_codes=(1,))

    assert "carrier" in done.stderr
    assert counts(project)[1:] == (0, 0)


def test_an_empty_file_is_an_error_and_a_header_alone_is_none(project, tmp_path):
    done = project.run("ingest", "legs", write(tmp_path, "", "empty.csv"), exit_codes=(1,))
    assert "empty.csv" in done.stderr

    project.run("ingest", "legs", write(tmp_path, HEADER + "\n", "header.csv"))
    assert counts(project) == (0, 0, 0)


def test_a_row_of_100_megabytes_goes_to_quarantine_cut_and_the_others_land(project, tmp_path):
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write(f"{HEADER}\n{leg(1)}\n" + leg(2, tailnum="N" * 100_000_000) + f"\n{leg(3)}\n")

    project.run("ingest", "legs", str(path), exit_codes=(3,))

    assert counts(project) == (3, 2, 1)
    (bad,) = project.sql("SELECT _line, octet_length(payload) AS kept, reason FROM quarantine.legs")
    assert bad["_line"] == 3
    assert bad["kept"] <= 1 << 20
    assert "1000000" in bad["reason"].replace(",", "")


def test_broken_rules_are_named_with_their_line(project, tmp_path):
    file = write(tmp_path, f"{HEADER}\n{leg(1)}\n{leg(2, month=13)}\n{leg(3, origin='?')}\n")

    project.run("ingest", "legs", file, exit_codes=(3,))

    listed = json.loads(project.run("quarantine list", "--format", "json").stdout)
    shown = json.loads(project.run("quarantine show", "legs", "--format", "json").stdout)
    assert {row["source"] for row in listed} == {"legs"}
    assert sorted(row["line"] for row in shown) == [3, 4]
    assert "13" in next(row["reason"] for row in shown if row["line"] == 3)


def test_the_same_rows_in_another_file_are_duplicates(project, tmp_path):
    project.run("ingest", "legs", write(tmp_path, f"{HEADER}\n{leg(1)}\n{leg(2)}\n", "a.csv"))

    done = project.run("ingest", "legs", write(tmp_path, f"{HEADER}\n{leg(2)}\n{leg(3)}\n", "b.csv"))

    assert "1 duplicates" in done.stderr
    assert counts(project) == (4, 3, 0)


def test_standard_input_is_a_file_too(project):
    done = project.run("ingest", "legs", "-", input=f"{HEADER}\n{leg(1)}\n")
    again = project.run("ingest", "legs", "-", input=f"{HEADER}\n{leg(1)}\n")

    assert counts(project) == (1, 1, 0)
    assert "loaded before" in again.stdout
    assert "loaded before" not in done.stdout


@pytest.mark.parametrize(
    "content", [b"\x00" * 4096, b'"', HEADER.encode() + b'\n"' + b"x" * 5000, b"\xff\xfe\x00\x01\n"]
)
def test_garbage_never_crashes(project, tmp_path, content):
    done = project.run("ingest", "legs", write(tmp_path, content, "garbage.csv"), exit_codes=(0, 1, 3))

    assert "check failed" not in done.stderr
