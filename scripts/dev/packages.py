"""Fetches the packages of third_party.toml into the cache, each checked against its SHA-256."""

import dataclasses
import fnmatch
import hashlib
import os
import pathlib
import re
import shutil
import sys
import tarfile
import tempfile
import tomllib
import zipfile

from dev.shell import Failed, cache, output_of, say

UNPACK = "unpack"


@dataclasses.dataclass(frozen=True)
class Package:
    """One entry of the manifest; its fields are explained at the head of third_party.toml."""

    name: str
    registry: str
    package: str
    version: str
    file: str
    sha256: str
    licence: str
    take: dict
    inner: str = ""

    def folder(self) -> pathlib.Path:
        """Where its files stand in the cache. A changed archive or `take` gives another folder."""
        recipe = hashlib.sha256(
            repr((self.sha256, self.inner, sorted(self.take.items()))).encode()
        ).hexdigest()
        return cache() / "packages" / f"{self.name}-{self.version}-{recipe[:16]}"


def read_manifest(path: pathlib.Path) -> list[Package]:
    with open(path, "rb") as file:
        entries = tomllib.load(file)["package"]
    try:
        packages = [Package(**entry) for entry in entries]
    except TypeError as error:
        raise Failed(f"{path}: {error}") from None
    for package in packages:
        if package.registry not in FETCHERS:
            raise Failed(f"{path}: {package.name}: registry must be one of {', '.join(FETCHERS)}")
        if not re.fullmatch("[0-9a-f]{64}", package.sha256):
            raise Failed(f"{path}: {package.name}: sha256 must be 64 lower-case hexadecimal digits")
    return packages


def provide(package: Package) -> pathlib.Path:
    """The folder with the package's files, fetched now unless the cache has it."""
    folder = package.folder()
    if folder.is_dir():
        return folder
    say(f"fetching {package.name} {package.version}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{package.name}-") as scratch_name:
        scratch = pathlib.Path(scratch_name)
        archive = FETCHERS[package.registry](package, scratch)
        check(package, archive)
        if package.inner:
            unpack(archive, scratch / "outer")
            archive = scratch / "outer" / package.inner
        taken = scratch / "taken"
        take(package, archive, taken)
        taken.rename(folder)
    return folder


def check(package: Package, archive: pathlib.Path) -> None:
    with open(archive, "rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != package.sha256:
        raise mismatch(package, found)


def mismatch(package: Package, found: str) -> Failed:
    return Failed(
        f"{package.file}: the registry's file is not the one third_party.toml pins; nothing was installed\n"
        f"  expected SHA-256 {package.sha256}\n"
        f"  got              {found}\n"
        f"  If the change is intended, read what changed in the package, then pin the new value."
    )


def fetch_pypi(package: Package, scratch: pathlib.Path) -> pathlib.Path:
    """pip checks the hash too, before it runs anything of a source archive."""
    wanted = scratch / "wanted.txt"
    wanted.write_text(
        f"{package.package}=={package.version} --hash=sha256:{package.sha256}\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    if package.file.endswith(".whl"):
        python, abi, platform = package.file.removesuffix(".whl").split("-")[-3:]
        command += ["--only-binary", ":all:"]
        if platform != "any":
            command += ["--platform", platform, "--abi", abi]
            command += ["--implementation", python[:2], "--python-version", f"{python[2]}.{python[3:]}"]
    else:
        command += ["--no-binary", ":all:"]
    try:
        output_of([*command, "--dest", scratch, "-r", wanted])
    except Failed as failure:
        got = re.search(r"Got\s+([0-9a-f]{64})", str(failure))
        raise (mismatch(package, got[1]) if got else failure) from None
    return scratch / package.file


def fetch_npm(package: Package, scratch: pathlib.Path) -> pathlib.Path:
    output_of(["npm", "pack", "--silent", f"{package.package}@{package.version}"], cwd=scratch)
    return scratch / package.file


def fetch_crate(package: Package, scratch: pathlib.Path) -> pathlib.Path:
    """cargo has no download command: an empty crate that depends on the wanted one makes it fetch that."""
    (scratch / "src").mkdir()
    (scratch / "src" / "lib.rs").touch()
    (scratch / "Cargo.toml").write_text(
        '[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n\n'
        f'[dependencies]\n{package.package} = "={package.version}"\n',
        encoding="utf-8",
    )
    output_of(["cargo", "fetch", "--quiet"], cwd=scratch)
    home = os.environ.get("CARGO_HOME") or os.path.join(os.path.expanduser("~"), ".cargo")
    found = sorted(pathlib.Path(home).glob(f"registry/cache/*/{package.file}"))
    if not found:
        raise Failed(
            f"cargo fetched {package.package} {package.version} but {package.file} is not below {home}"
        )
    return found[0]


FETCHERS = {"pypi": fetch_pypi, "npm": fetch_npm, "crates": fetch_crate}


def take(package: Package, archive: pathlib.Path, folder: pathlib.Path) -> None:
    """Unpacks what the package's `take` names; a pattern that finds nothing is a mistake."""
    folder.mkdir()
    everything = folder.parent / "everything"
    unpack(archive, everything)
    files = sorted(path for path in everything.rglob("*") if path.is_file())
    for pattern, target in package.take.items():
        found = [path for path in files if fnmatch.fnmatchcase(str(path.relative_to(everything)), pattern)]
        if not found:
            raise Failed(f"{package.file}: has no file that matches {pattern}")
        base = everything / pathlib.Path(pattern.split("*")[0] + "x").parent
        for path in found:
            if target == UNPACK:
                unpack(path, folder)
                continue
            place = folder / target / path.relative_to(base)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, place)


def is_harmless(member: tarfile.TarInfo) -> bool:
    """Only plain files below the folder. (Debian 12's tarfile has no extraction filters.)"""
    path = pathlib.PurePosixPath(member.name)
    return member.isfile() and not path.is_absolute() and ".." not in path.parts


def unpack(archive: pathlib.Path, folder: pathlib.Path) -> None:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(folder)
    else:
        with tarfile.open(archive) as opened:
            opened.extractall(folder, [member for member in opened if is_harmless(member)])
