"""What a change of a contract breaks, and for whom: diff, check --against a revision, consumers, ends."""

import datetime
import json
import re
import subprocess

import pytest

from conftest import ROOT

LEGS = "contracts/legs.odcs.yaml"
BOARD = "contracts/consumers/punctuality_board.yaml"
DIFF_FIELDS = [
    "rule",
    "impact",
    "affected",
    "object",
    "column",
    "message",
    "place",
    "example_shows",
    "example",
]


@pytest.fixture
def versioned(project):
    """The flights example under git, its first state tagged v1."""
    git(project, "init", "--quiet")
    git(project, "add", ".")
    git(project, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "one")
    git(project, "tag", "v1")
    return project


def git(project, *arguments):
    subprocess.run(["git", "-C", str(project.project), *arguments], check=True, capture_output=True)


def edit(project, file, *edits):
    path = project.project / file
    text = path.read_text()
    for old, new in edits:
        assert text.count(old) == 1, f"{old} stands {text.count(old)} times"
        text = text.replace(old, new)
    path.write_text(text)


def diff(project, *versions, exit_codes=(0,)):
    done = project.run("contract diff", *versions, "--format", "json", exit_codes=exit_codes)
    return json.loads(done.stdout)


def against(project, revision, exit_codes):
    done = project.run("check", "--against", revision, "--format", "json", exit_codes=exit_codes)
    return json.loads(done.stdout)


def of(rows, severity):
    """The rows of one severity, those that the example always has left out."""
    return [row for row in rows if row["severity"] == severity]


NO_LGA = ("arguments: {validValues: [EWR, JFK, LGA]}", "arguments: {validValues: [EWR, JFK]}")
MAJOR = ("version: 1.0.0", "version: 2.0.0")
MINOR = ("version: 1.0.0", "version: 1.1.0")


def test_a_contract_that_did_not_change_says_so(versioned):
    assert diff(versioned, "legs@v1", "legs") == []
    assert [row for row in against(versioned, "v1", (0,)) if row["severity"] != "not enforced"] == []


def test_diff_shows_a_row_that_only_the_old_version_takes(versioned):
    edit(versioned, LEGS, NO_LGA)

    (change,) = diff(versioned, "legs@v1", "legs", exit_codes=(1,))

    assert list(change) == DIFF_FIELDS
    assert change["rule"] == "ENUM_VALUE_NO_DELETE"
    assert (change["impact"], change["affected"]) == ("breaking", "producers")
    assert (change["object"], change["column"]) == ("legs", "origin")
    assert re.fullmatch(r".*contracts/legs\.odcs\.yaml:\d+:\d+", change["place"])
    assert change["example_shows"] == "refused"
    assert json.loads(change["example"])["origin"] == "LGA"


def test_the_example_row_really_passes_the_old_contract_and_fails_the_new_one(versioned, binary, tmp_path):
    edit(
        versioned,
        LEGS,
        NO_LGA,
        ("{format: i16, minimum: 1, maximum: 1200}", "{format: i16, minimum: 1, maximum: 600}"),
    )
    changes = diff(versioned, "legs@v1", "legs", exit_codes=(1,))
    rows = "".join(change["example"] + "\n" for change in changes)
    edit(versioned, LEGS, MAJOR)

    def quarantined(project):
        """How many of the rows a project refuses, sent through a source for NDJSON."""
        source = project.project / "sources" / "legs.yaml"
        source.write_text(
            re.sub(r"(?ms)^from:.*?(?=^\w)", "from: {kind: files, format: ndjson}\n", source.read_text())
        )
        file = project.project / "rows.ndjson"
        file.write_text(rows)
        project.run("ingest", "legs", str(file), exit_codes=(0, 3))
        return (
            project.value("SELECT count(DISTINCT (_partition, _offset)) FROM quarantine.legs")
            if (project.project / "lake" / "quarantine" / "legs").exists()
            else 0
        )

    old = type(versioned)(binary, tmp_path / "old")
    subprocess.run([str(binary), "init", str(old.project)], check=True, capture_output=True)

    assert len(changes) == 2
    assert quarantined(old) == 0
    assert quarantined(versioned) == 2


def test_versions_are_named_by_file_by_name_and_by_revision(versioned, tmp_path):
    copy = tmp_path / "copy.yaml"
    copy.write_text((versioned.project / LEGS).read_text().replace("maximum: 9999", "maximum: 99999"))

    assert [change["rule"] for change in diff(versioned, "legs", str(copy))] == ["RANGE_WIDENED"]
    assert [change["rule"] for change in diff(versioned, str(copy), "legs@HEAD", exit_codes=(1,))] == [
        "RANGE_NO_NARROW"
    ]
    assert "did you mean legs?" in versioned.run("contract diff", "lgs", "legs", exit_codes=(1,)).stderr
    assert (
        "git has no commit, tag or branch v9"
        in versioned.run("contract diff", "legs@v9", "legs", exit_codes=(1,)).stderr
    )


def test_a_break_without_a_major_version_is_an_error_in_the_line_of_the_version(versioned):
    edit(versioned, LEGS, NO_LGA)

    rows = against(versioned, "v1", (1,))

    (error,) = of(rows, "error")
    assert re.fullmatch(r".*contracts/legs\.odcs\.yaml:5:10", error["place"])
    assert "legs is at version 1.0.0, and has to be 2.0.0 at least" in error["message"]
    (change,) = of(rows, "change")
    users = change["used_by"].split(", ")
    assert {"source legs", "flow flights", "consumer punctuality_board (owner operations)"} <= set(users)
    assert {"silver.legs.leg_id", "gold.route_daily.origin_id"} <= set(users)
    assert json.loads(change["example"])["origin"] == "LGA"


def test_a_break_with_a_major_version_lists_who_it_breaks_and_passes_with_a_warning(versioned):
    edit(versioned, LEGS, NO_LGA, MAJOR)

    rows = against(versioned, "v1", (3,))

    assert of(rows, "error") == []
    (warning,) = of(rows, "warning")
    assert "legs 2.0.0 breaks who used 1.0.0" in warning["message"]
    assert "consumer punctuality_board (owner operations)" in warning["used_by"]
    assert "gold.route_daily" in warning["used_by"].split(", ")


def test_a_minor_change_needs_a_minor_version(versioned):
    edit(versioned, LEGS, ("maximum: 9999", "maximum: 99999"))
    assert "has to be 1.1.0 at least" in of(against(versioned, "v1", (1,)), "error")[0]["message"]

    edit(versioned, LEGS, MINOR)
    assert [row["rule"] for row in of(against(versioned, "v1", (0,)), "change")] == ["RANGE_WIDENED"]


def test_a_column_that_goes_names_the_models_that_lose_it_and_the_consumer_that_misses_it(versioned):
    text = (versioned.project / LEGS).read_text()
    start = text.index("      - id: dep_delay\n")
    (versioned.project / LEGS).write_text(text[:start] + text[text.index("      - id: arr_time\n") :])

    rows = against(versioned, "v1", (1,))

    (gone,) = [row for row in of(rows, "change") if row["rule"] == "COLUMN_NO_DELETE"]
    assert "silver.legs.actual_departure" in gone["used_by"].split(", ")
    assert "consumer punctuality_board (owner operations)" in gone["used_by"]
    messages = [row["message"] for row in of(rows, "error")]
    assert any(
        "consumer punctuality_board (owner operations): the contract legs has no column dep_delay" in m
        for m in messages
    )


def test_a_contract_goes_only_after_it_was_retired(versioned):
    (versioned.project / "contracts" / "weather.odcs.yaml").unlink()
    (versioned.project / "sources" / "weather.yaml").unlink()

    rows = against(versioned, "v1", (1,))

    assert any("the contract weather went with status active" in row["message"] for row in of(rows, "error"))


def test_a_folder_without_history_says_so(project):
    done = project.run("check", "--against", "HEAD", exit_codes=(1,))

    assert "is in no git repository" in done.stderr


def test_an_unmet_expectation_names_the_consumer_and_its_owner(project):
    edit(
        project,
        BOARD,
        ("rules: [leg_leaves_its_origin]", "rules: [tailnum_given]"),
        ("freshness: 1d", "freshness: 1h"),
    )

    rows = json.loads(project.run("check", "--format", "json", exit_codes=(1,)).stdout)

    who = "consumer punctuality_board (owner operations)"
    assert [row["message"] for row in of(rows, "error")] == [
        f"{who}: it relies on the rule tailnum_given, which in the contract legs only warns",
        f"{who}: it needs rows within 3600 s, and the contract legs promises 86400 s",
    ]


@pytest.mark.parametrize(
    "name, days, severity, exit_code",
    [
        ("endOfLife", -1, "error", 1),
        ("endOfLife", 10, "warning", 3),
        ("endOfLife", 60, None, 0),
        ("endOfSupport", -1, "warning", 3),
    ],
)
def test_a_contract_near_its_end_lists_who_uses_it(project, name, days, severity, exit_code):
    date = datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=days)
    edit(project, LEGS, ("slaProperties:\n", f"slaProperties:\n  - {{property: {name}, value: '{date}'}}\n"))

    rows = json.loads(project.run("check", "--format", "json", exit_codes=(exit_code,)).stdout)

    found = [row for row in rows if row["severity"] in ("error", "warning")]
    assert [row["severity"] for row in found] == ([severity] if severity else [])
    for row in found:
        assert str(date) in row["message"]
        assert (
            "source legs" in row["message"]
            and "consumer punctuality_board (owner operations)" in row["message"]
        )


def test_a_source_that_states_no_partitions_has_those_of_haul_yaml(project):
    edit(project, "haul.yaml", ("partitions: 4", "partitions: 2"))
    edit(project, "sources/legs.yaml", ("partitions: 4\n", ""))
    file = project.project / "none.csv"
    file.write_text("\n")

    project.run("ingest", "legs", str(file), exit_codes=(0, 1, 3))

    assert "partitions 2" in (project.project / "log" / "topics" / "legs" / "topic.conf").read_text()
    edit(project, "haul.yaml", ("partitions: 2", "partitions: 0"))
    assert "needs a number from 1 to 1024" in project.run("check", "--format", "json", exit_codes=(1,)).stdout


def test_the_page_shows_what_the_commands_print(versioned):
    edit(versioned, LEGS, NO_LGA, MAJOR)
    page = (ROOT / "docs" / "contracts.md").read_text()
    blocks = re.findall(r"```console\n\$ haul (.*?)\n(.*?)```", page, re.DOTALL)

    assert [command for command, _ in blocks] == ["contract diff legs@HEAD legs", "check --against HEAD"]
    for command, printed in blocks:
        done = subprocess.run(
            [str(versioned.binary), *command.split()], cwd=versioned.project, capture_output=True, text=True
        )
        assert done.returncode in (1, 3)
        for line in printed.splitlines():
            assert line == "..." or line in done.stdout, f"{command} does not print: {line}\n{done.stdout}"
