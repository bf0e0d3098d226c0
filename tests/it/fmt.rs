//! `mlc fmt` from outside: the canonical form of each case in `specs/fmt`, and its options.
#![expect(clippy::disallowed_methods, reason = "starts mlc, and reads and writes files for it")]

use crate::support::{Project, snapshots};
use std::io::Write as _;
use std::process::{Command, Stdio};

#[test]
fn each_case_has_its_canonical_form() {
    insta::glob!("../..", "specs/fmt/*/before.kdl", |path| {
        let case = path.parent().and_then(std::path::Path::file_name).unwrap().to_string_lossy();
        let before = std::fs::read_to_string(path).unwrap();
        let after = format_input(&before);
        snapshots("fmt").bind(|| insta::assert_snapshot!(&*case, after));
        assert_eq!(format_input(&after), after, "{case} is not stable");
    });
}

#[test]
fn without_arguments_the_spec_and_its_includes_are_formatted() {
    let project = Project::new(&[
        ("mlc.kdl", "mlc   1\ninclude \"schemas/*.kdl\" \"**/deep.kdl\"\n"),
        ("schemas/a.kdl", "schema  a\n"),
        ("schemas/b.kdl", "include \"../more/c.kdl\"\n"),
        ("schemas/notes.txt", "not   kdl"),
        ("more/c.kdl", "schema  c\n"),
        ("some/where/deep.kdl", "include   \"../../mlc.kdl\"\n"),
        ("other.kdl", "not   included\n"),
    ]);
    let check = project.said(&["fmt", "--check"]);
    assert_eq!(check.code, Some(1));
    let listed = "mlc.kdl\nschemas/a.kdl\nsome/where/deep.kdl\nmore/c.kdl\n";
    assert_eq!(check.out, listed);
    assert_eq!(check.err, "would format 4 files, 1 already formatted\n");
    assert_eq!(project.read("mlc.kdl").as_bytes().get(3..6), Some(&b"   "[..]));

    let write = project.said(&["fmt"]);
    assert_eq!(write.out, "formatted 4 files, 1 already formatted\n");
    assert_eq!(write.code, Some(0));
    assert_eq!(project.read("more/c.kdl"), "schema c\n");
    assert_eq!(project.read("other.kdl"), "not   included\n");

    let again = project.said(&["fmt", "--check", "--diff"]);
    assert_eq!(again.err, "5 files already formatted\n");
    assert_eq!((again.code, again.out), (Some(0), String::new()));
}

#[test]
fn a_diff_is_shown_and_nothing_written() {
    let project = Project::new(&[("a.kdl", "mlc   1\r\nkeep\n")]);
    let diff = project.said(&["fmt", "--diff", "a.kdl"]);
    assert_eq!(diff.code, Some(1));
    let want = "--- a/a.kdl\n+++ b/a.kdl\n@@ -1,2 +1,2 @@\n-mlc   1\r\n+mlc 1\n keep\n";
    assert_eq!(diff.out, want);
    assert_eq!(project.read("a.kdl"), "mlc   1\r\nkeep\n");
}

#[test]
fn broken_and_missing_files_are_named_and_the_others_formatted() {
    let project = Project::new(&[("a.kdl", "a {\n  b \"x\n}\n"), ("b.kdl", "b   1\n")]);
    let output = project.said(&["fmt", "a.kdl", "missing.kdl", "b.kdl"]);
    assert_eq!(output.code, Some(1));
    let errors = &output.err;
    let broken = "error: a.kdl:2:5: cannot format: this string is not closed; run `mlc check`\n";
    assert!(errors.starts_with(broken), "{errors}");
    assert!(errors.contains("error: cannot read missing.kdl"), "{errors}");
    assert_eq!(output.out, "formatted 1 file, 2 files not formatted\n");
    assert_eq!(project.read("b.kdl"), "b 1\n");
    assert_eq!(project.read("a.kdl"), "a {\n  b \"x\n}\n");
}

#[cfg(unix)]
#[test]
fn a_formatted_file_keeps_its_mode_and_its_link() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let project = Project::new(&[("a.kdl", "a   1\n")]);
    let path = project.folder.path().join("a.kdl");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("a.kdl", project.folder.path().join("link.kdl")).unwrap();
    assert_eq!(project.said(&["fmt", "link.kdl"]).code, Some(0));
    assert!(project.folder.path().join("link.kdl").is_symlink());
    assert_eq!(project.read("a.kdl"), "a 1\n");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o640);
}

/// What `mlc fmt -` makes of a text.
fn format_input(before: &str) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mlc"))
        .args(["fmt", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("mlc starts");
    let mut input = child.stdin.take().expect("invariant: it is a pipe");
    input.write_all(before.as_bytes()).expect("mlc reads");
    drop(input);
    let output = child.wait_with_output().expect("mlc ends");
    assert!(output.status.success(), "{before}");
    String::from_utf8(output.stdout).expect("mlc prints UTF-8")
}
