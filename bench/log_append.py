"""Durable appends of 225-byte events, beside a bare loop that writes the same bytes in the same batches.

The loop writes to as many files and syncs one after the other. Medians of 11 turns each, in turn.
"""

import json
import subprocess
import tempfile

from measure import ROOT, Measurement, write

BUILD = ROOT / "build" / "release"


def main() -> None:
    subprocess.run(["ninja", "-C", BUILD, "haul_log_append"], check=True, stdout=subprocess.DEVNULL)
    # Beside the build, not in a temporary folder: that may be memory, which has nothing to sync.
    with tempfile.TemporaryDirectory(prefix="log-append-", dir=BUILD) as folder:
        program = BUILD / "bench" / "haul_log_append"
        done = subprocess.run([program, f"{folder}/log"], check=True, stdout=subprocess.PIPE, text=True)
    write("log_append", [measurement(row) for row in json.loads(done.stdout)])


def measurement(row: dict) -> Measurement:
    return Measurement(
        name=f"log append, {row['name']}",
        unit="events/s",
        value=row["log_events_per_s"],
        better="higher",
        peer="bare write + fdatasync",
        peer_value=row["bare_events_per_s"],
        goal=0.8,
    )


if __name__ == "__main__":
    main()
