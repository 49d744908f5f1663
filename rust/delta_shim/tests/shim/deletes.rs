use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{json, Value};

use crate::support::*;

const FILE: &str = "day=2013-01-01/part-1.parquet"; // of append(1): 10 rows
const OTHER: &str = "day=2013-01-01/part-2.parquet";

fn delete(id: &str, path: &str, rows: &[u64]) -> Value {
    json!({"commitId": id, "operation": "DELETE", "deletes": {path: rows}})
}

fn two_files() -> (TestFolder, Table) {
    let (folder, table) = new_table();
    table.commit(&append(1)).unwrap();
    table.commit(&append(2)).unwrap();
    (folder, table)
}

fn live_file(table: &Table, path: &str) -> Option<Value> {
    let snapshot = table.snapshot(&json!({"files": true})).unwrap();
    snapshot["files"].as_array().unwrap().iter().find(|file| file["path"] == path).cloned()
}

fn deleted_rows(table: &Table, path: &str) -> Value {
    live_file(table, path).map_or(Value::Null, |file| file["deletedRows"].clone())
}

fn vector_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "bin")).collect()
}

#[test]
fn deleted_rows_are_shown_by_every_handle_and_by_no_older_version() {
    let (folder, table) = two_files();

    let outcome = table.commit(&delete("delete-1", FILE, &[0, 3])).unwrap();

    assert_eq!(outcome["outcome"], "committed");
    for handle in [&table, &Table::open(folder.path())] {
        assert_eq!(deleted_rows(handle, FILE), json!([0, 3]));
        assert_eq!(deleted_rows(handle, OTHER), Value::Null);
    }
    let before = table.snapshot(&json!({"version": 2, "files": true})).unwrap();
    assert!(before["files"].as_array().unwrap().iter().all(|file| file["deletedRows"].is_null()));
}

#[test]
fn the_statistics_of_a_file_with_deleted_rows_keep_their_count_and_call_their_bounds_wide() {
    let (_folder, table) = two_files();

    table.commit(&delete("delete-1", FILE, &[0, 3])).unwrap();

    let file = live_file(&table, FILE).unwrap();
    let statistics: Value = serde_json::from_str(file["stats"].as_str().unwrap()).unwrap();
    assert_eq!(statistics["numRecords"], 10);
    assert_eq!(statistics["tightBounds"], false);
    assert_eq!(statistics["minValues"]["id"], 1);
}

#[test]
fn later_deletes_are_added_to_the_earlier_ones() {
    let (folder, table) = two_files();
    table.commit(&delete("delete-1", FILE, &[0, 3])).unwrap();

    table.commit(&delete("delete-2", FILE, &[1, 9])).unwrap();
    table.checkpoint().unwrap();
    table.commit(&delete("delete-3", FILE, &[5])).unwrap();

    assert_eq!(deleted_rows(&table, FILE), json!([0, 1, 3, 5, 9]));
    assert_eq!(deleted_rows(&Table::open(folder.path()), FILE), json!([0, 1, 3, 5, 9]));
}

#[test]
fn rows_of_many_files_leave_with_the_adds_and_offsets_of_one_commit() {
    let (folder, table) = two_files();
    let before = table.version().unwrap()["version"].as_u64().unwrap();
    let mut request = append(3);
    request["deletes"] = json!({FILE: [2], OTHER: [7, 8]});
    request["offsets"] = json!([{"appId": "flow/0", "expected": null, "version": 5}]);

    table.commit(&request).unwrap();

    assert_eq!(table.version().unwrap()["version"], before + 2); // deletion vectors are turned on in one of their own
    assert_eq!(deleted_rows(&table, FILE), json!([2]));
    assert_eq!(deleted_rows(&table, OTHER), json!([7, 8]));
    assert_eq!(table.paths().len(), 3);
    assert_eq!(table.offsets(&["flow/0"]).unwrap()["offsets"], json!([5]));
    assert_eq!(vector_files(folder.path()).len(), 1);
}

#[test]
fn a_file_that_loses_its_last_row_is_removed() {
    let (_folder, table) = two_files();
    table.commit(&delete("delete-1", FILE, &[0, 1, 2, 3, 4])).unwrap();

    table.commit(&delete("delete-2", FILE, &[5, 6, 7, 8, 9])).unwrap();

    assert_eq!(table.paths(), [OTHER]);
}

#[test]
fn a_file_with_deleted_rows_can_be_removed() {
    let (_folder, table) = two_files();
    table.commit(&delete("delete-1", FILE, &[4])).unwrap();

    table.commit(&json!({"commitId": "remove-1", "operation": "WRITE", "removes": [FILE], "deletes": {OTHER: [1]}}))
        .unwrap();

    assert_eq!(table.paths(), [OTHER]);
    assert_eq!(deleted_rows(&table, OTHER), json!([1]));
}

#[test]
fn deletes_of_what_is_gone_say_that_the_input_changed() {
    let (folder, table) = two_files();
    table.commit(&delete("delete-1", FILE, &[0, 3])).unwrap();
    table.commit(&json!({"commitId": "remove-1", "operation": "WRITE", "removes": [OTHER]})).unwrap();
    let version = table.version().unwrap();

    let twice = table.commit(&delete("delete-2", FILE, &[2, 3])).unwrap();
    let gone = table.commit(&delete("delete-3", OTHER, &[1])).unwrap();

    assert_eq!(twice, json!({"outcome": "input_changed", "path": FILE}));
    assert_eq!(gone, json!({"outcome": "input_changed", "path": OTHER}));
    assert_eq!(table.version().unwrap(), version);
    assert_eq!(vector_files(folder.path()).len(), 1);
}

#[test]
fn deletes_that_make_no_sense_are_refused() {
    let (_folder, table) = two_files();
    let both =
        json!({"commitId": "both-ways", "operation": "WRITE", "removes": [FILE], "deletes": {FILE: [1]}});

    assert_eq!(table.commit(&both).unwrap_err().0, "invalid_request");
    for rows in [vec![], vec![3, 1], vec![2, 2], vec![10]] {
        let refused = table.commit(&delete("no-sense", FILE, &rows)).unwrap_err();
        assert_eq!(refused.0, "invalid_request", "{rows:?}: {}", refused.1);
        assert!(refused.1.contains(FILE), "{}", refused.1);
    }
    assert_eq!(deleted_rows(&table, FILE), Value::Null);
}

#[test]
fn the_feature_comes_with_the_first_delete_and_leaves_the_rest_of_the_table_alone() {
    let (folder, table) = two_files();
    table
        .commit(&json!({"commitId": "domain-1", "operation": "WRITE", "domains": {"haul.x": "1"},
                        "offsets": [{"appId": "flow/0", "expected": null, "version": 5}]}))
        .unwrap();
    let before = table.snapshot(&json!({})).unwrap();

    table.commit(&delete("delete-1", FILE, &[0])).unwrap();

    let has_it = |snapshot: &Value, list: &str| {
        snapshot["protocol"][list]
            .as_array()
            .is_some_and(|features| features.contains(&json!("deletionVectors")))
    };
    let after = Table::open(folder.path()).snapshot(&json!({})).unwrap();
    assert!(!has_it(&before, "readerFeatures") && !has_it(&before, "writerFeatures"));
    assert!(has_it(&after, "readerFeatures") && has_it(&after, "writerFeatures"));
    assert_eq!(after["version"], before["version"].as_u64().unwrap() + 2);
    for key in ["schema", "partitionColumns", "domains", "unverified"] {
        assert_eq!(after[key], before[key], "{key}");
    }
    for (key, value) in before["properties"].as_object().unwrap() {
        assert_eq!(after["properties"][key], *value, "{key}");
    }
    assert_eq!(table.offsets(&["flow/0"]).unwrap()["offsets"], json!([5]));
}

#[test]
fn a_read_version_holds_for_the_version_before_the_feature() {
    let (_folder, table) = two_files();
    let mut request = delete("delete-1", FILE, &[0]);

    request["readVersion"] = json!(1);
    assert_eq!(table.commit(&request).unwrap()["outcome"], "conflict");
    request["readVersion"] = json!(2);
    assert_eq!(table.commit(&request).unwrap()["outcome"], "committed");
}

#[test]
fn an_unknown_outcome_keeps_the_vectors_of_a_commit_that_was_stored() {
    let (_folder, table) = two_files();
    table.commit(&delete("delete-1", FILE, &[0])).unwrap();
    table.arm("unknown_after_store");

    let outcome = table.commit(&delete("delete-2", FILE, &[1])).unwrap();

    assert_eq!(outcome["outcome"], "unknown");
    assert_eq!(deleted_rows(&table, FILE), json!([0, 1]));
}

/// Each writer deletes rows of its own of the one file.
#[test]
fn racing_deletes_lose_no_row_and_leave_no_vectors_of_lost_commits() {
    const WRITERS: u64 = 3;
    let (folder, table) = new_table();
    let mut add = append(1);
    add["adds"][0]["stats"] = json!(r#"{"numRecords":1000}"#);
    table.commit(&add).unwrap();

    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let table = Table::open(folder.path());
            scope.spawn(move || {
                for row in (writer * 10)..(writer * 10 + 10) {
                    let request = delete(&format!("racing-{row:04}"), FILE, &[row]);
                    while table.commit(&request).unwrap()["outcome"] != "committed" {}
                }
            });
        }
    });

    let all: Vec<u64> = (0..WRITERS * 10).collect();
    assert_eq!(deleted_rows(&table, FILE), json!(all));
    assert_eq!(vector_files(folder.path()).len() as u64, WRITERS * 10);
}

#[test]
fn every_damage_to_a_file_of_vectors_is_found_and_the_data_file_named() {
    let (folder, table) = two_files();
    table.commit(&delete("delete-1", FILE, &[0, 3, 8])).unwrap();
    let vectors = vector_files(folder.path()).remove(0);
    let bytes = fs::read(&vectors).unwrap();
    let expect_corrupt = |what: &str| {
        for error in [
            Table::open(folder.path()).snapshot(&json!({"files": true})).unwrap_err(),
            Table::open(folder.path()).commit(&delete("delete-2", FILE, &[1])).unwrap_err(),
        ] {
            assert_eq!(error.0, "corrupt", "{what}: {}", error.1);
            assert!(error.1.contains(FILE), "{what}: {}", error.1);
        }
    };
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        fs::write(&vectors, damaged).unwrap();
        expect_corrupt(&format!("flipped bit in byte {at}"));

        fs::write(&vectors, &bytes[..at]).unwrap();
        expect_corrupt(&format!("cut at {at}"));
    }
    fs::remove_file(&vectors).unwrap();
    expect_corrupt("gone");
    fs::write(&vectors, &bytes).unwrap();
    assert_eq!(deleted_rows(&table, FILE), json!([0, 3, 8]));
}
