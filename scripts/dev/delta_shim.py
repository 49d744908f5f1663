"""Builds rust/delta_shim and puts libhaul_delta.so where the caller wants it: delta_shim.py OUTPUT.

A clean build compiles some 400 crates, so nothing is compiled twice by one user: the finished library is kept
under the hash of everything it was made from, and the crates it needs under the hash of Cargo.lock and the
compiler.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from dev.shell import ROOT, Failed, cache, locked, output_of  # noqa: E402

CRATE = ROOT / "rust" / "delta_shim"
LIBRARY = "libhaul_delta.so"


def main(output: pathlib.Path) -> None:
    while not (kept := cache() / "delta_shim" / source_hash() / LIBRARY).exists():
        with locked(cache() / "delta_shim.lock"):
            before = source_hash()  # sources may have changed while another build held the lock
            built = cargo_build()
            if source_hash() == before:  # else what was built is of neither version: build again
                replace(built, cache() / "delta_shim" / before / LIBRARY)
    replace(kept, output)


def source_hash() -> str:
    digest = hashlib.sha256(compiler_version().encode())
    sources = sorted(
        path for path in CRATE.rglob("*") if path.is_file() and path.suffix in (".rs", ".toml", ".lock")
    )
    for path in sources:
        if "target" in path.relative_to(CRATE).parts:
            continue
        digest.update(str(path.relative_to(CRATE)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:32]


def compiler_version() -> str:
    return output_of(["rustc", "--version", "--verbose"])


def cargo_environment() -> dict:
    """With a target folder that every build with the same dependencies and compiler shares."""
    key = hashlib.sha256(compiler_version().encode() + (CRATE / "Cargo.lock").read_bytes()).hexdigest()[:16]
    return {**os.environ, "CARGO_TARGET_DIR": str(cache() / "cargo" / key)}


def cargo_build() -> pathlib.Path:
    environment = cargo_environment()
    command = ["cargo", "build", "--release", "--locked", "--manifest-path", str(CRATE / "Cargo.toml")]
    if subprocess.run(command, env=environment, check=False).returncode != 0:
        raise Failed("cargo could not build rust/delta_shim; its messages are above")
    return pathlib.Path(environment["CARGO_TARGET_DIR"]) / "release" / LIBRARY


def replace(source: pathlib.Path, target: pathlib.Path) -> None:
    """Copies, so that whoever has the old file open keeps it whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(source, fresh)
    fresh.rename(target)


if __name__ == "__main__":
    try:
        main(pathlib.Path(sys.argv[1]))
    except Failed as failure:
        sys.exit(f"delta_shim: {failure}")
