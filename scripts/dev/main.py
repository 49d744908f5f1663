"""Reads the command line of ./dev."""

import argparse
import sys

from dev.shell import Failed, say


def main(words: list[str]) -> int:
    arguments = parser().parse_args(words)
    try:
        return arguments.act(arguments) or 0
    except Failed as failure:
        say(f"dev {arguments.command}: {failure}")
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="./dev", description="builds, tests and measures Haul")
    commands = whole.add_subparsers(dest="command", required=True)

    def command(name: str, act, text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        one.set_defaults(act=act)
        return one

    command("setup", act_setup, "installs what is missing; under a second when nothing is")
    one = command("build", act_build, "builds a preset (default: dev)")
    one.add_argument("--preset", default="dev", choices=["dev", "release", "tsan", "coverage"])
    one.add_argument("targets", nargs="*", help="targets; without any, all of the preset")
    return whole


def act_setup(_) -> None:
    from dev.setup import setup

    setup()


def act_build(arguments) -> None:
    from dev.build import build

    build(arguments.preset, arguments.targets)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
