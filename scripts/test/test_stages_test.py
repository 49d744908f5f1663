"""The closing line of ./dev test adds up what each runner reports, and never hides a failure."""

import pathlib
import sys
import tempfile
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from dev import test as dev_test  # noqa: E402
from dev.shell import Failed  # noqa: E402
from dev.test import Tally  # noqa: E402


def read(text: str) -> Tally:
    with tempfile.TemporaryDirectory() as name:
        report = pathlib.Path(name) / "report.xml"
        report.write_text(text)
        return dev_test.read_report(report)


def fail(text: str):
    raise Failed(text)


class Reports(unittest.TestCase):
    def test_the_cases_of_pytest_are_counted(self):
        cases = "<testcase/>" + "".join(
            f"<testcase><{end}/></testcase>" for end in ("failure", "error", "skipped")
        )
        self.assertEqual(read(f"<testsuites><testsuite>{cases}</testsuite></testsuites>"), Tally(1, 2, 1))

    def test_the_cases_of_ctest_are_counted(self):
        cases = (
            '<testcase status="run"/><testcase status="fail"/><testcase status="notrun"><skipped/></testcase>'
        )
        self.assertEqual(read(f"<testsuite>{cases}</testsuite>"), Tally(1, 1, 1))

    def test_the_result_lines_of_cargo_are_added(self):
        lines = ["ok. 3 passed; 0 failed; 1 ignored; 0", "FAILED. 2 passed; 1 failed; 0 ignored"]
        text = "\n".join(f"test result: {line}" for line in lines)
        self.assertEqual(dev_test.read_cargo(text), Tally(5, 1, 1))

    def test_the_closing_line_names_skipped_tests_only_if_there_are_any(self):
        self.assertEqual(Tally(3, 0).line(), "3 passed, 0 failed")
        self.assertEqual(Tally(3, 1, 2).line(), "3 passed, 1 failed, 2 skipped")


class Stages(unittest.TestCase):
    def setUp(self):
        for module in ("dev.test.say", "dev.shell.say"):
            patch = unittest.mock.patch(module)
            patch.start()
            self.addCleanup(patch.stop)

    def test_a_stage_that_breaks_counts_as_failed_and_the_others_run(self):
        stages = [("ctest", lambda: fail("crash")), ("cargo test", lambda: Tally(2, 0))]
        self.assertEqual(dev_test.run_stages(stages), Tally(2, 1))

    def test_nothing_runs_after_a_broken_build(self):
        stages = [("build dev", lambda: fail("does not compile")), ("ctest", lambda: Tally(2, 0))]
        self.assertEqual(dev_test.run_stages(stages), Tally(0, 1))

    def test_a_runner_that_fails_without_a_failed_test_is_a_failure(self):
        with tempfile.TemporaryDirectory() as name:
            report = pathlib.Path(name) / "report.xml"
            command = ["sh", "-c", f"echo '<testsuite><testcase/></testsuite>' > {report}; exit 5"]
            with self.assertRaisesRegex(Failed, "exit 5 though no test failed"):
                dev_test.tally_of_report(command, report, {})
            with self.assertRaisesRegex(Failed, "exit 7 without a report"):
                dev_test.tally_of_report(["sh", "-c", "exit 7"], report, {})


if __name__ == "__main__":
    unittest.main()
