#!/usr/bin/env python3
"""Checks what no compiler checks: tidy.py [FILE...] prints FILE:LINE: TEXT, and exits 1 if it finds anything.

The tables are in scripts/tidy.toml; each rule is one function from the tree to findings. With files named,
only findings in those are shown.
"""

import dataclasses
import fnmatch
import pathlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parents[1]
CPP = (".h", ".cc")
COLUMNS = 110


@dataclasses.dataclass(frozen=True)
class Finding:
    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


@dataclasses.dataclass(frozen=True)
class Tree:
    """All text files of the project, by path, and the tables of tidy.toml."""

    files: dict[str, list[str]]
    tables: dict

    def matching(self, *patterns: str) -> list[str]:
        return [name for name in self.files if matches(name, patterns)]


def matches(name: str, patterns) -> bool:
    """Whether a path fits one of the patterns; `*` crosses folders and `/**/` also stands for none."""
    return any(
        fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(name, pattern.replace("/**/", "/"))
        for pattern in patterns
    )


def read_tree(root: pathlib.Path) -> Tree:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    files = {}
    for name in sorted(filter(None, listed.split("\0"))):
        path = root / name
        if path.is_file() and not path.is_symlink():
            bytes_ = path.read_bytes()
            if b"\0" not in bytes_[:8000]:
                files[name] = bytes_.decode("utf-8", "replace").split("\n")
    with open(root / "scripts" / "tidy.toml", "rb") as file:
        return Tree(files, tomllib.load(file))


def without_comment(line: str) -> str:
    return re.sub(r'"(\\.|[^"\\])*"', '""', line).split("//")[0]


def banned_text(tree: Tree) -> Iterator[Finding]:
    for rule in tree.tables.get("banned", []):
        pattern = re.compile(rule["pattern"])
        for name in tree.matching(rule["files"]):
            if matches(name, rule.get("except", [])):
                continue
            for number, line in enumerate(tree.files[name], 1):
                found = pattern.search(without_comment(line) if rule.get("code") else line)
                if found:
                    yield Finding(name, number, f"'{found[0].strip()}': {rule['instead']}")


def layout(tree: Tree) -> Iterator[Finding]:
    """What .editorconfig says, where no formatter runs."""
    for name, lines in tree.files.items():
        if lines[-1] != "" and lines != [""]:
            yield Finding(name, len(lines), "the last line does not end")
        if not name.endswith((*CPP, ".py", ".rs", ".cmake", ".toml", ".yaml", ".sql", "CMakeLists.txt")):
            continue
        for number, line in enumerate(lines, 1):
            if line != line.rstrip() or "\t" in line:
                yield Finding(name, number, "white space at the end of the line, or a tab")
            if len(line) > COLUMNS and name.endswith((".py", ".cmake", "CMakeLists.txt")):
                yield Finding(name, number, f"{len(line)} columns, {COLUMNS} are allowed")


def sizes(tree: Tree) -> Iterator[Finding]:
    """A ratchet: what is longer than its kind may be has an entry, which only goes down."""
    longer = tree.tables.get("longer", {})
    for name in longer.keys() - tree.files.keys():
        yield Finding("scripts/tidy.toml", 1, f"[longer] names {name}, which does not exist")
    for name, lines in tree.files.items():
        limits = [most for kind, most in tree.tables["lines"].items() if matches(name, [kind])]
        count = len(lines) - 1
        if not limits:
            continue
        entry = longer.get(name)
        if entry is None and count > min(limits):
            yield Finding(name, count, f"{count} lines, {min(limits)} are allowed: split it along a seam")
        elif entry is not None and count <= min(limits):
            yield Finding(
                name, count, "short enough now: remove its entry from [longer] in scripts/tidy.toml"
            )
        elif entry is not None and count > entry["lines"]:
            yield Finding(name, count, f"{count} lines, grown past its own limit of {entry['lines']}")
        elif entry is not None and count < entry["lines"] * 0.9:
            yield Finding(name, count, f"{count} lines: lower its entry in [longer] from {entry['lines']}")


@dataclasses.dataclass(frozen=True)
class Module:
    """One haul_module() call: its folder, and the words after each keyword."""

    name: str
    folder: str
    lists: dict[str, list[str]]

    def deps(self, *keywords: str) -> set[str]:
        return {dep.removeprefix("haul::") for key in keywords for dep in self.lists.get(key, [])}


def read_modules(tree: Tree) -> list[Module]:
    modules = []
    for name in tree.matching("src/**/CMakeLists.txt"):
        text = "\n".join(line.split("#")[0] for line in tree.files[name])
        for call in re.finditer(r"haul_module\(\s*(\w+)([^)]*)\)", text):
            lists: dict[str, list[str]] = {}
            current: list[str] = []
            for word in call[2].split():
                if re.fullmatch("[A-Z_]+", word):
                    current = lists.setdefault(word, [])
                else:
                    current.append(word)
            modules.append(Module(call[1], name.removesuffix("/CMakeLists.txt"), lists))
    return modules


def module_of_include(path: str, folders: dict[str, str]) -> str:
    """haul/adapters/delta/x.h -> adapters_delta; haul/base/testing/x.h -> base_testing."""
    parts = path.split("/")[1:-1]
    for length in range(len(parts), 0, -1):
        name = folders.get("/".join(parts[:length]))
        if name:
            return name + ("_testing" if parts[length : length + 1] == ["testing"] else "")
    return "/".join(parts)


def includes_of(lines: list[str]) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(lines, 1):
        found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if found:
            yield number, found[1], found[2]


def allowed_includes(module: Module, part: str) -> tuple[set[str], str]:
    """What files of one part of a module may include, and where a missing name belongs."""
    own = {module.name}
    public = own | module.deps("DEPS")
    private = public | module.deps("PRIVATE_DEPS")
    testing = private | {f"{module.name}_testing"} | module.deps("TESTING_DEPS")
    return {
        "include": (public, "DEPS"),
        "testing": (testing, "TESTING_DEPS"),
        "test": (testing | module.deps("TEST_DEPS"), "TEST_DEPS"),
        "bench": (testing | module.deps("BENCH_DEPS"), "BENCH_DEPS"),
    }.get(part, (private, "PRIVATE_DEPS"))


def include_direction(tree: Tree) -> Iterator[Finding]:
    """Every include of ours is of a module that the CMakeLists.txt names, and every named one is included."""
    modules = read_modules(tree)
    folders = {module.folder.removeprefix("src/"): module.name for module in modules}
    for module in modules:
        used = set()
        for name in tree.matching(f"{module.folder}/*"):
            part = name.removeprefix(module.folder + "/").split("/")[0]
            if not name.endswith(CPP):
                continue
            allowed, keyword = allowed_includes(module, part)
            for number, quote, path in includes_of(tree.files[name]):
                if part == "include" and quote == "<":
                    yield from foreign_in_public(tree, name, number, path)
                if not path.startswith("haul/"):
                    continue
                needed = module_of_include(path, folders)
                used.add(needed)
                if needed not in allowed:
                    yield Finding(
                        name, number, f"includes {path}: {keyword} of {module.name} lacks haul::{needed}"
                    )
        ours = {
            dep
            for key in module.lists
            if key.endswith("DEPS")
            for dep in module.lists[key]
            if "haul::" in dep
        }
        for dep in sorted(ours):
            if dep.removeprefix("haul::") not in used:
                yield Finding(
                    f"{module.folder}/CMakeLists.txt",
                    1,
                    f"{module.name} names {dep} but includes nothing of it",
                )


def foreign_in_public(tree: Tree, name: str, number: int, path: str) -> Iterator[Finding]:
    standard = "/" not in path and "." not in path
    if not standard and path not in tree.tables.get("public_headers", {}):
        yield Finding(
            name, number, f"<{path}> in a public header: declare what is needed and include it in the .cc"
        )


def dead_files(tree: Tree) -> Iterator[Finding]:
    """Sources that no target names, private headers that nobody includes, pages that no page links to."""
    for module in read_modules(tree):
        cmake = "\n".join(tree.files[f"{module.folder}/CMakeLists.txt"])
        for name in tree.matching(f"{module.folder}/*.cc"):
            if name.removeprefix(module.folder + "/") not in cmake:
                yield Finding(name, 1, f"no target of {module.folder}/CMakeLists.txt names it")
    included = {
        pathlib.PurePosixPath(path).name
        for name in tree.matching("*.h", "*.cc")
        for _, _, path in includes_of(tree.files[name])
    }
    for name in tree.matching(*(f"{module.folder}/*.h" for module in read_modules(tree))):
        if pathlib.PurePosixPath(name).name not in included:
            yield Finding(name, 1, "nobody includes it")
    linked = {target.rstrip("/") for name in tree.matching("*.md") for _, target, _ in links(tree, name)}
    for name in tree.matching("docs/**/*.md"):
        if name not in linked and not linked & {
            str(folder) for folder in pathlib.PurePosixPath(name).parents
        }:
            yield Finding(name, 1, "no page links to it")


def test_names(tree: Tree) -> Iterator[Finding]:
    """A test is called after what it claims, so that a red line says what broke."""
    for name in tree.matching("src/**/*.cc", "src/**/*.h"):
        text = "\n".join(tree.files[name])
        for found in re.finditer(
            r"^\s*((?:TYPED_|RC_GTEST_)?(?:TEST(?:_[FP])?|PROP))\(\s*(\w+),\s*(\w+)", text, re.M
        ):
            number = text.count("\n", 0, found.start(1)) + 1
            macro, suite, claim = found.groups()
            if macro == "TEST" and re.search(r"(?<!Death)Tests?$", suite):
                yield Finding(name, number, f"suite {suite}: a noun without 'Test'")
            empty = re.search(r"^Test|Test$|HappyPath|Basic|Works$|_", claim)
            numbered = re.search(r"\d$", claim) and not re.search(r"(Rfc|Fips|Iso|Utf)\d+$", claim)
            if empty or numbered or len(re.findall(r"[A-Z]", claim)) < 2:
                yield Finding(
                    name, number, f"test {claim}: say in a sentence what holds, as RejectsAnAppendAfterClose"
                )
    for name in tree.matching("*_test.py", "tests/**/test_*.py"):
        for number, line in enumerate(tree.files[name], 1):
            found = re.match(r"\s*def (test_\w+)", line)
            if found and len(found[1].split("_")) < 4:
                yield Finding(name, number, f"{found[1]}: say in a sentence what holds")


def open_work(tree: Tree) -> Iterator[Finding]:
    for name, lines in tree.files.items():
        if matches(name, ["scripts/tidy*", "scripts/test/*"]):
            continue
        for number, line in enumerate(lines, 1):
            if re.search(r"\bTODO\b(?!\(#\d+\))", line):
                yield Finding(name, number, "a TODO needs the number of its issue: TODO(#12)")


def links(tree: Tree, name: str) -> Iterator[tuple[int, str, str]]:
    """The relative links of a page: line, target as a path of the tree, heading."""
    folder = pathlib.PurePosixPath(name).parent
    for number, line in prose(tree.files[name]):
        for target in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", line)):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, heading = target.partition("#")
            parts: list[str] = []
            for part in [*folder.parts, *pathlib.PurePosixPath(path).parts] if path else name.split("/"):
                if part == ".." and parts:
                    parts.pop()
                elif part != ".":
                    parts.append(part)
            yield number, "/".join(parts), heading


def prose(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The lines of a page outside its code blocks."""
    inside = False
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith("```"):
            inside = not inside
        elif not inside:
            yield number, line


def heading_anchor(line: str) -> str:
    text = re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower())
    return text.replace(" ", "-")


def pages(tree: Tree) -> Iterator[Finding]:
    """One title a page, and links that lead somewhere."""
    folders = {str(parent) for name in tree.files for parent in pathlib.PurePosixPath(name).parents}
    for name in tree.matching("*.md"):
        titles = [number for number, line in prose(tree.files[name]) if line.startswith("# ")]
        if len(titles) != 1:
            yield Finding(name, 1, f"has {len(titles)} titles ('# ...'), must have one")
        for number, target, heading in links(tree, name):
            if target not in tree.files and target.rstrip("/") not in folders:
                yield Finding(name, number, f"dead link: there is no {target}")
            elif heading and target.endswith(".md"):
                anchors = {
                    heading_anchor(line) for _, line in prose(tree.files[target]) if line.startswith("#")
                }
                if heading not in anchors:
                    yield Finding(name, number, f"dead link: {target} has no heading #{heading}")


def module_readmes(tree: Tree) -> Iterator[Finding]:
    for module in read_modules(tree):
        if f"{module.folder}/README.md" not in tree.files:
            yield Finding(
                f"{module.folder}/CMakeLists.txt",
                1,
                "the module has no README.md (purpose, reading order, invariants)",
            )


def dependencies(tree: Tree) -> Iterator[Finding]:
    """What is installed or fetched has its row, with licence and reason, in docs/dependencies.md."""
    patterns = {
        "debian-packages.txt": r"([a-z0-9][\w.+-]*)",
        "third_party.toml": r'package = "(.*)"',
        "tests/requirements.txt": r"([\w-]+)==",
    }
    page = "\n".join(tree.files.get("docs/dependencies.md", [])).lower()
    for name in tree.matching(*patterns):
        for number, line in enumerate(tree.files[name], 1):
            if line == "# needed by the above":
                break
            found = re.match(patterns[name], line)
            if found and found[1] not in page:
                yield Finding(name, number, f"docs/dependencies.md has no row that names {found[1]}")


RULES = [
    banned_text,
    layout,
    sizes,
    include_direction,
    dead_files,
    test_names,
    open_work,
    pages,
    module_readmes,
    dependencies,
]


def check(tree: Tree) -> list[Finding]:
    return sorted((finding for rule in RULES for finding in rule(tree)), key=lambda one: (one.file, one.line))


def main(only: list[str]) -> int:
    findings = [one for one in check(read_tree(ROOT)) if not only or one.file in only]
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
