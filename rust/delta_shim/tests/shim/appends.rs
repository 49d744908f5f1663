//! The two ways to an append, ours and the kernel's: one log, one meaning.

use std::fs;

use serde_json::{json, Value};

use crate::support::*;

fn actions(folder: &std::path::Path, version: u64) -> Vec<Value> {
    let text = fs::read_to_string(log_file(folder, &format!("{version:020}.json"))).unwrap();
    text.lines().filter(|line| !line.is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn is_by_kernel(actions: &[Value]) -> bool {
    actions[0]["commitInfo"].get("kernelVersion").is_some()
}

fn full_append(number: u64, expected: Value) -> Value {
    let mut request = append(number);
    request["adds"] = json!([file(number), file(number + 100)]);
    request["parameters"] = json!({"flow": "legs \"1\""});
    request["domains"] = json!({"haul.closed_before": "2013-01-02", "haul.other": "\n"});
    request["offsets"] = json!([{"appId": "flow/0", "expected": expected, "version": 10 * number},
                                {"appId": "flow/1", "expected": expected, "version": 10 * number}]);
    request
}

/// The kernel adds commits with a path that it may have to encode; ours does not touch them.
fn by_kernel(mut request: Value) -> Value {
    request["domains"]["haul.column"] = json!("x");
    request["addColumns"] = json!([{"name": "tail", "type": "string", "nullable": true, "metadata": {}}]);
    request
}

#[test]
fn an_append_of_ours_has_the_actions_that_the_kernel_writes() {
    let ((ours, table), (theirs, other)) = (new_table(), new_table());

    table.commit(&full_append(1, Value::Null)).unwrap();
    other.commit(&by_kernel(full_append(1, Value::Null))).unwrap();

    let (mut mine, mut kernel) = (actions(ours.path(), 1), actions(theirs.path(), 1));
    assert!(!is_by_kernel(&mine) && is_by_kernel(&kernel));
    kernel.retain(|action| action.get("metaData").is_none());
    kernel.retain(|action| action["domainMetadata"]["domain"] != "haul.column");
    for commit in [&mut mine, &mut kernel] {
        let info = commit[0]["commitInfo"].as_object_mut().unwrap();
        info.retain(|key, _| {
            ["operation", "operationParameters", "engineInfo", "haulCommitId"].contains(&key.as_str())
        });
        for action in commit.iter_mut().filter(|action| action.get("txn").is_some()) {
            assert!(action["txn"]["lastUpdated"].take().is_i64());
        }
        for action in commit.iter_mut().filter(|action| action.get("add").is_some()) {
            let stats = action["add"]["stats"].as_str().unwrap().to_string();
            action["add"]["stats"] = serde_json::from_str(&stats).unwrap();
        }
        commit[1..].sort_by_key(Value::to_string);
    }
    assert_eq!(mine, kernel);
}

#[test]
fn both_ways_may_take_turns_on_one_table() {
    let (folder, table) = new_table();
    table.commit(&full_append(1, Value::Null)).unwrap();
    table.commit(&full_append(2, json!(10))).unwrap();
    table.commit(&by_kernel(full_append(3, json!(20)))).unwrap();
    table.commit(&full_append(4, json!(30))).unwrap();
    let one = file(1)["path"].clone();
    table.commit(&json!({"commitId": "remove-1", "operation": "WRITE", "removes": [one]})).unwrap();
    table.commit(&full_append(5, json!(40))).unwrap();

    let ways: Vec<bool> = (1..=6).map(|version| is_by_kernel(&actions(folder.path(), version))).collect();
    assert_eq!(ways, [false, false, true, false, true, false]);
    for handle in [&table, &Table::open(folder.path())] {
        assert_eq!(handle.version().unwrap()["version"], 6);
        assert_eq!(handle.paths().len(), 9);
        assert_eq!(handle.offsets(&["flow/0", "flow/1"]).unwrap()["offsets"], json!([50, 50]));
        let snapshot = handle.snapshot(&json!({})).unwrap();
        assert_eq!(snapshot["domains"]["haul.other"], "\n");
        assert_eq!(snapshot["schema"]["fields"][5]["name"], "tail");
        assert_eq!(snapshot["unverified"], json!([]));
    }
}

#[test]
fn commit_times_rise_whoever_writes() {
    let (folder, table) = new_table();
    let info = json!({"commitInfo": {"timestamp": 1, "inCommitTimestamp": 99_999_999_999_999_i64, "operation": "WRITE"}});
    let txn = json!({"txn": {"appId": "theirs", "version": 1}});
    fs::write(log_file(folder.path(), "00000000000000000001.json"), format!("{info}\n{txn}\n")).unwrap();

    table.commit(&append(2)).unwrap();
    table.commit(&append(3)).unwrap();
    table.commit(&by_kernel(append(4))).unwrap();
    table.commit(&append(5)).unwrap();

    let times: Vec<i64> = (2..=5)
        .map(|version| {
            actions(folder.path(), version)[0]["commitInfo"]["inCommitTimestamp"].as_i64().unwrap()
        })
        .collect();
    assert_eq!(times, [100_000_000_000_000, 100_000_000_000_001, 100_000_000_000_002, 100_000_000_000_003]);
}

#[test]
fn an_append_to_a_table_with_other_features_goes_through_the_kernel() {
    let folder = TestFolder::new();
    let table = Table::open(folder.path());
    let mut creation = creation();
    creation["properties"]["delta.appendOnly"] = json!("true");
    table.create(&creation).unwrap();

    table.commit(&append(1)).unwrap();

    assert!(is_by_kernel(&actions(folder.path(), 1)));
}

#[test]
fn appends_whose_partition_values_do_not_fit_are_refused() {
    let (_folder, table) = new_table();
    let mut request = append(1);
    request["adds"][0]["partitionValues"] = json!({"id": "1"});

    assert!(table.commit(&request).is_err());
    assert_eq!(table.version().unwrap()["version"], 0);
}
