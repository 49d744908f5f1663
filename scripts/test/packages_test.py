"""Fetching a package: what is taken, what is refused, what stays in the cache. Registries are played by a
folder.
"""

import hashlib
import io
import os
import pathlib
import sys
import tarfile
import tempfile
import unittest
import unittest.mock
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from dev import packages  # noqa: E402
from dev.shell import Failed  # noqa: E402


def tar_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def zip_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


class Packages(unittest.TestCase):
    def setUp(self):
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        self.cache = pathlib.Path(home.name)
        self.enter(unittest.mock.patch.dict(os.environ, {"XDG_CACHE_HOME": home.name}))
        self.enter(unittest.mock.patch.object(packages, "say"))
        self.fetched = 0

    def enter(self, context) -> None:
        context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)

    def package(self, archive: bytes, take: dict, **more) -> packages.Package:
        def fetch(_, scratch: pathlib.Path) -> pathlib.Path:
            self.fetched += 1
            (scratch / "archive").write_bytes(archive)
            return scratch / "archive"

        self.enter(unittest.mock.patch.dict(packages.FETCHERS, {"npm": fetch}))
        fields = {"sha256": hashlib.sha256(archive).hexdigest(), **more}
        return packages.Package(
            "duck", "npm", "@duck/lib", "1.0", "duck-1.0.tgz", licence="MIT", take=take, **fields
        )

    def files_of(self, folder: pathlib.Path) -> list[str]:
        return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())

    def test_takes_the_named_files_and_nothing_else(self):
        archive = tar_of({"p/lib/a.so": b"a", "p/lib/b.so": b"b", "p/include/x/y.h": b"y", "p/junk": b""})
        folder = packages.provide(self.package(archive, {"p/lib/*.so": "lib", "p/include/**": "include"}))
        self.assertEqual(self.files_of(folder), ["include/x/y.h", "lib/a.so", "lib/b.so"])

    def test_a_second_call_fetches_nothing(self):
        package = self.package(tar_of({"p/a": b"a"}), {"p/a": "."})
        self.assertEqual(packages.provide(package), packages.provide(package))
        self.assertEqual(self.fetched, 1)

    def test_a_file_with_another_hash_is_refused_and_not_kept(self):
        package = self.package(tar_of({"p/a": b"a"}), {"p/a": "."}, sha256="0" * 64)
        with self.assertRaisesRegex(
            Failed, f"(?s)duck-1.0.tgz.*nothing was installed.*expected SHA-256 {'0' * 64}.*got"
        ):
            packages.provide(package)
        self.assertEqual(list((self.cache / "haul" / "packages").iterdir()), [])

    def test_a_pattern_that_finds_nothing_is_an_error(self):
        with self.assertRaisesRegex(Failed, "no file that matches p/b"):
            packages.provide(self.package(tar_of({"p/a": b"a"}), {"p/b": "."}))

    def test_an_archive_inside_the_archive_is_unpacked(self):
        inner = tar_of({"src/duck.h": b"h"})
        package = self.package(tar_of({"p/inner.tgz": inner}), {"src/duck.h": "include"}, inner="p/inner.tgz")
        self.assertEqual(self.files_of(packages.provide(package)), ["include/duck.h"])

    def test_a_zip_beside_other_files_can_be_unpacked_in_place(self):
        archive = tar_of({"p/rows.zip": zip_of({"rows.csv": b"1"})})
        self.assertEqual(
            self.files_of(packages.provide(self.package(archive, {"p/rows.zip": "unpack"}))), ["rows.csv"]
        )

    def test_a_path_that_leaves_the_folder_is_not_unpacked(self):
        archive = tar_of({"../../escape": b"x", "/tmp/haul_packages_test_escape": b"x", "p/a": b"a"})
        self.assertEqual(self.files_of(packages.provide(self.package(archive, {"p/*": "."}))), ["a"])
        self.assertEqual(list(self.cache.rglob("*escape")), [])
        self.assertFalse(pathlib.Path("/tmp/haul_packages_test_escape").exists())

    def test_other_rules_for_the_same_file_give_another_folder(self):
        archive = tar_of({"p/a": b"a", "p/b": b"b"})
        self.assertNotEqual(
            self.package(archive, {"p/a": "."}).folder(), self.package(archive, {"p/b": "."}).folder()
        )


class Manifest(unittest.TestCase):
    def test_the_manifest_of_the_project_pins_every_package(self):
        root = pathlib.Path(__file__).resolve().parents[2]
        for package in packages.read_manifest(root / "third_party.toml"):
            self.assertRegex(package.sha256, "^[0-9a-f]{64}$")
            self.assertTrue(package.licence, package.name)

    def test_an_unknown_registry_and_a_short_hash_are_errors(self):
        entry = '[[package]]\nname="a"\npackage="a"\nversion="1"\nfile="a"\nlicence="MIT"\ntake={{}}\n{}\n'
        for words, said in {
            'registry="ftp"\nsha256=""': "registry must be",
            'registry="npm"\nsha256="ab"': "sha256 must be",
        }.items():
            with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
                file.write(entry.format(words))
                file.flush()
                with self.assertRaisesRegex(Failed, said):
                    packages.read_manifest(pathlib.Path(file.name))


if __name__ == "__main__":
    unittest.main()
