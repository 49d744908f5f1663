"""Reads the command line of ./dev."""

import argparse

from dev.bench import bench
from dev.build import PRESETS, build
from dev.demo import demo
from dev.lint import format_sources, lint, tidy
from dev.setup import setup
from dev.shell import Failed, say
from dev.test import test


def main(words: list[str]) -> int:
    whole = parser()
    arguments, rest = whole.parse_known_args(words)
    if rest and arguments.command != "demo":
        whole.error(f"unknown: {' '.join(rest)}")
    arguments.rest = rest
    try:
        return arguments.act(arguments) or 0
    except Failed as failure:
        say(f"dev {arguments.command}: {failure}")
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="./dev", description="Sets up, builds, tests and measures Haul.")
    commands = whole.add_subparsers(dest="command", required=True)

    def command(name: str, act, text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        one.set_defaults(act=act)
        return one

    command("setup", lambda _: setup(), "installs what is missing; takes under a second when nothing is")

    one = command("build", lambda given: build(given.preset, given.targets), "builds a preset")
    one.add_argument("--preset", default="dev", choices=PRESETS, help="default: dev")
    one.add_argument("targets", nargs="*", help="targets; without any, all of the preset")

    one = command(
        "test",
        lambda given: test(given.modules, given.full),
        "builds and runs every test, or those of the named modules",
    )
    one.add_argument("--full", action="store_true", help="the long tests too; needs root")
    one.add_argument("modules", nargs="*", help="as base or adapters/delta")

    one = command(
        "bench",
        lambda given: bench(given.names, given.list),
        "runs benchmarks on the release build and writes docs/benchmarks.md",
    )
    one.add_argument("names", nargs="*", help="as ingest or eventlog; without any, all")
    one.add_argument("--list", action="store_true", help="only say which there are")

    one = command(
        "lint",
        lambda given: lint(given.files, given.all),
        "clang-tidy over what differs from main, or over the named files",
    )
    one.add_argument("--all", action="store_true", help="over every source file")
    one.add_argument("files", nargs="*")

    one = command(
        "format", lambda given: format_sources(given.files, given.check), "lays out C++ and Rust sources"
    )
    one.add_argument("--check", action="store_true", help="change nothing, fail if something would change")
    one.add_argument("files", nargs="*")

    one = command("tidy", lambda given: tidy(given.files), "our own rules (scripts/tidy.toml)")
    one.add_argument("files", nargs="*")

    command(
        "demo",
        lambda given: demo(given.rest),
        "builds and runs `haul demo --once` on real data; more words go to haul",
    )
    return whole
