use std::path::Path;
use std::sync::Barrier;
use std::time::Duration;

use serde_json::{json, Value};

use crate::support::*;

const DELAY: Duration = Duration::from_micros(20);

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

/// In each round both writers have seen the table before either commits, but neither its offsets, and one waits a little
/// longer each time: what either checked is out of date by the time it stores in some of the rounds.
#[test]
fn of_two_racing_batches_with_one_offset_only_one_lands() {
    const ROUNDS: u64 = 240;
    let (folder, table) = new_table();
    let both_ready = Barrier::new(2);

    let outcomes = std::thread::scope(|scope| {
        let racers = [0, 1].map(|writer| {
            let (path, both_ready) = (folder.path(), &both_ready);
            scope.spawn(move || race(path, writer, ROUNDS, both_ready))
        });
        racers.map(|racer| racer.join().unwrap())
    });

    for round in 0..ROUNDS as usize {
        let mut both = [&outcomes[0][round], &outcomes[1][round]];
        both.sort();
        assert_eq!(both, ["committed", "stale_txn"], "round {round}");
    }
    assert_eq!(table.version().unwrap()["version"], ROUNDS);
    assert_eq!(table.paths().len() as u64, ROUNDS);
}

/// What became of one writer's batch in each round.
fn race(folder: &Path, writer: u64, rounds: u64, both_ready: &Barrier) -> Vec<String> {
    let batch = |round: u64| {
        let expected = if round == 0 { Value::Null } else { json!(round) };
        json!({"commitId": format!("racer-{writer}-{round}"), "operation": "WRITE",
            "adds": [file(round * 2 + writer)],
            "offsets": [{"appId": "flow/0", "expected": expected, "version": round + 1}]})
    };
    let run = |round: u64| {
        let table = Table::open(folder);
        table.version().unwrap();
        both_ready.wait();
        std::thread::sleep(writer as u32 * (round as u32 % 60) * DELAY);
        let outcome = outcome_without_conflict(&table, &batch(round));
        both_ready.wait();
        outcome
    };
    (0..rounds).map(run).collect()
}

fn outcome_without_conflict(table: &Table, request: &Value) -> String {
    loop {
        let reply = table.commit(request).unwrap();
        match reply["outcome"].as_str().unwrap() {
            "conflict" => continue,
            other => return other.to_string(),
        }
    }
}
