"""docs/benchmarks.md out of bench/results/*.json."""

import json
import pathlib

HEAD = """# Benchmarks

Written by `./dev bench` from `bench/results/*.json`; do not edit. The ratio is ours to the peer's; the goal
is for the ratio where there is a peer, else for the value. A goal that is not reached says so.
"""
COLUMNS = (
    "| Measured | Value | Peer | Its value | Ratio | Goal | Reached |\n|---|---:|---|---:|---:|---:|---|\n"
)


def write_report(results: pathlib.Path, page: pathlib.Path) -> None:
    text = HEAD
    for path in sorted(results.glob("*.json")):
        rows = json.loads(path.read_text(encoding="utf-8"))
        if rows:
            text += f"\n## {path.stem}\n\n{COLUMNS}" + "".join(table_row(row) for row in rows)
            text += "".join(f"\n`{row['command']}`: {row['conditions']}\n" for row in distinct_runs(rows))
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")


def distinct_runs(rows: list[dict]) -> list[dict]:
    return list({(row["command"], row["conditions"]): row for row in rows}.values())


def table_row(row: dict) -> str:
    peer_value = f"{number(row['peer_value'])} {row['unit']}" if row.get("peer") else ""
    cells = [row["name"], f"{number(row['value'])} {row['unit']}", row.get("peer") or "", peer_value]
    cells += [number(row.get("ratio")), goal(row), reached(row)]
    return "| " + " | ".join(cells) + " |\n"


def goal(row: dict) -> str:
    if row.get("goal") is None:
        return ""
    return f"{'≥' if row['better'] == 'higher' else '≤'} {number(row['goal'])}"


def reached(row: dict) -> str:
    if row.get("goal") is None:
        return ""
    found = row["ratio"] if row.get("peer") else row["value"]
    return (
        "yes" if (found >= row["goal"] if row["better"] == "higher" else found <= row["goal"]) else "**no**"
    )


def number(value: float | None) -> str:
    """Three digits that count: 0.0123, 1.23, 123, 1,230,000."""
    if value is None:
        return ""
    if value == 0:
        return "0"
    digits = 2 - len(f"{abs(int(value))}") + 1 if abs(value) >= 1 else None
    if digits is None:
        return f"{value:.3g}"
    return f"{round(value, digits):,.{max(digits, 0)}f}"
