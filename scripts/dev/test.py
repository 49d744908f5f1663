"""./dev test: builds and runs every test, and closes with one line that adds them up."""

import dataclasses
import os
import pathlib
import re
import subprocess
import xml.etree.ElementTree

from dev.build import build
from dev.delta_shim import CRATE, cargo_environment
from dev.fuzz import fuzz
from dev.setup import setup
from dev.shell import DEPS, ROOT, Failed, cache, locked, say, stage

SYSTEM_TESTS = ROOT / "tests" / "system"
HEADERS_ALONE = "all_verify_interface_header_sets"  # CMake's own: compiles each public header by itself
MUTANT = "haul_split_offsets"  # tests/CMakeLists.txt


@dataclasses.dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other: "Tally") -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def line(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def test(modules: list[str], full: bool) -> int:
    """All tests, or those of some modules. A stage that breaks counts as one failed test; the others run."""
    if full and os.geteuid() != 0:
        raise Failed("--full mounts and fills file systems: run it as root")
    setup()
    if modules:
        stages = [("build", lambda: build_modules(modules)), ("ctest", lambda: run_ctest(modules))]
    else:
        stages = [
            ("build dev", lambda: build("dev", ["all", HEADERS_ALONE])),
            ("build release", lambda: build("release", ["haul", MUTANT])),
            ("ctest", lambda: run_ctest([])),
            ("system tests", lambda: run_system_tests(full)),
            ("cargo test", run_cargo_test),
            *([("fuzz", run_fuzz)] if full else []),
        ]
    tally = run_stages(stages)
    say("")
    print(tally.line(), flush=True)
    return 1 if tally.failed else 0


def run_stages(stages: list) -> Tally:
    tally = Tally()
    for name, act in stages:
        try:
            with stage(name):
                tally.add(act() or Tally())
        except Failed as failure:
            say(f"dev test: {name}: {failure}")
            tally.failed += 1
            if name.startswith("build"):
                break
    return tally


def build_modules(modules: list[str]) -> None:
    """The scripts are a module too, with nothing to build."""
    targets = [f"haul_{module.replace('/', '_')}_test" for module in modules if module != "scripts"]
    build("dev", targets or ["help"])


def run_ctest(modules: list[str]) -> Tally:
    report = ROOT / "build" / "dev" / "ctest.xml"
    command = ["ctest", "--preset", "dev", "--output-junit", str(report), "--no-tests=error"]
    command += ["--parallel", str(os.cpu_count() or 2)]
    if modules:
        command += ["--label-regex", f"^({'|'.join(module.replace('/', '_') for module in modules)})$"]
    return tally_of_report(command, report, {})


def run_system_tests(full: bool) -> Tally:
    """pytest over the release binary, with the clients that users have."""
    release = ROOT / "build" / "release"
    report = release / "pytest.xml"
    command = [
        str(DEPS / "venv" / "bin" / "python"),
        "-B",
        "-m",
        "pytest",
        "-c",
        str(SYSTEM_TESTS / "pytest.ini"),
    ]
    command += [f"--junitxml={report}", *([] if full else ["-m", "not full"]), str(SYSTEM_TESTS)]
    environment = {"HAUL_BINARY": str(release / "haul"), "HAUL_MUTANT_BINARY": str(release / MUTANT)}
    return tally_of_report(command, report, {**environment, **({"HAUL_KILLS": "50"} if full else {})})


def tally_of_report(command: list[str], report: pathlib.Path, environment: dict) -> Tally:
    report.unlink(missing_ok=True)
    code = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode
    if not report.is_file():
        raise Failed(f"exit {code} without a report: {' '.join(command)}")
    tally = read_report(report)
    if code != 0 and tally.failed == 0:
        raise Failed(f"exit {code} though no test failed: {' '.join(command)}")
    return tally


def read_report(report: pathlib.Path) -> Tally:
    """Counts the test cases of a JUnit file. ctest has a status of its own for a test that it did not run."""
    tally = Tally()
    for case in xml.etree.ElementTree.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
            tally.failed += 1
        elif case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            tally.skipped += 1
        else:
            tally.passed += 1
    return tally


def run_fuzz() -> Tally:
    """libFuzzer over every fuzz target, ten minutes each."""
    sound = [is_sound for _, is_sound in fuzz()]
    return Tally(sound.count(True), sound.count(False))


def run_cargo_test() -> Tally:
    """The shim's own tests, in the release profile: it shares the compiled crates with the build."""
    if not CRATE.is_dir():
        return Tally()
    command = ["cargo", "test", "--release", "--locked", "--manifest-path", str(CRATE / "Cargo.toml")]
    with locked(cache() / "delta_shim.lock"):
        done = subprocess.run(
            command, env=cargo_environment(), stdout=subprocess.PIPE, text=True, check=False
        )
    say(done.stdout)
    tally = read_cargo(done.stdout)
    if done.returncode != 0 and tally.failed == 0:
        raise Failed(f"exit {done.returncode}: {' '.join(command)}")
    return tally


def read_cargo(text: str) -> Tally:
    tally = Tally()
    for counts in re.findall(r"^test result: .*?(\d+) passed; (\d+) failed; (\d+) ignored", text, re.M):
        tally.add(Tally(*(int(count) for count in counts)))
    return tally
