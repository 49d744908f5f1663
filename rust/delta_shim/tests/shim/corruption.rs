use std::fs;
use std::path::Path;

use serde_json::json;

use crate::support::*;

fn commit_file(version: u64) -> String {
    format!("{version:020}.json")
}

fn flip(path: &Path, at: usize, bit: u8) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1 << bit;
    fs::write(path, bytes).unwrap();
}

fn table_with_commits(count: u64) -> (TestFolder, Table) {
    let (folder, table) = new_table();
    for number in 1..=count {
        table.commit(&append(number)).unwrap();
    }
    (folder, table)
}

#[test]
fn every_flipped_bit_of_a_commit_is_found_and_the_file_named() {
    let (folder, _table) = table_with_commits(2);
    let path = log_file(folder.path(), &commit_file(2));
    let bytes = fs::read(&path).unwrap();
    for at in (0..bytes.len()).step_by(7) {
        flip(&path, at, (at % 8) as u8);

        let error = Table::open(folder.path()).snapshot(&json!({"files": true})).unwrap_err();

        assert_eq!(error.0, "corrupt", "byte {at}: {}", error.1);
        assert!(error.1.contains(&commit_file(2)), "byte {at}: {}", error.1);
        fs::write(&path, &bytes).unwrap();
    }
}

#[test]
fn truncated_and_zeroed_commits_are_found() {
    let (folder, _table) = table_with_commits(2);
    let path = log_file(folder.path(), &commit_file(2));
    let bytes = fs::read(&path).unwrap();
    for cut in (0..bytes.len()).step_by(11) {
        fs::write(&path, &bytes[..cut]).unwrap();
        assert_eq!(Table::open(folder.path()).version().unwrap_err().0, "corrupt", "cut at {cut}");

        let mut zeroed = bytes.clone();
        zeroed[cut..].fill(0);
        fs::write(&path, &zeroed).unwrap();
        assert_eq!(Table::open(folder.path()).version().unwrap_err().0, "corrupt", "zeroed from {cut}");
    }
}

#[test]
fn an_open_handle_sees_a_commit_that_was_damaged_before_it_read_it() {
    let (folder, ours) = table_with_commits(1);
    Table::open(folder.path()).commit(&append(2)).unwrap();
    flip(&log_file(folder.path(), &commit_file(2)), 200, 3);

    assert_eq!(ours.commit(&append(3)).unwrap_err().0, "corrupt");
}

#[test]
fn a_damaged_checkpoint_is_replaced_by_the_commits_and_reported() {
    let (folder, table) = table_with_commits(5);
    table.checkpoint().unwrap();
    table.commit(&append(6)).unwrap();
    let expected = table.paths();
    let path = log_file(folder.path(), "00000000000000000005.checkpoint.parquet");
    let bytes = fs::read(&path).unwrap();
    for at in (0..bytes.len()).step_by(97) {
        flip(&path, at, (at % 8) as u8);

        let reopened = Table::open(folder.path());

        assert_eq!(reopened.paths(), expected, "byte {at}");
        let fallbacks = reopened.snapshot(&json!({})).unwrap()["fallbacks"].clone();
        assert!(
            fallbacks[0].as_str().unwrap().contains("00000000000000000005.checkpoint.parquet"),
            "{fallbacks}"
        );
        fs::write(&path, &bytes).unwrap();
    }
    let whole = Table::open(folder.path()).snapshot(&json!({})).unwrap();
    assert_eq!((&whole["fallbacks"], &whole["unverified"]), (&json!([]), &json!([])));
}

#[test]
fn a_damaged_checkpoint_without_its_commits_is_corrupt() {
    let (folder, table) = table_with_commits(5);
    table.checkpoint().unwrap();
    table.commit(&append(6)).unwrap();
    for version in 0..5 {
        fs::remove_file(log_file(folder.path(), &commit_file(version))).unwrap();
    }
    assert_eq!(Table::open(folder.path()).paths().len(), 6);
    flip(&log_file(folder.path(), "00000000000000000005.checkpoint.parquet"), 300, 0);

    let error = Table::open(folder.path()).version().unwrap_err();

    assert_eq!(error.0, "corrupt", "{}", error.1);
    assert!(error.1.contains("00000000000000000005.checkpoint.parquet"), "{}", error.1);
}

#[test]
fn a_damaged_hint_to_the_last_checkpoint_does_no_harm() {
    let (folder, table) = table_with_commits(5);
    table.checkpoint().unwrap();
    let expected = table.paths();
    let path = log_file(folder.path(), "_last_checkpoint");
    let bytes = fs::read(&path).unwrap();
    for at in 0..bytes.len() {
        flip(&path, at, (at % 7) as u8);
        assert_eq!(Table::open(folder.path()).paths(), expected, "byte {at}");
        fs::write(&path, &bytes).unwrap();
    }
}

#[test]
fn commits_of_other_writers_are_read_and_listed_as_unverified() {
    let (folder, table) = table_with_commits(1);
    let add = r#"{"add":{"path":"day=2013-01-01/theirs.parquet","partitionValues":{"day":"2013-01-01"},"size":5,"modificationTime":1,"dataChange":true}}"#;
    let info = r#"{"commitInfo":{"timestamp":1,"inCommitTimestamp":99999999999999,"engineInfo":"Apache-Spark/4.2","operation":"WRITE","operationParameters":null}}"#;
    fs::write(log_file(folder.path(), &commit_file(2)), format!("{info}\n{add}\n")).unwrap();

    let snapshot = table.snapshot(&json!({"files": true})).unwrap();

    assert_eq!(snapshot["files"].as_array().unwrap().len(), 2);
    assert_eq!(
        snapshot["unverified"],
        json!([{"version": 2, "file": commit_file(2), "reason": "written by Apache-Spark/4.2"}])
    );
    let history = table.history(&json!({"limit": 1})).unwrap();
    assert_eq!(
        (&history["entries"][0]["verified"], &history["entries"][0]["commitId"]),
        (&json!(false), &json!(null))
    );
}

#[test]
fn a_commit_of_ours_without_its_checksum_file_is_unverified() {
    let (folder, _table) = table_with_commits(2);
    let beside = log_file(folder.path(), "_haul").join(format!("{:020}.append-00000002.crc", 2));
    let checksum = fs::read(&beside).unwrap();

    fs::remove_file(&beside).unwrap();
    let gone = Table::open(folder.path()).snapshot(&json!({})).unwrap();
    fs::write(&beside, &checksum[..20]).unwrap();
    let damaged = Table::open(folder.path()).snapshot(&json!({})).unwrap();

    assert_eq!(gone["unverified"][0]["reason"], "written by haul, its checksum file is gone");
    assert_eq!(damaged["unverified"][0]["reason"], "its checksum file is damaged");
}

#[test]
fn the_checksum_of_a_lost_attempt_does_not_condemn_another_writers_commit() {
    let (folder, table) = table_with_commits(1);
    table.arm("unknown_before_store");
    table.commit(&append(2)).unwrap();
    let info = r#"{"commitInfo":{"timestamp":1,"inCommitTimestamp":99999999999999,"engineInfo":"delta-rs/1","operation":"WRITE"}}"#;
    fs::write(log_file(folder.path(), &commit_file(2)), format!("{info}\n")).unwrap();

    let snapshot = Table::open(folder.path()).snapshot(&json!({})).unwrap();

    assert_eq!(snapshot["version"], 2);
    assert_eq!(snapshot["unverified"][0]["reason"], "written by delta-rs/1");
}

/// A reader that knows of the loser's checksum only, since it listed them before the winner wrote its own.
#[test]
fn the_checksum_of_a_lost_attempt_does_not_condemn_the_commit_of_ours_that_won() {
    let (folder, writer) = table_with_commits(1);
    let reader = Table::open(folder.path());
    let checksums = log_file(folder.path(), "_haul");
    fs::copy(
        checksums.join(format!("{:020}.append-00000001.crc", 1)),
        checksums.join(format!("{:020}.lost-attempt.crc", 2)),
    )
    .unwrap();
    reader.version().unwrap();

    writer.commit(&append(2)).unwrap();

    let snapshot = reader.snapshot(&json!({})).unwrap();
    assert_eq!(snapshot["version"], 2);
    assert_eq!(snapshot["unverified"], json!([]));
}
