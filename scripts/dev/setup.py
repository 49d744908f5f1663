"""./dev setup: Debian packages, third-party packages, the Python environment of the system tests."""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

from dev import packages
from dev.shell import DEPS, ROOT, Failed, cache, locked, output_of, run, say

MANIFEST = ROOT / "third_party.toml"
DEBIAN = ROOT / "debian-packages.txt"
REQUIREMENTS = ROOT / "tests" / "requirements.txt"
STAMP = DEPS / "stamp"


def setup() -> None:
    """Makes .deps/ whole. Costs some milliseconds when nothing has changed since the last time."""
    stamp = inputs_hash()
    if STAMP.is_file() and STAMP.read_text(encoding="utf-8") == stamp and links_are_whole():
        return
    install_debian_packages(missing_debian_packages())
    with locked(cache() / "setup.lock"):
        DEPS.mkdir(exist_ok=True)
        for package in packages.read_manifest(MANIFEST):
            link(package.name, packages.provide(package))
        link("venv", provide_venv())
    STAMP.write_text(stamp, encoding="utf-8")
    say("setup: done")


def inputs_hash() -> str:
    """Of everything that decides what setup would do, and of where the cache is."""
    digest = hashlib.sha256(str(cache()).encode())
    for path in [MANIFEST, DEBIAN, REQUIREMENTS, pathlib.Path(__file__), pathlib.Path(packages.__file__)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def links_are_whole() -> bool:
    links = [path for path in DEPS.iterdir() if path.is_symlink()]
    return bool(links) and all(path.exists() for path in links)


def link(name: str, target: pathlib.Path) -> None:
    """Points .deps/NAME at target, in one step."""
    fresh = DEPS / f".{name}.new"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.rename(DEPS / name)


def missing_debian_packages() -> list[str]:
    lines = [line.split("#")[0].split() for line in DEBIAN.read_text(encoding="utf-8").splitlines()]
    wanted = [
        words[0] for words in lines if words and not (words[1:2] == ["unless"] and has_command(*words[2:]))
    ]
    if not shutil.which("dpkg-query"):
        raise Failed(f"this machine is not Debian: install what {DEBIAN.name} names by hand")
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *wanted]
    listed = subprocess.run(
        query, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False
    ).stdout
    installed = {line.split()[0] for line in listed.splitlines() if line.endswith(" installed")}
    return [name for name in wanted if name not in installed]


def has_command(name: str, least: str = "") -> bool:
    if not shutil.which(name):
        return False
    if not least:
        return True
    found = re.search(r"\d+(\.\d+)+", output_of([name, "--version"]))
    return bool(found) and numbers(found[0]) >= numbers(least)


def numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def install_debian_packages(missing: list[str]) -> None:
    if not missing:
        return
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        command = f"sudo sh -c 'apt-get update && {' '.join(install)}'"
        raise Failed(
            f"{len(missing)} Debian packages are missing and this is not root; run\n\n"
            f"  {command}\n\nthen ./dev setup again"
        )
    say(f"installing {len(missing)} Debian packages: {' '.join(missing)}")
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    run(["apt-get", "update", "--quiet"], **quiet)
    run(install, **quiet)


def provide_venv(requirements: pathlib.Path = REQUIREMENTS) -> pathlib.Path:
    """A Python environment with exactly the wheels that `requirements` names, each checked by its hash."""
    python = "/usr/bin/python3.11" if os.access("/usr/bin/python3.11", os.X_OK) else sys.executable
    version = output_of([python, "--version"]).strip()
    key = hashlib.sha256(f"{python} {version}".encode() + requirements.read_bytes()).hexdigest()
    folder = cache() / "venvs" / key[:16]
    whole = folder / "whole"
    if not whole.exists():
        say(f"making the Python environment of {requirements.relative_to(ROOT)}")
        shutil.rmtree(folder, ignore_errors=True)
        output_of([python, "-m", "venv", folder])
        pip = [folder / "bin" / "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"]
        output_of([*pip, "--require-hashes", "-r", requirements])
        whole.touch()
    return folder
