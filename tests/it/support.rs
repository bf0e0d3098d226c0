//! Projects in temporary folders, and sessions in them: commands with what they answered.
#![expect(clippy::disallowed_methods, reason = "tests read files and start processes")]

use std::fs::{self, File};
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A copy of a case that a test may write in.
pub(crate) struct Project {
    pub(crate) folder: tempfile::TempDir,
}

impl Project {
    /// A project with these files.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let project = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// A copy of a case folder, whose `main.kdl` becomes `mlc.kdl`.
    pub(crate) fn of_case(case: &Path) -> Self {
        let project = Self::new(&[]);
        copy(case, &project.root());
        fs::rename(project.root().join("main.kdl"), project.root().join("mlc.kdl"))
            .expect("a case has a main.kdl");
        project
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().expect("the folder is there")
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("made");
        fs::write(path, text).expect("written");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The binary under test, in this project, with nobody's settings.
    pub(crate) fn mlc(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mlc"));
        self.isolate(&mut command);
        command
    }

    /// Runs mlc, whatever comes of it.
    pub(crate) fn said(&self, arguments: &[&str]) -> Said {
        Said::of(self.mlc().args(arguments).env_remove("COLUMNS"))
    }

    /// Runs mlc and expects it to succeed.
    pub(crate) fn mlc_ok(&self, arguments: &[&str]) -> String {
        succeeded(&self.mlc().args(arguments).output().expect("mlc starts"))
    }

    /// Runs another tool in this project and expects it to succeed.
    pub(crate) fn tool_ok(&self, program: &Path, arguments: &[&str]) -> String {
        let mut command = Command::new(program);
        self.isolate(&mut command);
        // DVC itself needs git on the way, and its own settings from `tests/run`.
        succeeded(&command.args(arguments).output().expect("the tool starts"))
    }

    /// Runs a script with `mlc` on its path; returns what it wrote and how it ended.
    pub(crate) fn shell(&self, script: &str) -> (String, Option<i32>) {
        let mut log = tempfile::tempfile().expect("a temporary file");
        let share = |log: &File| Stdio::from(log.try_clone().expect("a file can be shared"));
        let mut command = Command::new("/bin/sh");
        self.isolate(&mut command);
        let status = command.args(["-c", script]).stdout(share(&log)).stderr(share(&log)).status();
        let mut text = String::new();
        log.rewind().and_then(|()| log.read_to_string(&mut text)).expect("text");
        (text, status.expect("a shell starts").code())
    }

    fn isolate(&self, command: &mut Command) {
        let binaries = Path::new(env!("CARGO_BIN_EXE_mlc")).parent().expect("a folder");
        let path = std::env::var("PATH").unwrap_or_default();
        command
            .current_dir(self.root())
            .stdin(Stdio::null())
            .env("PATH", format!("{}:{path}", binaries.display()))
            .env("SHELL", "/bin/sh")
            .env("NO_COLOR", "1")
            .env("LC_ALL", "C")
            .env("HOME", self.root())
            .env_remove("DVC_ROOT")
            .env_remove("DVC_STAGE")
            .env_remove("CUDA_VISIBLE_DEVICES")
            .env_remove("MLC_GPUS")
            .envs([
                ("GIT_CONFIG_NOSYSTEM", "1"),
                ("GIT_AUTHOR_NAME", "tests"),
                ("GIT_AUTHOR_EMAIL", "tests@localhost"),
                ("GIT_COMMITTER_NAME", "tests"),
                ("GIT_COMMITTER_EMAIL", "tests@localhost"),
            ]);
    }
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().expect("the command starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// Runs mlc in a folder, 100 columns wide, whatever the terminal of who tests.
pub(crate) fn mlc(folder: &Path, arguments: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mlc"));
    Said::of(
        command.args(arguments).current_dir(folder).env_remove("COLUMNS").env_remove("NO_COLOR"),
    )
}

/// Plays the session of a case: each line that starts with `$ ` is run, and what it wrote and how
/// it ended stand below it; other lines are kept.
pub(crate) fn play(project: &Project, session: &str) -> String {
    let mut played = String::new();
    for line in session.lines() {
        played.push_str(line);
        played.push('\n');
        let Some(script) = line.strip_prefix("$ ") else { continue };
        let (text, code) = project.shell(script);
        played.push_str(&text);
        if !text.is_empty() && !text.ends_with('\n') {
            played.push_str("⏎\n");
        }
        if code != Some(0) {
            played.push_str(&format!("[exit {}]\n", code.unwrap_or(-1)));
        }
    }
    played.replace(project.root().to_str().expect("UTF-8"), "[root]")
}

/// Snapshots of one corpus, with everything masked that differs from run to run.
pub(crate) fn snapshots(corpus: &str) -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots").join(corpus);
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.remove_snapshot_suffix();
    settings.remove_input_file();
    settings.add_filter(r"\b\d+(\.\d+)? (s|min)\b", "[time]");
    settings.add_filter(r"\[time\] {2,}", "[time]  ");
    settings.add_filter(r"\bmlc \d+\.\d+\.\d+", "mlc [version]");
    settings.add_filter(r"\d+(\.\d+)? MB of memory", "[size] of memory");
    settings.add_filter(r#"_s":\d+(\.\d+)?"#, r#"_s":[time]"#);
    settings.add_filter(r"\b\d{8}-\d{6}-[0-9a-f]{8}\b", "[run]");
    settings.add_filter(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "[moment]");
    settings
}

/// Compares a generated file of the repository; `INSTA_UPDATE=always` writes it instead.
pub fn assert_generated(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let there = fs::read_to_string(&file).unwrap_or_default();
    if there == text {
        return;
    }
    if std::env::var("INSTA_UPDATE").is_ok_and(|it| it == "always") {
        return fs::write(&file, text).expect("written");
    }
    let differs = there.lines().zip(text.lines()).take_while(|(a, b)| a == b).count();
    let lines = |text: &str| text.lines().skip(differs).take(5).collect::<Vec<_>>().join("\n");
    panic!(
        "{path} is not up to date from line {} on; there:\n{}\nwanted:\n{}\n\
         INSTA_UPDATE=always cargo test --test it book writes it",
        differs + 1,
        lines(&there),
        lines(text),
    );
}

fn succeeded(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{:?}\n{out}\n{err}", output.status);
    out + &err
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("a case folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}
