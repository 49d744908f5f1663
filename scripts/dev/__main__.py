"""Started by ./dev as `python3 scripts/dev`: makes the folder importable as the package `dev`."""

import pathlib
import sys

sys.path[0] = str(pathlib.Path(__file__).resolve().parents[1])

from dev.main import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
