//! Processes that end with their owner.

mod support;

use std::{
    collections::BTreeMap,
    env, fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use clawline_testkit::{Error, Launch, Process};
use support::{is_alive, until};

const HOLDER: &str = "TESTKIT_HOLDER_FOLDER";

/// A shell that has a child of its own and tells both ids.
fn family(folder: &Path, script: &str) -> Launch {
    Launch {
        name: "the family".to_owned(),
        program: "/bin/sh".into(),
        arguments: vec!["-c".into(), script.into()],
        environment: BTreeMap::from([("PATH".into(), env::var_os("PATH").unwrap())]),
        folder: folder.to_owned(),
        log: folder.join("output.txt"),
    }
}

const TWO: &str = "sleep 1000 & echo started; echo $$ $! > ids.new; mv ids.new ids; wait";

async fn ids(folder: &Path) -> Vec<u32> {
    let file = folder.join("ids");
    until("the family is there", async || file.exists()).await;
    let text = fs::read_to_string(&file).unwrap();
    fs::remove_file(file).unwrap();
    text.split_whitespace()
        .map(|id| id.parse().unwrap())
        .collect()
}

async fn all_are_gone(ids: &[u32]) {
    until("all are gone", async || !ids.iter().any(|&id| is_alive(id))).await;
}

#[tokio::test]
async fn a_kill_ends_the_children_too_and_a_second_start_is_the_same_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(family(folder.path(), TWO)).unwrap();
    let first = ids(folder.path()).await;
    assert_eq!(process.id(), Some(first[0]));
    assert!(matches!(
        process.start_again(),
        Err(Error::AlreadyRunning { .. })
    ));
    process.kill().await.unwrap();
    all_are_gone(&first).await;
    assert!(!process.is_running());

    process.start_again().unwrap();
    let second = ids(folder.path()).await;
    drop(process);
    all_are_gone(&second).await;
    let output = fs::read_to_string(folder.path().join("output.txt")).unwrap();
    assert_eq!(output, "started\nstarted\n");
}

#[tokio::test]
async fn an_orderly_end_is_waited_for_and_leaves_no_child() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("trap 'exit 7' TERM; {TWO}");
    let mut process = Process::start(family(folder.path(), &script)).unwrap();
    let ids = ids(folder.path()).await;
    let status = process.terminate(support::LIMIT).await.unwrap();
    assert_eq!(status.code(), Some(7));
    all_are_gone(&ids).await;
    assert!(matches!(
        process.terminate(support::LIMIT).await,
        Err(Error::NotRunning { .. })
    ));
}

#[tokio::test]
async fn one_that_does_not_obey_is_reported_and_can_be_killed() {
    let folder = tempfile::tempdir().unwrap();
    let script = "trap '' TERM; echo $$ > ids.new; mv ids.new ids; while :; do sleep 1; done";
    let mut process = Process::start(family(folder.path(), script)).unwrap();
    let ids = ids(folder.path()).await;
    let refused = process.terminate(Duration::from_millis(50)).await;
    assert!(
        matches!(refused, Err(Error::StillRunning { .. })),
        "{refused:?}"
    );
    assert!(process.is_running());
    process.kill().await.unwrap();
    all_are_gone(&ids).await;
}

#[tokio::test]
async fn a_paused_process_can_still_be_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(family(folder.path(), TWO)).unwrap();
    let ids = ids(folder.path()).await;
    process.pause().unwrap();
    process.resume().unwrap();
    process.pause().unwrap();
    process.kill().await.unwrap();
    all_are_gone(&ids).await;
}

#[tokio::test]
async fn a_missing_program_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut launch = family(folder.path(), TWO);
    launch.program = "/nowhere/prog".into();
    let error = Process::start(launch).unwrap_err().to_string();
    assert!(
        error.contains("/nowhere/prog") && error.contains("the family"),
        "{error}"
    );
}

#[tokio::test]
async fn a_process_ends_also_when_its_owner_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut owner = Command::new(env::current_exe().unwrap())
        .args(["--exact", "holds_a_process_for_another_test", "--ignored"])
        .env(HOLDER, folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let ids = ids(folder.path()).await;
    assert!(ids.iter().all(|&id| is_alive(id)));
    owner.kill().unwrap();
    owner.wait().unwrap();
    all_are_gone(&ids).await;
}

#[tokio::test]
#[ignore = "a part of another test, which runs it in a process of its own"]
async fn holds_a_process_for_another_test() {
    let Some(folder) = env::var_os(HOLDER) else {
        return;
    };
    let _held = Process::start(family(Path::new(&folder), TWO)).unwrap();
    tokio::time::sleep(support::LIMIT).await;
}
