//! `mlc fmt` from outside: the canonical form of each case in `specs/fmt`, and its options.
#![expect(clippy::disallowed_methods, reason = "starts mlc, and reads and writes files for it")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

#[test]
fn each_case_has_its_canonical_form() {
    insta::glob!("../..", "specs/fmt/*/before.kdl", |path| {
        let case = path.parent().and_then(Path::file_name).unwrap().to_string_lossy();
        let before = std::fs::read_to_string(path).unwrap();
        let after = text(&format_input(&before).stdout);
        snapshots().bind(|| insta::assert_snapshot!(&*case, after));
        assert_eq!(text(&format_input(&after).stdout), after, "{case} is not stable");
    });
}

fn snapshots() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/fmt"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.remove_snapshot_suffix();
    settings.remove_input_file();
    settings
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
    assert_eq!(check.status.code(), Some(1));
    let listed = "mlc.kdl\nschemas/a.kdl\nsome/where/deep.kdl\nmore/c.kdl\n";
    assert_eq!(text(&check.stdout), listed);
    assert_eq!(text(&check.stderr), "would format 4 files, 1 already formatted\n");
    assert_eq!(project.read("mlc.kdl").as_bytes().get(3..6), Some(&b"   "[..]));

    let write = project.said(&["fmt"]);
    assert_eq!(text(&write.stdout), "formatted 4 files, 1 already formatted\n");
    assert_eq!(write.status.code(), Some(0));
    assert_eq!(project.read("more/c.kdl"), "schema c\n");
    assert_eq!(project.read("other.kdl"), "not   included\n");

    let again = project.said(&["fmt", "--check", "--diff"]);
    assert_eq!(text(&again.stderr), "5 files already formatted\n");
    assert_eq!((again.status.code(), text(&again.stdout)), (Some(0), String::new()));
}

#[test]
fn a_diff_is_shown_and_nothing_written() {
    let project = Project::new(&[("a.kdl", "mlc   1\r\nkeep\n")]);
    let diff = project.said(&["fmt", "--diff", "a.kdl"]);
    assert_eq!(diff.status.code(), Some(1));
    let want = "--- a/a.kdl\n+++ b/a.kdl\n@@ -1,2 +1,2 @@\n-mlc   1\r\n+mlc 1\n keep\n";
    assert_eq!(text(&diff.stdout), want);
    assert_eq!(project.read("a.kdl"), "mlc   1\r\nkeep\n");
}

#[test]
fn broken_and_missing_files_are_named_and_the_others_formatted() {
    let project = Project::new(&[("a.kdl", "a {\n  b \"x\n}\n"), ("b.kdl", "b   1\n")]);
    let output = project.said(&["fmt", "a.kdl", "missing.kdl", "b.kdl"]);
    assert_eq!(output.status.code(), Some(1));
    let errors = text(&output.stderr);
    let broken = "error: a.kdl:2:5: cannot format: this string is not closed; run `mlc check`\n";
    assert!(errors.starts_with(broken), "{errors}");
    assert!(errors.contains("error: cannot read missing.kdl"), "{errors}");
    assert_eq!(text(&output.stdout), "formatted 1 file, 2 files not formatted\n");
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
    assert!(project.said(&["fmt", "link.kdl"]).status.success());
    assert!(project.folder.path().join("link.kdl").is_symlink());
    assert_eq!(project.read("a.kdl"), "a 1\n");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o640);
}

/// A folder with files in it.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("invariant: it lies in the folder"))
                .expect("folders can be made");
            std::fs::write(path, text).expect("files can be written");
        }
        Self { folder }
    }

    fn mlc(&self, args: &[&str]) -> Output {
        mlc().args(args).current_dir(&self.folder).output().expect("mlc starts")
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(path)).expect("a text file")
    }
}

fn mlc() -> Command {
    Command::new(env!("CARGO_BIN_EXE_mlc"))
}

fn format_input(before: &str) -> Output {
    let pipes = (Stdio::piped(), Stdio::piped());
    let mut child =
        mlc().args(["fmt", "-"]).stdin(pipes.0).stdout(pipes.1).spawn().expect("mlc starts");
    let mut input = child.stdin.take().expect("invariant: it is a pipe");
    input.write_all(before.as_bytes()).expect("mlc reads");
    drop(input);
    let output = child.wait_with_output().expect("mlc ends");
    assert!(output.status.success(), "{before}");
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("mlc prints UTF-8")
}
