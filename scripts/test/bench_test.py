"""Numbers of benchmarks: how Google Benchmark's rows become ours, and what the page says of them."""

import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from dev import bench, report  # noqa: E402
from dev.shell import Failed  # noqa: E402

ROWS = [
    {
        "name": "append_rows/225/iterations:50/real_time",
        "items_per_second": 800.0,
        "real_time": 1.0,
        "time_unit": "ns",
    },
    {"name": "bare/225", "items_per_second": 1000.0, "real_time": 1.0, "time_unit": "ns"},
    {"name": "open", "real_time": 14.0, "time_unit": "ms"},
]


class ModuleBenchmarks(unittest.TestCase):
    def test_items_come_before_time_and_time_is_better_when_lower(self):
        found = {one.name: one for one in bench.measurements("log", ROWS, {})}
        self.assertEqual(
            (found["log: append rows 225"].value, found["log: append rows 225"].better), (800.0, "higher")
        )
        self.assertEqual((found["log: open"].unit, found["log: open"].better), ("ms", "lower"))

    def test_a_peer_is_a_benchmark_of_the_same_program(self):
        goals = {"log/append_rows/225": {"unit": "events/s", "peer": "log/bare/225", "goal": 0.8}}
        found = bench.measurements("log", ROWS, goals)[0]
        self.assertEqual((found.unit, found.peer_value, found.ratio()), ("events/s", 1000.0, 0.8))
        with self.assertRaisesRegex(Failed, "no benchmark log: nobody"):
            bench.measurements("log", ROWS, {"log/append_rows/225": {"peer": "log/nobody"}})

    def test_a_name_says_what_was_measured_and_not_how_often(self):
        for printed, shown in [
            ("delta/commit_at_version/10/iterations:50/real_time", "delta: commit at version 10"),
            ("delta/bare_files/process_time", "delta: bare files"),
            ("expression/compare/rows:1000/repeats:3", "expression: compare rows:1000"),
        ]:
            self.assertEqual(bench.plain_name(printed), shown)

    def test_a_benchmark_that_failed_fails_the_run(self):
        with self.assertRaisesRegex(Failed, "setup broke"):
            bench.medians([{"name": "a", "error_occurred": True, "error_message": "setup broke"}])

    def test_the_median_of_a_benchmark_stands_for_its_runs(self):
        runs = [
            {"name": "a/repeats:3", "run_name": "a", "real_time": time, "time_unit": "us"}
            for time in (9, 2, 1)
        ]
        aggregates = [
            {**runs[0], "aggregate_name": name, "real_time": time}
            for name, time in [("mean", 4), ("median", 2)]
        ]

        (row,) = bench.medians(runs + aggregates)

        self.assertEqual((row["name"], row["real_time"]), ("a", 2))


class Report(unittest.TestCase):
    def row(self, **more) -> dict:
        return {
            "name": "a",
            "unit": "s",
            "value": 3.0,
            "better": "lower",
            "command": "c",
            "conditions": "d",
            **more,
        }

    def test_a_goal_is_for_the_ratio_where_there_is_a_peer(self):
        with_peer = {"peer": "p", "peer_value": 1.0, "ratio": 3.0}
        self.assertEqual(report.reached(self.row(**with_peer, goal=2.0)), "**no**")
        self.assertEqual(report.reached(self.row(**with_peer, goal=3.0)), "yes")
        self.assertEqual(report.reached(self.row(goal=2.0)), "**no**")
        self.assertEqual(report.reached(self.row(goal=2.0, better="higher")), "yes")
        self.assertEqual(report.reached(self.row()), "")

    def test_numbers_keep_three_digits_that_count(self):
        written = [report.number(value) for value in (0, 0.01234, 1.234, 123.4, 1234567.0, None)]
        self.assertEqual(written, ["0", "0.0123", "1.23", "123", "1,230,000", ""])

    def test_the_page_has_a_table_for_each_file_of_results(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "log.json").write_text(json.dumps([self.row(goal=4.0), self.row(name="b")]))
            report.write_report(folder, folder / "page.md")
            text = (folder / "page.md").read_text()
        self.assertIn("## log\n", text)
        self.assertIn("| a | 3.00 s |  |  |  | ≤ 4.00 | yes |\n", text)
        self.assertEqual(text.count("`c`: d"), 1)


if __name__ == "__main__":
    unittest.main()
