use std::fs;

use serde_json::{json, Value};

use crate::support::*;

const FILE: &str = "part-1.parquet";

/// The table of `creation()` without its partition column.
fn plain_table() -> (TestFolder, Table) {
    let folder = TestFolder::new();
    let table = Table::open(folder.path());
    let mut request = creation();
    request["partitionColumns"] = json!([]);
    request["schema"]["fields"][0] =
        json!({"name": "id", "type": "integer", "nullable": true, "metadata": {"comment": "kept"}});
    request["schema"]["fields"][1]["nullable"] = json!(false); // brings a feature of its own
    table.create(&request).expect("creates");
    (folder, table)
}

fn plain_file(number: u64) -> Value {
    let stats = json!({"numRecords": 10, "minValues": {"id": number}, "maxValues": {"id": number}, "nullCount": {"id": 0}});
    json!({"path": format!("part-{number}.parquet"), "size": 100, "modificationTime": 1, "stats": stats.to_string()})
}

fn add(number: u64) -> Value {
    json!({"commitId": format!("append-{number:08}"), "operation": "WRITE", "adds": [plain_file(number)]})
}

fn column(name: &str, of: Value) -> Value {
    json!({"name": name, "type": of, "nullable": true, "metadata": {}})
}

fn retype(id: &str, removes: &[&str], number: u64) -> Value {
    json!({"commitId": id, "operation": "CHANGE COLUMNS", "removes": removes, "adds": [plain_file(number)],
           "retypeColumns": [column("id", json!("long"))], "dataChange": false})
}

/// The actions of a commit by their kind.
fn actions(folder: &TestFolder, version: u64, kind: &str) -> Vec<Value> {
    let text = fs::read_to_string(log_file(folder.path(), &format!("{version:020}.json"))).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter_map(|line| line.get(kind).cloned()).collect()
}

#[test]
fn the_schema_the_removes_and_the_adds_are_one_commit() {
    let (folder, table) = plain_table();
    table.commit(&add(1)).unwrap();
    table.commit(&json!({"commitId": "delete-1", "operation": "DELETE", "deletes": {FILE: [0, 3]}})).unwrap();
    let before = table.version().unwrap()["version"].as_u64().unwrap();

    let outcome = table.commit(&retype("retype-1", &[FILE], 2)).unwrap();

    let version = before + 1;
    assert_eq!(outcome, json!({"outcome": "committed", "version": version}));
    let remove = &actions(&folder, version, "remove")[0];
    assert_eq!(remove["path"], FILE);
    assert_eq!(remove["dataChange"], false);
    assert_eq!(remove["extendedFileMetadata"], true);
    assert_eq!(remove["partitionValues"], json!({}));
    assert_eq!(remove["size"], 100);
    assert_eq!(remove["deletionVector"]["cardinality"], 2);
    assert!(remove["deletionTimestamp"].as_i64().is_some_and(|at| at > 0));
    let add = &actions(&folder, version, "add")[0];
    assert_eq!((&add["path"], &add["dataChange"]), (&json!("part-2.parquet"), &json!(false)));
    let info = &actions(&folder, version, "commitInfo")[0];
    assert!(info["inCommitTimestamp"].as_i64().is_some());
    assert_eq!(
        (actions(&folder, version, "metaData").len(), actions(&folder, version, "protocol").len()),
        (1, 0)
    );
}

#[test]
fn the_rest_of_the_metadata_stays() {
    let (folder, table) = plain_table();
    table.commit(&add(1)).unwrap();
    let stored = actions(&folder, 0, "metaData").remove(0);
    let mut request = retype("retype-1", &[FILE], 2);
    request["addColumns"] = json!([column("tail", json!("string"))]);

    table.commit(&request).unwrap();

    let mut after = actions(&folder, 2, "metaData").remove(0);
    let schema: Value = serde_json::from_str(after["schemaString"].as_str().unwrap()).unwrap();
    assert_eq!(
        schema["fields"][0],
        json!({"name": "id", "type": "long", "nullable": true, "metadata": {"comment": "kept"}})
    );
    assert_eq!(schema["fields"][5], column("tail", json!("string")));
    assert_eq!(schema["fields"].as_array().unwrap().len(), 6);
    after["schemaString"] = stored["schemaString"].clone();
    for (key, value) in stored.as_object().unwrap().iter().filter(|(_, value)| !value.is_null()) {
        assert_eq!(after[key], *value, "{key}");
    }
}

#[test]
fn a_date_becomes_a_local_time_together_with_the_feature_for_it() {
    let (folder, table) = plain_table();
    table.commit(&add(1)).unwrap();
    let stats =
        r#"{"numRecords":10,"minValues":{"day":"2013-01-01T00:00:00"},"maxValues":{},"nullCount":{"day":0}}"#;
    let mut request = retype("retype-1", &[FILE], 2);
    request["retypeColumns"] = json!([column("day", json!("timestamp_ntz"))]);
    request["adds"][0]["stats"] = json!(stats);

    assert_eq!(table.commit(&request).unwrap(), json!({"outcome": "committed", "version": 2}));

    for handle in [&table, &Table::open(folder.path())] {
        let snapshot = handle.snapshot(&json!({"files": true})).unwrap();
        assert_eq!(snapshot["files"][0]["stats"], stats);
        for list in ["readerFeatures", "writerFeatures"] {
            assert!(
                snapshot["protocol"][list].as_array().unwrap().contains(&json!("timestampNtz")),
                "{list}"
            );
        }
    }
    let mut next = retype("retype-2", &["part-2.parquet"], 3); // the feature is there: no second protocol
    next["retypeColumns"] = json!([column("id", json!("long"))]);
    assert_eq!(table.commit(&next).unwrap()["outcome"], "committed");
    assert_eq!((actions(&folder, 2, "protocol").len(), actions(&folder, 3, "protocol").len()), (1, 0));
}

#[test]
fn a_table_with_features_that_are_not_ours_keeps_its_types() {
    let folder = TestFolder::new();
    let table = Table::open(folder.path());
    let mut request = creation();
    request["partitionColumns"] = json!([]);
    request["properties"]["delta.appendOnly"] = json!("true");
    table.create(&request).unwrap();

    let refused = table.commit(&retype("retype-1", &[], 1)).unwrap_err();

    assert_eq!(refused.0, "unsupported", "{}", refused.1);
    assert_eq!(table.version().unwrap()["version"], 0);
}

#[test]
fn what_a_field_says_beside_its_type_is_not_compared() {
    let (_folder, table) = plain_table();
    let mut request = add(1);
    request["fileColumns"] = json!([column("id", json!("integer")), column("unknown", json!("long"))]);

    assert_eq!(table.commit(&request).unwrap()["outcome"], "committed");
    request["commitId"] = json!("append-2-long");
    request["fileColumns"] = json!([column("id", json!("long"))]);
    assert_eq!(table.commit(&request).unwrap(), json!({"outcome": "schema_changed", "column": "id"}));
}

#[test]
fn a_writer_that_only_appends_notices_another_writers_new_type() {
    let (folder, table) = plain_table();
    let mut late = add(3);
    late["fileColumns"] = json!([column("id", json!("integer"))]);
    table.commit(&add(1)).unwrap();
    Table::open(folder.path()).commit(&retype("retype-1", &[FILE], 2)).unwrap();

    assert_eq!(table.commit(&late).unwrap(), json!({"outcome": "schema_changed", "column": "id"}));
    assert_eq!(table.paths(), ["part-2.parquet"]);
}
