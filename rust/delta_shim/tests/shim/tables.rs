use serde_json::{json, Value};

use crate::support::*;

#[test]
fn a_created_table_has_its_schema_partitions_and_properties() {
    let (_folder, table) = new_table();

    let snapshot = table.snapshot(&json!({"files": true})).unwrap();

    assert_eq!(snapshot["version"], 0);
    assert_eq!(snapshot["schema"]["fields"].as_array().unwrap().len(), 5);
    assert_eq!(snapshot["partitionColumns"], json!(["day"]));
    assert_eq!(snapshot["properties"]["delta.enableInCommitTimestamps"], "true");
    assert_eq!(snapshot["files"], json!([]));
    assert_eq!(snapshot["unverified"], json!([]));
}

#[test]
fn a_second_creation_and_a_missing_table_are_told_apart() {
    let (folder, table) = new_table();
    let nothing = TestFolder::new();

    assert_eq!(table.create(&creation()).unwrap_err().0, "already_exists");
    assert_eq!(Table::open(folder.path()).create(&creation()).unwrap_err().0, "already_exists");
    assert_eq!(Table::open(nothing.path()).version().unwrap_err().0, "not_found");
    assert_eq!(Table::open(&nothing.path().join("deeper")).snapshot(&json!({})).unwrap_err().0, "not_found");
}

#[test]
fn a_table_can_be_created_in_a_folder_that_is_not_there_yet() {
    let folder = TestFolder::new();
    let deep = folder.path().join("silver").join("legs");

    Table::open(&deep).create(&creation()).unwrap();

    assert_eq!(Table::open(&deep).version().unwrap()["version"], 0);
}

#[test]
fn a_file_comes_back_with_its_statistics_of_every_type() {
    let (_folder, table) = new_table();
    let low = json!({"id": -9_007_199_254_740_993_i64, "name": "a\"b", "at": "2013-01-01T05:15:00.000001Z", "cost": -12.34});
    let high =
        json!({"id": i64::MAX, "name": "zürich", "at": "2013-12-31T23:59:59.999999Z", "cost": 9999999999.99});
    let stats = json!({"numRecords": 7, "minValues": low, "maxValues": high,
                       "nullCount": {"id": 0, "name": 1, "at": 2, "cost": 3}});
    let mut add = file(1);
    add["stats"] = json!(stats.to_string());

    table.commit(&json!({"commitId": "with-stats", "operation": "WRITE", "adds": [add]})).unwrap();

    let snapshot = table.snapshot(&json!({"files": true})).unwrap();
    let back: Value = serde_json::from_str(snapshot["files"][0]["stats"].as_str().unwrap()).unwrap();
    assert_eq!(back, stats);
    assert_eq!(snapshot["files"][0]["partitionValues"], json!({"day": "2013-01-01"}));
}

#[test]
fn offsets_domains_and_commit_ids_survive_a_checkpoint_and_a_reopening() {
    let (folder, table) = new_table();
    let first = json!({"commitId": "first-one", "operation": "STREAMING UPDATE", "adds": [file(1)],
        "parameters": {"flow": "legs"}, "domains": {"haul.closed_before": "2013-01-02"},
        "offsets": [{"appId": "flow/0", "expected": null, "version": 10}, {"appId": "flow/1", "expected": null, "version": 20}]});
    table.commit(&first).unwrap();
    table.checkpoint().unwrap();
    let second = json!({"commitId": "second-one", "operation": "WRITE", "adds": [file(2)],
        "offsets": [{"appId": "flow/1", "expected": 20, "version": 25}]});
    table.commit(&second).unwrap();

    let reopened = Table::open(folder.path());

    assert_eq!(
        reopened.offsets(&["flow/0", "flow/1", "flow/2"]).unwrap(),
        json!({"offsets": [10, 25, null]})
    );
    let snapshot = reopened.snapshot(&json!({})).unwrap();
    assert_eq!(snapshot["domains"], json!({"haul.closed_before": "2013-01-02"}));
    assert_eq!(snapshot["unverified"], json!([]));
    let history = reopened.history(&json!({"limit": 2})).unwrap();
    assert_eq!(history["entries"][0]["commitId"], "second-one");
    assert_eq!(history["entries"][1]["commitId"], "first-one");
    assert_eq!(history["entries"][1]["parameters"], json!({"flow": "legs"}));
    assert_eq!(history["entries"][1]["operation"], "STREAMING UPDATE");
    assert_eq!(history["entries"][1]["verified"], true);
}

#[test]
fn time_travel_goes_by_version_and_by_time() {
    let (folder, table) = new_table();
    for number in 1..=3 {
        table.commit(&append(number)).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(3));
    }
    let at = |version: u64| table.snapshot(&json!({"version": version, "files": true})).unwrap();
    let second_ms = at(2)["timestampMs"].as_i64().unwrap();

    assert_eq!(at(1)["files"].as_array().unwrap().len(), 1);
    assert_eq!(table.snapshot(&json!({"asOfMs": second_ms})).unwrap()["version"], 2);
    assert_eq!(table.snapshot(&json!({"asOfMs": second_ms + 1})).unwrap()["version"], 2);
    assert_eq!(table.snapshot(&json!({"asOfMs": 1000})).unwrap_err().0, "not_found");
    assert_eq!(table.snapshot(&json!({"version": 9})).unwrap_err().0, "not_found");
    drop(folder);
}

#[test]
fn a_new_nullable_column_is_added_with_a_commit() {
    let (_folder, table) = new_table();
    let column = json!({"name": "tail", "type": "string", "nullable": true, "metadata": {}});

    table.commit(&json!({"commitId": "add-column", "operation": "ALTER TABLE", "addColumns": [column], "dataChange": false})).unwrap();

    let snapshot = table.snapshot(&json!({})).unwrap();
    assert_eq!(snapshot["schema"]["fields"][5]["name"], "tail");
    table.commit(&append(1)).unwrap();
    assert_eq!(table.paths().len(), 1);
}

#[test]
fn removed_files_are_gone_and_a_file_that_is_not_live_is_named() {
    let (_folder, table) = new_table();
    table.commit(&append(1)).unwrap();
    table.commit(&append(2)).unwrap();
    let one = file(1)["path"].as_str().unwrap().to_string();
    let replace = |id: &str, add: u64| json!({"commitId": id, "operation": "WRITE", "adds": [file(add)], "removes": [one]});

    assert_eq!(table.commit(&replace("replace-1", 3)).unwrap()["outcome"], "committed");

    assert_eq!(table.paths(), ["day=2013-01-01/part-2.parquet", "day=2013-01-01/part-3.parquet"]);
    let again = table.commit(&replace("replace-2", 4)).unwrap();
    assert_eq!(again, json!({"outcome": "input_changed", "path": one}));
    assert_eq!(table.version().unwrap()["version"], 3);
}

#[test]
fn transaction_retention_is_refused_at_creation_and_at_opening() {
    let (folder, table) = new_table();
    let mut with_retention = creation();
    with_retention["properties"]["delta.setTransactionRetentionDuration"] = json!("interval 1 days");
    let other = TestFolder::new();
    assert_eq!(Table::open(other.path()).create(&with_retention).unwrap_err().0, "invalid_request");
    table.commit(&append(1)).unwrap();
    let created = std::fs::read_to_string(log_file(folder.path(), "00000000000000000000.json")).unwrap();
    let metadata = created.lines().find(|line| line.contains("\"metaData\"")).unwrap();
    let foreign = metadata.replace(
        "\"configuration\":{",
        "\"configuration\":{\"delta.setTransactionRetentionDuration\":\"interval 1 days\",",
    );
    let info = r#"{"commitInfo":{"timestamp":1,"inCommitTimestamp":99999999999999,"engineInfo":"other/1","operation":"SET"}}"#;
    std::fs::write(log_file(folder.path(), "00000000000000000002.json"), format!("{info}\n{foreign}\n"))
        .unwrap();

    let refused = table.snapshot(&json!({})).unwrap_err();

    assert_eq!(refused.0, "unsupported");
    assert!(refused.1.contains("setTransactionRetentionDuration"), "{}", refused.1);
    assert_eq!(Table::open(folder.path()).version().unwrap_err().0, "unsupported");
}

#[test]
fn wrong_requests_are_errors_that_name_the_field() {
    let (_folder, table) = new_table();

    let unknown_key =
        table.commit(&json!({"commitId": "a-commit-id", "operation": "WRITE", "add": []})).unwrap_err();
    let bad_id = table.commit(&json!({"commitId": "../../evil", "operation": "WRITE"})).unwrap_err();
    let refusal_of = |stats: &str| {
        let mut add = file(1);
        add["stats"] = json!(stats);
        table.commit(&json!({"commitId": "a-commit-id", "operation": "WRITE", "adds": [add]})).unwrap_err()
    };

    assert_eq!((unknown_key.0.as_str(), unknown_key.1.contains("`add`")), ("invalid_request", true));
    assert_eq!((bad_id.0.as_str(), bad_id.1.contains("evil")), ("invalid_request", true));
    for stats in ["", "{}", r#"{"numRecords":"ten"}"#, r#"{"numRecords":1"#] {
        let refused = refusal_of(stats);
        assert_eq!(refused.0, "invalid_request", "{stats}: {}", refused.1);
        assert!(refused.1.contains("part-1.parquet"), "{}", refused.1);
    }
    assert_eq!(table.version().unwrap()["version"], 0);
}
