//! What becomes of the processes of a stage: those that exclude one another, that take too long,
//! that stay behind, that write where they should not.

use crate::support::Project;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

/// Each instance fails when another is where it is.
const EXCLUSIVE: &str = r#"
mlc 1
project exclusive
stage load {
    matrix { table a b c d e f g h }
    cmd "mkdir held && cat big.txt big.txt > {{ table }}.txt && rmdir held"
    deps "big.txt"
    outs "{{ table }}.txt"
    mutex database
}
"#;

#[test]
fn stages_with_one_mutex_never_run_at_once() {
    let project = Project::new(&[("mlc.kdl", EXCLUSIVE)]);
    project.shell("head -c 2000000 /dev/zero > big.txt");
    let said = project.mlc_ok(&["run", "-j8"]);
    assert!(said.contains("8 stages: 8 ran"), "{said}");
}

const LATE: &str = r#"
mlc 1
project late
stage family {
    cmd "sh -c 'echo $$ > child.pid; sh -c \"echo \\$\\$ > grandchild.pid; exec sleep 600\" & wait' & wait"
    outs "family.txt"
    timeout "1s"
}
stage deaf {
    cmd "trap '' TERM; echo $$ > deaf.pid; while :; do sleep 600; done"
    outs "deaf.txt"
    timeout "1s"
}
stage runaway {
    cmd "setsid sh -c 'echo $$ > runaway.pid; exec sleep 600' & while :; do sleep 600; done"
    outs "runaway.txt"
    timeout "1s"
}
"#;

#[test]
fn a_timeout_ends_children_of_children() {
    let project = Project::new(&[("mlc.kdl", LATE)]);
    let said = project.said(&["run", "family"]);
    assert_eq!(said.code, Some(1));
    assert!(said.out.contains("it did not end within 1.0 s"), "{}", said.out);
    for name in ["child", "grandchild"] {
        assert!(!lives(pid(&project, name)), "the {name} still runs");
    }
}

#[test]
fn who_ignores_the_end_of_its_time_is_killed() {
    let project = Project::new(&[("mlc.kdl", LATE)]);
    let said = project.said(&["run", "deaf"]);
    assert!(said.out.contains("it did not end within 1.0 s"), "{}", said.out);
    assert!(!lives(pid(&project, "deaf")));
}

#[test]
fn a_process_in_a_session_of_its_own_is_left_alone() {
    let project = Project::new(&[("mlc.kdl", LATE)]);
    let said = project.said(&["run", "runaway"]);
    assert!(said.out.contains("it did not end within 1.0 s"), "{}", said.out);
    let runaway = pid(&project, "runaway");
    assert!(lives(runaway), "it has left the group on purpose");
    kill_process(runaway, Signal::KILL).expect("it lives");
}

const DAEMON: &str = r#"
mlc 1
project daemon
stage serve {
    cmd "sleep 600 & echo $! > server.pid; echo started; echo s > served.txt"
    outs "served.txt"
}
"#;

#[test]
fn a_process_that_stays_behind_holds_nobody_up() {
    let project = Project::new(&[("mlc.kdl", DAEMON)]);
    let said = project.mlc_ok(&["run", "--stream"]);
    assert!(said.contains("serve| started") && said.contains("1 stage: 1 ran"), "{said}");
    let server = pid(&project, "server");
    assert!(lives(server), "a stage may start a server");
    kill_process(server, Signal::KILL).expect("it lives");
}

const MEDDLED: &str = r#"
mlc 1
project meddled
stage copy { cmd "cp input.txt copy.txt"; deps "input.txt"; outs "copy.txt" }
stage next { cmd "cp copy.txt next.txt"; deps "copy.txt"; outs "next.txt" }
"#;

#[test]
fn an_output_that_another_process_changes_is_recorded_as_it_was_stored() {
    let project = Project::new(&[("mlc.kdl", MEDDLED), ("input.txt", "one\n")]);
    project.mlc_ok(&["run"]);
    project.write("copy.txt", "meddled\n");
    let said = project.mlc_ok(&["status", "copy"]);
    assert!(said.contains("out `copy.txt` changed"), "{said}");
    let said = project.mlc_ok(&["run"]);
    assert!(said.contains("2 stages: 1 restored, 1 up to date"), "{said}");
    assert_eq!(project.read("copy.txt"), "one\n");
}

#[test]
fn a_folder_that_cannot_be_written_fails_the_stage_alone() {
    let spec = r#"
mlc 1
project closed
stage closed { cmd "echo x > closed/x.txt"; outs "closed/x.txt" }
stage open { cmd "echo y > y.txt"; outs "y.txt" }
"#;
    let project = Project::new(&[("mlc.kdl", spec), ("closed/.keep", "")]);
    project.shell("chmod 555 closed");
    // Permissions do not stop the superuser, who therefore runs it as nobody.
    let (_, code) = project.shell("touch closed/probe");
    let lower = "rm closed/probe && cp \"$(command -v mlc)\" mlc && chown -R 65534:65534 .";
    let run = match code {
        Some(0) => {
            let (said, code) = project.shell(lower);
            assert_eq!(code, Some(0), "{said}");
            "DVC_SITE_CACHE_DIR=$PWD/site \
             setpriv --reuid 65534 --regid 65534 --clear-groups ./mlc run -j1 -k"
        }
        _ => "mlc run -j1 -k",
    };
    let (said, code) = project.shell(run);
    project.shell("chmod 755 closed");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("failed     closed its command exited with"), "{said}");
    assert!(said.contains("closed/x.txt: Permission denied"), "{said}");
    assert!(said.contains("2 stages: 1 ran, 1 failed"), "{said}");
    assert!(project.read("dvc.lock").contains("  open:"));
}

#[test]
fn a_stage_that_would_wait_for_itself_fails() {
    let spec = r#"
mlc 1
project nested
stage outer { cmd "mlc run outer"; outs "outer.txt" }
stage beside { cmd "echo b > b.txt"; outs "b.txt" }
stage around { cmd "mlc run beside && echo a > a.txt"; outs "a.txt" }
"#;
    let project = Project::new(&[("mlc.kdl", spec)]);
    let said = project.said(&["run", "outer"]);
    assert_eq!(said.code, Some(1));
    let why = "`outer.txt` is in use by the run that started this one";
    assert!(said.out.contains(why), "{said:?}");
    // What has nothing to do with the stage may run inside it.
    project.mlc_ok(&["run", "around"]);
}

fn pid(project: &Project, name: &str) -> Pid {
    let text = project.read(&format!("{name}.pid"));
    Pid::from_raw(text.trim().parse().expect("a number")).expect("not zero")
}

fn lives(pid: Pid) -> bool {
    test_kill_process(pid).is_ok()
}

const STREAMS: &str = r#"
mlc 1
project streams
stage talk {
    cmd "echo progress > /dev/stdout && cp in.txt out.txt"
    deps "in.txt"
    outs "out.txt"
}
stage inspect {
    cmd "echo '{{.Id}}' > id.txt"
    outs "id.txt"
}
"#;

#[test]
fn what_a_stage_writes_to_its_own_streams_reaches_its_log_alone() {
    let project = Project::new(&[("mlc.kdl", STREAMS), ("in.txt", "a\n")]);
    assert_eq!(project.shell("mlc run --json > events.json"), (String::new(), Some(0)));
    for line in project.read("events.json").lines() {
        let event: serde_json::Value = serde_json::from_str(line).expect(line);
        assert!(event.get("event").is_some(), "{line}");
    }
    assert!(project.mlc_ok(&["logs", "talk"]).contains("progress"));
    assert_eq!(project.read("id.txt"), "{{.Id}}\n");
}
