"""How long the command line takes to answer: whole processes, best of 15."""

import subprocess
import tempfile

from measure import HAUL, Measurement, best_of, write


def run(*arguments: str) -> None:
    subprocess.run([HAUL, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="haul-bench-") as folder:
        helped = best_of(15, lambda: run("--help"))
        queried = best_of(15, lambda: run("sql", "-C", folder, "select 1"))
    write(
        "startup",
        [
            Measurement(name="haul --help", unit="ms", value=helped * 1000, better="lower", goal=50),
            Measurement(
                name="haul sql 'select 1'", unit="ms", value=queried * 1000, better="lower", goal=300
            ),
        ],
    )


if __name__ == "__main__":
    main()
