//! `mlc build` as a command: what it writes, refuses and leaves alone.
#![expect(clippy::disallowed_methods, reason = "a test looks at what stands on the disk")]

use crate::support::Project;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

const SPEC: &str = "mlc 1\nstage a {\n    cmd \"echo 1 > a.txt\"\n    outs \"a.txt\"\n}\n";

fn project() -> Project {
    Project::new(&[("mlc.kdl", &format!("{SPEC}targets {{ dvc }}\n"))])
}

#[test]
fn a_build_writes_once() {
    let project = project();
    assert_eq!(project.mlc_ok(&["build"]), "wrote     dvc.yaml\n");
    let path = project.root().join("dvc.yaml");
    let before = (project.read("dvc.yaml"), path.metadata().unwrap().modified().unwrap());
    assert!(before.0.starts_with("# written by `mlc build` from mlc.kdl;"), "{}", before.0);
    assert_eq!(project.mlc_ok(&["build", "dvc"]), "unchanged dvc.yaml\n");
    let after = (project.read("dvc.yaml"), path.metadata().unwrap().modified().unwrap());
    assert_eq!(before, after, "what is the same is not touched");
    let names: Vec<_> = fs::read_dir(project.root()).unwrap().flatten().collect();
    assert_eq!(names.len(), 2, "no temporary file is left: {names:?}");
}

#[test]
fn a_check_tells_missing_edited_foreign_and_old_files() {
    let project = project();
    let check = || project.said(&["build", "--check"]);
    let told = |what: &str| {
        let text = format!("dvc.yaml {what}\nrun `mlc build` and commit the result\n");
        assert_eq!((check().code, check().out), (Some(1), text));
    };
    told("is missing");
    project.mlc_ok(&["build"]);
    assert_eq!((check().code, check().out.as_str()), (Some(0), "1 file up to date\n"));
    let ours = project.read("dvc.yaml");
    project.write("mlc.kdl", &project.read("mlc.kdl").replace("echo 1", "echo 2"));
    told("is out of date");
    project.write("dvc.yaml", &ours.replace("echo 1", "echo 3"));
    told("was edited by hand");
    project.write("dvc.yaml", "stages: {}\n");
    told("was not written by mlc");
    assert_eq!(project.read("dvc.yaml"), "stages: {}\n", "a check writes nothing");
    fs::write(project.root().join("dvc.yaml"), b"\xff\xfe").unwrap();
    told("was not written by mlc");
}

#[test]
fn line_ends_of_a_checkout_are_no_edit() {
    let project = project();
    project.mlc_ok(&["build"]);
    project.write("dvc.yaml", &project.read("dvc.yaml").replace('\n', "\r\n"));
    assert_eq!(project.mlc_ok(&["build"]), "wrote     dvc.yaml\n");
}

#[test]
fn a_diff_shows_what_would_change_and_writes_nothing() {
    let project = project();
    let said = project.said(&["build", "--diff"]);
    assert_eq!(said.code, Some(0));
    assert!(said.out.contains("+stages:\n"), "{}", said.out);
    assert!(!project.root().join("dvc.yaml").exists());
    project.mlc_ok(&["build"]);
    project.write("mlc.kdl", &project.read("mlc.kdl").replace("echo 1", "echo 2"));
    let said = project.said(&["build", "--diff", "--check"]);
    assert_eq!(said.code, Some(1));
    for line in ["-    cmd: echo 1 > a.txt\n", "+    cmd: echo 2 > a.txt\n"] {
        assert!(said.out.contains(line), "{}", said.out);
    }
}

#[test]
fn another_folder_gets_the_files_on_demand() {
    let project = project();
    project.mlc_ok(&["build", "--out", "made/here"]);
    assert!(!project.root().join("dvc.yaml").exists());
    project.mlc_ok(&["build"]);
    assert_eq!(project.read("made/here/dvc.yaml"), project.read("dvc.yaml"));
}

#[test]
fn foreign_and_edited_files_are_never_lost_unasked() {
    let project = project();
    project.mlc_ok(&["build"]);
    let ours = project.read("dvc.yaml");
    for (text, why) in [
        ("stages: {}\n".to_owned(), "was not written by mlc"),
        (ours.replace("a.txt", "b.txt"), "was edited since mlc wrote it"),
        (String::new(), "was not written by mlc"),
    ] {
        project.write("dvc.yaml", &text);
        let said = project.said(&["build"]);
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.err.contains(&format!("dvc.yaml {why}")), "{}", said.err);
        assert!(said.err.contains("--force"), "{}", said.err);
        assert_eq!(project.read("dvc.yaml"), text);
        project.mlc_ok(&["build", "--force"]);
        assert_eq!(project.read("dvc.yaml"), ours);
    }
}

#[test]
fn what_a_dropped_target_left_is_removed_unless_edited() {
    let project = project();
    project.mlc_ok(&["build"]);
    let ours = project.read("dvc.yaml");
    project.write("mlc.kdl", SPEC);
    let check = project.said(&["build", "--check"]);
    assert_eq!(check.code, Some(1), "{check:?}");
    assert_eq!(project.mlc_ok(&["build"]), "removed   dvc.yaml\n");
    assert!(!project.root().join("dvc.yaml").exists());
    for text in [format!("{ours}# mine\n"), "stages: {}\n".to_owned()] {
        project.write("dvc.yaml", &text);
        assert_eq!(project.said(&["build"]).code, Some(0));
        assert_eq!(project.said(&["build", "--check"]).code, Some(0));
        assert_eq!(project.read("dvc.yaml"), text);
    }
}

#[test]
fn a_folder_that_takes_no_files_stays_as_it_was() {
    let project = project();
    project.mlc_ok(&["build"]);
    let ours = project.read("dvc.yaml");
    project.write("mlc.kdl", &project.read("mlc.kdl").replace("echo 1", "echo 2"));
    let mode = |mode| fs::set_permissions(project.root(), fs::Permissions::from_mode(mode));
    mode(0o555).unwrap();
    let is_mighty = fs::write(project.root().join("probe"), "").is_ok();
    // Nobody makes files below a file, not even root, whom no mode stops.
    let out: &[&str] = if is_mighty { &["build", "--out", "mlc.kdl/below"] } else { &["build"] };
    let said = project.said(out);
    mode(0o755).unwrap();
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("cannot write") && said.err.contains("dvc.yaml"), "{}", said.err);
    assert_eq!(project.read("dvc.yaml"), ours);
}

#[test]
fn a_full_disk_leaves_everything_as_it_was() {
    let project = project();
    project.mlc_ok(&["build"]);
    let ours = project.read("dvc.yaml");
    project.write("mlc.kdl", &project.read("mlc.kdl").replace("echo 1", "echo 2"));
    let (text, _) =
        project.shell("(trap '' XFSZ; ulimit -f 0; mlc build; echo ended $?) 2>&1 | cat");
    assert!(text.ends_with("ended 1\n"), "{text}");
    assert!(text.contains("cannot write") && text.contains("dvc.yaml"), "{text}");
    assert_eq!(project.read("dvc.yaml"), ours);
    assert_eq!(fs::read_dir(project.root()).unwrap().count(), 2, "no temporary file is left");
}

#[test]
fn a_folder_in_the_place_of_a_file_is_told() {
    let project = project();
    project.write("dvc.yaml/inner", "");
    let said = project.said(&["build"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("cannot read") && said.err.contains("dvc.yaml"), "{}", said.err);
}

#[test]
fn a_spec_with_errors_writes_nothing() {
    let project = project();
    project.mlc_ok(&["build"]);
    let ours = project.read("dvc.yaml");
    let broken = project.read("mlc.kdl").replace("echo 1", "echo 2").replace("outs", "otus");
    project.write("mlc.kdl", &broken);
    let said = project.said(&["build"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("error[unknown-field]"), "{}", said.err);
    assert_eq!(project.read("dvc.yaml"), ours);
    assert_eq!(project.said(&["build", "dcv"]).code, Some(1), "errors come first");
}

#[test]
fn a_note_is_given_once() {
    let meta = "meta { a 1; b x=1 { x 2 }; a 2; c { d; d } }";
    let spec = SPEC.replace("outs \"a.txt\"", &format!("outs \"a.txt\"\n    {meta}"));
    let project = Project::new(&[("mlc.kdl", &spec)]);
    let said = project.said(&["check", "--format", "short"]);
    for place in ["5:25", "5:32", "5:44"] {
        assert!(said.out.contains(&format!("mlc.kdl:{place}: error[duplicate-name]")), "{said:?}");
    }
}

#[test]
fn unknown_and_unnamed_targets_are_told() {
    let project = project();
    let said = project.said(&["build", "dcv"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("did you mean `dvc`?"), "{}", said.err);
    project.write("mlc.kdl", SPEC);
    assert_eq!(project.said(&["build", "dvc"]).code, Some(2));
    let said = project.said(&["build"]);
    assert_eq!(said.code, Some(0));
    assert!(said.out.contains("names no targets"), "{}", said.out);
}
