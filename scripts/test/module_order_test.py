"""haul_module() refuses, while configuring, what would let the order of modules rot."""

import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT = f"""cmake_minimum_required(VERSION 3.25)
project(order LANGUAGES NONE)
set(HAUL_TESTS OFF)
include({ROOT}/cmake/HaulModule.cmake)
add_subdirectory(src)
"""


def configure(modules: dict[str, str], headers: tuple[str, ...] = ()) -> str:
    """What CMake says of a project of modules in this order if it cannot be configured, else nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "CMakeLists.txt").write_text(PROJECT)
        files = {f"{module}/CMakeLists.txt": call for module, call in modules.items()}
        files["CMakeLists.txt"] = "".join(f"add_subdirectory({module})\n" for module in modules)
        for path, text in [*files.items(), *((header, "") for header in headers)]:
            (folder / "src" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "src" / path).write_text(text)
        command = ["cmake", "-G", "Ninja", "-S", name, "-B", f"{name}/build"]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        return "" if done.returncode == 0 else " ".join(done.stdout.split())


class ModuleOrder(unittest.TestCase):
    def test_a_module_may_use_one_that_is_declared_above_it(self):
        self.assertEqual(
            configure({"base": "haul_module(base)", "log": "haul_module(log DEPS haul::base)"}), ""
        )

    def test_a_module_that_is_declared_below_stops_the_configuration(self):
        for keyword in ("DEPS", "PRIVATE_DEPS"):
            said = configure({"base": f"haul_module(base {keyword} haul::log)", "log": "haul_module(log)"})
            self.assertIn("base needs haul::log, which is not declared above it", said)

    def test_a_cycle_cannot_be_configured_in_any_order(self):
        calls = {"base": "haul_module(base DEPS haul::log)", "log": "haul_module(log DEPS haul::base)"}
        self.assertIn("base needs haul::log", configure(calls))
        self.assertIn("log needs haul::base", configure(dict(reversed(calls.items()))))

    def test_a_library_that_third_party_does_not_have_is_named(self):
        self.assertIn(
            "cmake/ThirdParty.cmake does not have",
            configure({"base": "haul_module(base DEPS Nobody::knows)"}),
        )

    def test_only_app_may_use_an_adapter(self):
        posix = {"adapters/posix": "haul_module(adapters_posix)"}
        self.assertIn(
            "only app links adapters",
            configure({**posix, "lake": "haul_module(lake DEPS haul::adapters_posix)"}),
        )
        self.assertEqual(configure({**posix, "app": "haul_module(app DEPS haul::adapters_posix)"}), "")

    def test_the_folder_and_the_name_of_a_module_are_the_same(self):
        self.assertIn("it must be called adapters_posix", configure({"adapters/posix": "haul_module(posix)"}))

    def test_public_headers_stand_below_the_name_of_their_module(self):
        self.assertEqual(configure({"base": "haul_module(base)"}, ("base/include/haul/base/id.h",)), "")
        self.assertIn(
            "include/haul/base/", configure({"base": "haul_module(base)"}, ("base/include/haul/id.h",))
        )

    def test_a_word_that_the_function_does_not_know_is_an_error(self):
        self.assertIn("cannot read src/a.cc", configure({"base": "haul_module(base src/a.cc)"}))


class ModuleList(unittest.TestCase):
    def test_a_folder_that_the_list_of_modules_lacks_stops_the_configuration(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "zebra").mkdir()
            (folder / "zebra" / "CMakeLists.txt").touch()
            listing = (ROOT / "src" / "CMakeLists.txt").read_text()
            (folder / "CMakeLists.txt").write_text(
                f"cmake_minimum_required(VERSION 3.25)\nproject(x NONE)\n{listing}"
            )
            command = ["cmake", "-G", "Ninja", "-S", name, "-B", f"{name}/build"]
            done = subprocess.run(
                command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
            )
            self.assertIn("zebra is not in the list", " ".join(done.stdout.split()))
            self.assertNotEqual(done.returncode, 0)


if __name__ == "__main__":
    unittest.main()
