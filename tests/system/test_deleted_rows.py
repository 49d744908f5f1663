"""Tables with deletion vectors, written through the C library of rust/delta_shim, as readers see them."""

import ctypes
import json
import random

import deltalake
import polars
import pyarrow
import pyarrow.parquet
import pytest

SEED = 20130101
FILES = 3
ROWS_PER_FILE = 1000


class ShimTable:
    """A table of one column `id`: file n holds n * ROWS_PER_FILE and the numbers after it."""

    def __init__(self, library, folder):
        self.library = ctypes.CDLL(str(library))
        for function in ("open", "create", "commit"):
            getattr(self.library, f"haul_delta_{function}").restype = ctypes.c_void_p
        self.folder = folder
        self.handle = ctypes.c_void_p()
        self.take(self.library.haul_delta_open(str(folder).encode(), ctypes.byref(self.handle)))

    def take(self, reply: int) -> dict:
        text = ctypes.string_at(reply).decode()
        self.library.haul_delta_free(ctypes.c_void_p(reply))
        return json.loads(text)["ok"]

    def call(self, function: str, request: dict) -> dict:
        return self.take(
            getattr(self.library, f"haul_delta_{function}")(self.handle, json.dumps(request).encode())
        )

    def fill(self):
        field = {"name": "id", "type": "long", "nullable": True, "metadata": {}}
        self.call("create", {"schema": {"type": "struct", "fields": [field]}, "commitId": "creation"})
        for number in range(FILES):
            first = number * ROWS_PER_FILE
            path = self.folder / file_name(number)
            pyarrow.parquet.write_table(
                pyarrow.table({"id": pyarrow.array(range(first, first + ROWS_PER_FILE))}),
                path,
                row_group_size=300,
            )
            stats = {
                "numRecords": ROWS_PER_FILE,
                "minValues": {"id": first},
                "maxValues": {"id": first + ROWS_PER_FILE - 1},
                "nullCount": {"id": 0},
            }
            size = path.stat().st_size
            add = {"path": path.name, "size": size, "modificationTime": 1, "stats": json.dumps(stats)}
            self.call("commit", {"commitId": f"append-{number:04}", "operation": "WRITE", "adds": [add]})

    def delete(self, commit_id: str, ids) -> int:
        deletes = {}
        for row in sorted(ids):
            deletes.setdefault(file_name(row // ROWS_PER_FILE), []).append(row % ROWS_PER_FILE)
        done = self.call("commit", {"commitId": commit_id, "operation": "DELETE", "deletes": deletes})
        assert done["outcome"] == "committed", done
        return done["version"]


def file_name(number: int) -> str:
    return f"part-{number}.parquet"


@pytest.fixture
def table(project, binary) -> ShimTable:
    folder = project.project / "lake" / "silver" / "numbers"
    folder.mkdir(parents=True)
    table = ShimTable(binary.parent / "lib" / "libhaul_delta.so", folder)
    table.fill()
    return table


def ids_by_reader(project, folder) -> dict[str, list[int]]:
    deltalake_table = deltalake.DeltaTable(folder)
    query = deltalake.QueryBuilder().register("numbers", deltalake_table)
    return {
        "haul": [row["id"] for row in project.sql("SELECT id FROM silver.numbers ORDER BY id")],
        "deltalake": sorted(
            pyarrow.table(query.execute("SELECT id FROM numbers").read_all())["id"].to_pylist()
        ),
        "polars": sorted(polars.scan_delta(str(folder)).collect()["id"].to_list()),
    }


def test_deleted_rows_are_gone_for_every_reader(project, table):
    shuffled = random.Random(SEED)
    alive = set(range(FILES * ROWS_PER_FILE))
    before = {}
    for round_number in range(4):
        ids = set(shuffled.sample(sorted(alive), 150)) | ({0, ROWS_PER_FILE - 1} & alive)
        alive -= ids

        version = table.delete(f"delete-{round_number:04}", ids)

        before[version] = len(alive)
        for reader, found in ids_by_reader(project, table.folder).items():
            assert found == sorted(alive), f"{reader}, round {round_number}, seed {SEED}"
    for version, count in before.items():
        rows = project.sql("SELECT count(*) AS n FROM silver.numbers", "--as-of", str(version))
        assert rows == [{"n": count}], version


def test_status_counts_the_rows_that_are_left(project, table):
    table.delete("delete-0001", range(100, 350))

    datasets = json.loads(project.run("status", "--format", "json").stdout)

    (numbers,) = [line for line in datasets if line["dataset"] == "silver.numbers"]
    assert numbers["rows"] == FILES * ROWS_PER_FILE - 250
    assert numbers["files"] == FILES


def test_a_file_without_rows_is_not_read_any_more(project, table):
    table.delete("delete-0001", range(ROWS_PER_FILE))

    assert project.value("SELECT min(id) FROM silver.numbers") == ROWS_PER_FILE
    assert len(deltalake.DeltaTable(table.folder).file_uris()) == FILES - 1


def test_a_reader_without_deletion_vectors_refuses_instead_of_showing_deleted_rows(table):
    assert deltalake.DeltaTable(table.folder).to_pyarrow_dataset().count_rows() == FILES * ROWS_PER_FILE

    table.delete("delete-0001", [7])

    with pytest.raises(deltalake.exceptions.DeltaProtocolError, match="deletionVectors"):
        deltalake.DeltaTable(table.folder).to_pyarrow_dataset()


def test_a_damaged_deletion_vector_is_found(project, table):
    table.delete("delete-0001", [7])
    (vectors,) = table.folder.glob("*.bin")
    damaged = bytearray(vectors.read_bytes())
    damaged[20] ^= 1
    vectors.write_bytes(damaged)

    refused = project.run("sql", "SELECT count(*) FROM silver.numbers", exit_codes=(1,))

    assert "deletion vector" in refused.stderr
    assert vectors.name in refused.stderr
