use serde_json::{json, Value};

use crate::support::*;

/// Writers of one partition each, in threads with handles of their own: every commit lands once, in order.
#[test]
fn racing_writers_lose_no_commit_and_repeat_none() {
    const WRITERS: u64 = 4;
    const COMMITS: u64 = 25;
    let (folder, table) = new_table();

    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let table = Table::open(folder.path());
            scope.spawn(move || {
                for number in 0..COMMITS {
                    write_with_retries(&table, writer, number);
                }
            });
        }
    });

    let ids: Vec<String> = (0..WRITERS).map(|writer| format!("flow/{writer}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    assert_eq!(table.version().unwrap()["version"], WRITERS * COMMITS);
    assert_eq!(table.offsets(&ids).unwrap()["offsets"], json!(vec![COMMITS; WRITERS as usize]));
    assert_eq!(table.paths().len() as u64, WRITERS * COMMITS);
    assert_eq!(Table::open(folder.path()).snapshot(&json!({})).unwrap()["unverified"], json!([]));
}

fn write_with_retries(table: &Table, writer: u64, number: u64) {
    let expected = if number == 0 { Value::Null } else { json!(number) };
    for attempt in 0.. {
        let outcome = table
            .commit(&json!({
                "commitId": format!("writer-{writer}-{number}-{attempt}"), "operation": "WRITE",
                "adds": [file(writer * 1000 + number)],
                "offsets": [{"appId": format!("flow/{writer}"), "expected": expected, "version": number + 1}],
            }))
            .unwrap();
        match outcome["outcome"].as_str().unwrap() {
            "committed" => return,
            "conflict" => continue,
            other => panic!("writer {writer} commit {number}: {other} {outcome}"),
        }
    }
}

#[test]
fn of_two_racing_batches_with_one_offset_only_one_lands() {
    for round in 0..20u64 {
        let (folder, _table) = new_table();
        let outcomes: Vec<String> = std::thread::scope(|scope| {
            let attempts: Vec<_> = (0..2u64)
                .map(|writer| {
                    let table = Table::open(folder.path());
                    table.version().unwrap();
                    scope.spawn(move || {
                        let request = json!({"commitId": format!("racer-{writer}-{round}"), "operation": "WRITE",
                            "adds": [file(writer)],
                            "offsets": [{"appId": "flow/0", "expected": null, "version": 5}]});
                        let first = table.commit(&request).unwrap();
                        match first["outcome"].as_str().unwrap() {
                            "conflict" => table.commit(&request).unwrap()["outcome"].as_str().unwrap().to_string(),
                            other => other.to_string(),
                        }
                    })
                })
                .collect();
            attempts.into_iter().map(|attempt| attempt.join().unwrap()).collect()
        });

        let mut sorted = outcomes.clone();
        sorted.sort();
        assert_eq!(sorted, ["committed", "stale_txn"], "round {round}");
    }
}
