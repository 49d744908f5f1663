"""Every command of the README's tour runs, and what the page prints is what comes out."""

import os
import re
import subprocess
import sys

from conftest import ROOT


def tour() -> list[tuple[str, list[str]]]:
    """(command, printed lines) of the console block; comments and cut output left out."""
    (block,) = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    steps = []
    for line in block.splitlines():
        if line.startswith("$ "):
            steps.append((re.sub(r"\s{2,}#.*$", "", line[2:]), []))
        elif line != "...":
            steps[-1][1].append(line)
    return steps


def test_the_tour_runs_and_prints_what_the_page_says(binary, flights_data, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "haul").symlink_to(binary)
    (tmp_path / "bin" / "python3").symlink_to(sys.executable)
    (tmp_path / "flights.csv").symlink_to(flights_data / "flights.csv")
    environment = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    environment["PYTHONPATH"] = ":".join(path for path in sys.path if path.endswith("site-packages"))

    for command, printed in tour():
        if command.startswith("haul demo"):
            command += f" --data {flights_data}"
        done = subprocess.run(
            command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode in (0, 3), f"{command}\n{done.stdout}\n{done.stderr}"
        for line in printed:
            assert line in done.stdout, f"{command} does not print: {line}\n{done.stdout}"
