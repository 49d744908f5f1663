"""Each rule of tidy.py, shown on a small tree that breaks it and on one that does not."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import tidy  # noqa: E402

BASE = {"src/base/CMakeLists.txt": "haul_module(base SOURCES src/a.cc)\n", "src/base/src/a.cc": "\n"}


def found(rule, files: dict[str, str], tables: dict | None = None) -> list[str]:
    tree = tidy.Tree({name: text.split("\n") for name, text in files.items()}, tables or {})
    return [str(finding) for finding in rule(tree)]


class BannedText(unittest.TestCase):
    RULE = {
        "pattern": r"\bthrow\b",
        "files": "src/**/*.cc",
        "except": ["src/app/**"],
        "code": True,
        "instead": "fail()",
    }

    def test_names_the_line_and_what_to_write_instead(self):
        self.assertEqual(
            found(tidy.banned_text, {"src/a/src/x.cc": "\nthrow 1;\n"}, {"banned": [self.RULE]}),
            ["src/a/src/x.cc:2: 'throw': fail()"],
        )

    def test_leaves_excepted_files_comments_and_strings_alone(self):
        files = {
            "src/app/main.cc": "throw 1;\n",
            "src/a/x.cc": "// may throw\n",
            "src/b/x.cc": 'say("throw");\n',
        }
        self.assertEqual(found(tidy.banned_text, files, {"banned": [self.RULE]}), [])

    def test_the_table_of_the_project_can_be_read_and_compiled(self):
        tree = tidy.read_tree(tidy.ROOT)
        self.assertGreater(len(tree.tables["banned"]), 10)
        list(tidy.banned_text(tree))


class Sizes(unittest.TestCase):
    def sizes(self, lines: int, entry: int | None) -> list[str]:
        tables: dict = {"lines": {"*.cc": 10}}
        if entry:
            tables["longer"] = {"x.cc": {"lines": entry, "why": "a table"}}
        return found(tidy.sizes, {"x.cc": "\n" * lines}, tables)

    def test_a_long_file_needs_an_entry(self):
        self.assertEqual(self.sizes(10, None), [])
        self.assertIn("10 are allowed", self.sizes(11, None)[0])

    def test_an_entry_only_goes_down(self):
        self.assertEqual(self.sizes(20, 20), [])
        self.assertIn("grown past", self.sizes(21, 20)[0])
        self.assertIn("lower its entry", self.sizes(15, 20)[0])
        self.assertIn("remove its entry", self.sizes(10, 20)[0])

    def test_an_entry_of_a_removed_file_is_reported(self):
        tables = {"lines": {}, "longer": {"gone.cc": {"lines": 20, "why": "a table"}}}
        self.assertIn("does not exist", found(tidy.sizes, {}, tables)[0])


class IncludeDirection(unittest.TestCase):
    def log(self, cmake: str, files: dict[str, str]) -> list[str]:
        tree = {**BASE, "src/log/CMakeLists.txt": cmake}
        return found(
            tidy.include_direction, {**tree, **{f"src/log/{name}": text for name, text in files.items()}}
        )

    def test_an_include_of_a_module_that_is_not_named_is_reported(self):
        self.assertEqual(
            self.log("haul_module(log SOURCES src/a.cc)\n", {"src/a.cc": '#include "haul/base/id.h"\n'}),
            ["src/log/src/a.cc:1: includes haul/base/id.h: PRIVATE_DEPS of log lacks haul::base"],
        )

    def test_a_private_dependency_may_not_show_in_a_public_header(self):
        cmake = "haul_module(log SOURCES src/a.cc PRIVATE_DEPS haul::base)\n"
        self.assertEqual(self.log(cmake, {"src/a.cc": '#include "haul/base/id.h"\n'}), [])
        self.assertIn(
            ": DEPS of log lacks", self.log(cmake, {"include/haul/log/a.h": '#include "haul/base/id.h"\n'})[0]
        )

    def test_only_tests_may_include_the_fakes_of_another_module(self):
        cmake = "haul_module(log SOURCES src/a.cc DEPS haul::base TEST_DEPS haul::base_testing)\n"
        used = {
            "src/a.cc": '#include "haul/base/id.h"\n',
            "test/a_test.cc": '#include "haul/base/testing/fake.h"\n',
        }
        self.assertEqual(self.log(cmake, used), [])
        self.assertIn(
            "lacks haul::base_testing",
            self.log(cmake, {**used, "src/b.cc": '#include "haul/base/testing/fake.h"\n'})[0],
        )

    def test_a_named_module_of_which_nothing_is_included_is_reported(self):
        self.assertIn(
            "includes nothing", self.log("haul_module(log SOURCES src/a.cc DEPS haul::base)\n", {})[0]
        )

    def test_a_library_header_in_a_public_header_is_reported(self):
        cmake = "haul_module(log SOURCES src/a.cc)\n"
        self.assertEqual(self.log(cmake, {"include/haul/log/a.h": "#include <vector>\n"}), [])
        self.assertIn(
            "<fmt/format.h>", self.log(cmake, {"include/haul/log/a.h": "#include <fmt/format.h>\n"})[0]
        )

    def test_an_adapter_is_found_by_its_folder(self):
        cmake = "haul_module(adapters_delta SOURCES src/a.cc)\n"
        files = {
            "src/adapters/delta/CMakeLists.txt": cmake,
            "src/adapters/delta/src/a.cc": '#include "haul/base/id.h"\n',
        }
        self.assertIn("adapters_delta lacks haul::base", found(tidy.include_direction, {**BASE, **files})[0])


class DeadFiles(unittest.TestCase):
    def test_a_source_without_a_target_is_reported(self):
        self.assertIn(
            "src/base/src/b.cc:1: no target", found(tidy.dead_files, {**BASE, "src/base/src/b.cc": "\n"})[0]
        )

    def test_a_header_that_nobody_includes_is_reported(self):
        self.assertIn("nobody includes", found(tidy.dead_files, {**BASE, "src/base/src/b.h": "\n"})[0])
        used = {**BASE, "src/base/src/b.h": "\n", "src/base/src/a.cc": '#include "b.h"\n'}
        self.assertEqual(found(tidy.dead_files, used), [])

    def test_a_page_that_no_page_links_to_is_reported(self):
        self.assertIn("no page links", found(tidy.dead_files, {"docs/a.md": "# A\n"})[0])
        for link in ("docs/a.md", "docs/"):
            self.assertEqual(
                found(tidy.dead_files, {"docs/a.md": "# A\n", "README.md": f"[a]({link})\n"}), []
            )


class TestNames(unittest.TestCase):
    def names(self, test: str) -> list[str]:
        return found(tidy.test_names, {"src/a/test/a_test.cc": test + " {\n"})

    def test_a_sentence_is_accepted_in_every_kind_of_test(self):
        for macro in ("TEST", "TEST_F", "TEST_P", "TYPED_TEST", "TYPED_TEST_P", "RC_GTEST_PROP"):
            self.assertEqual(self.names(f"{macro}(Segment, RejectsAnAppendAfterClose"), [])

    def test_a_name_without_a_claim_is_reported(self):
        for macro in ("TEST", "TYPED_TEST_P", "RC_GTEST_PROP"):
            for name in (
                "Empty",
                "RejectsTheAppend2",
                "TestsTheAppend",
                "AppendBasic",
                "Rejects_Append",
                "AppendWorks",
            ):
                self.assertEqual(len(self.names(f"{macro}(Segment, {name}")), 1, name)

    def test_a_suite_called_test_is_reported(self):
        self.assertIn("a noun without", self.names("TEST(SegmentTest, RejectsAnAppendAfterClose")[0])


class Pages(unittest.TestCase):
    def test_a_page_has_exactly_one_title_outside_its_code(self):
        self.assertEqual(found(tidy.pages, {"a.md": "# A\n```\n# a comment\n```\n"}), [])
        self.assertIn("has 0 titles", found(tidy.pages, {"a.md": "## A\n"})[0])
        self.assertIn("has 2 titles", found(tidy.pages, {"a.md": "# A\n# B\n"})[0])

    def test_a_dead_link_is_reported(self):
        files = {"docs/a.md": "# A\n[x](../b.md) [y](c.md)\n", "b.md": "# B\n"}
        self.assertEqual(found(tidy.pages, files), ["docs/a.md:2: dead link: there is no docs/c.md"])

    def test_a_dead_heading_is_reported(self):
        files = {"a.md": "# A\n[x](#two-words) [y](#three)\n## Two words\n"}
        self.assertEqual(found(tidy.pages, files), ["a.md:2: dead link: a.md has no heading #three"])


class SmallRules(unittest.TestCase):
    def test_a_todo_needs_the_number_of_an_issue(self):
        self.assertEqual(found(tidy.open_work, {"a.cc": "// TODO(#12): x\n"}), [])
        self.assertEqual(len(found(tidy.open_work, {"a.cc": "// TODO: x\n"})), 1)

    def test_white_space_at_the_end_and_a_missing_end_of_line_are_reported(self):
        self.assertEqual(len(found(tidy.layout, {"a.cc": "int a; \nint b;"})), 2)

    def test_a_python_line_ends_at_column_110(self):
        self.assertEqual(found(tidy.layout, {"a.py": "#" * 110 + "\n"}), [])
        self.assertEqual(
            found(tidy.layout, {"a.py": "#" * 111 + "\n"}), ["a.py:1: 111 columns, 110 are allowed"]
        )

    def test_a_module_needs_a_readme_of_its_own(self):
        self.assertEqual(len(found(tidy.module_readmes, BASE)), 1)
        self.assertEqual(found(tidy.module_readmes, {**BASE, "src/base/README.md": "# base\n"}), [])

    def test_a_dependency_without_a_row_of_its_own_is_reported(self):
        files = {
            "docs/dependencies.md": "| Debian `libfmt-dev` |\n",
            "debian-packages.txt": "libfmt-dev\ng++\n",
        }
        files["tests/requirements.txt"] = "duckdb==1.5.5 --hash\n# needed by the above\nsix==1.0 --hash\n"
        said = found(tidy.dependencies, files)
        self.assertEqual([line.split()[-1] for line in said], ["g++", "duckdb"])


if __name__ == "__main__":
    unittest.main()
