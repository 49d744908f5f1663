"""Spark with its Delta reader: installed once into the cache, run as one job that answers JSON."""

import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
REQUIREMENTS = HERE / "spark-requirements.txt"
BUILD_REQUIREMENTS = HERE / "spark-build-requirements.txt"
POM = HERE / "spark-pom.xml"
JARS = HERE / "spark-jars.sha256"
MAVEN_DEPENDENCY_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"


def cache() -> pathlib.Path:
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return pathlib.Path(home) / "haul"


def home() -> pathlib.Path:
    """Where Spark is installed; it is installed now where it is missing (600 MB, two minutes)."""
    need_commands()
    inputs = [REQUIREMENTS, BUILD_REQUIREMENTS, POM, JARS]
    key = hashlib.sha256(b"".join(path.read_bytes() for path in inputs)).hexdigest()[:16]
    folder = cache() / "components" / f"spark-{key}"
    with locked(folder.with_suffix(".lock")):
        if not (folder / "whole").exists():
            shutil.rmtree(folder, ignore_errors=True)
            install_python(folder)
            install_jars(folder)
            (folder / "whole").touch()
    return folder


def need_commands() -> None:
    lacking = {"java": "openjdk-17-jre-headless", "mvn": "maven"}
    missing = [package for command, package in lacking.items() if not shutil.which(command)]
    if missing:
        pytest.fail(f"Spark needs Debian packages: apt-get install --yes {' '.join(missing)}", pytrace=False)


@contextlib.contextmanager
def locked(path: pathlib.Path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def install_python(folder: pathlib.Path) -> None:
    output_of([sys.executable, "-m", "venv", folder / "venv"])
    pip = [folder / "venv" / "bin" / "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    output_of([*pip, "-r", BUILD_REQUIREMENTS])
    output_of([*pip, "--no-build-isolation", "-r", REQUIREMENTS])


def install_jars(folder: pathlib.Path) -> None:
    """Those of Delta alone: Spark has the others. Each must be the file that spark-jars.sha256 names."""
    jars = folder / "jars"
    maven = ["mvn", "--quiet", "--batch-mode", "--strict-checksums", "--file", POM]
    goal = f"{MAVEN_DEPENDENCY_PLUGIN}:copy-dependencies"
    output_of([*maven, goal, f"-DoutputDirectory={jars}", "-DincludeGroupIds=io.delta,io.unitycatalog"])
    wanted = dict(reversed(line.split()) for line in JARS.read_text().splitlines())
    got = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in jars.iterdir()}
    assert got == wanted, f"not the jars that {JARS.name} names: {set(got.items()) ^ set(wanted.items())}"


def output_of(command: list) -> str:
    command = [str(word) for word in command]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=550, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)} ended with {done.returncode}\n{done.stdout}"
    return done.stdout


def run(job: pathlib.Path, request: dict, folder: pathlib.Path, timeout: float = 1200) -> dict:
    """Runs a job in a session of its own. `folder` takes request, answer and Spark's scratch files."""
    spark = home()
    folder.mkdir(parents=True, exist_ok=True)
    jars = ",".join(str(path) for path in sorted((spark / "jars").iterdir()))
    (folder / "request.json").write_text(json.dumps({**request, "jars": jars, "scratch": str(folder)}))
    command = [spark / "venv" / "bin" / "python", "-B", job, folder / "request.json", folder / "answer.json"]
    environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "TZ": "UTC"}
    environment.pop("SPARK_HOME", None)
    with subprocess.Popen(
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            said, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)  # the job and the Java process it started
            raise
    assert process.returncode == 0, f"Spark ended with {process.returncode}\n{said[-8000:]}"
    return json.loads((folder / "answer.json").read_text())
