//! The pages of diagnostics: their parts, their examples, and projects made of these.
//!
//! ```text
//! ```kdl bad            an example that yields the diagnostic; ```kdl good: nothing at all
//! ```kdl bad 17MB       the same, followed by so many bytes of comment
//! ```yaml bad           a dvc.yaml that yields it; ```yaml good: nothing at all
//! ```file data/a.csv    a file that the example before it and those after it need
//! ```git data/a.csv     the same, known to git
//! ```link a -> b        a symbolic link; ```fifo a: a named pipe
//! ```

use crate::support::Project;
use std::fs;
use std::path::{Path, PathBuf};

/// The sections of a page, in order.
pub const PARTS: [&str; 4] = ["What it checks", "Why", "Example", "Instead"];

/// A spec, and the files that it needs.
#[derive(Clone, Debug)]
pub struct Example {
    pub is_bad: bool,
    pub text: String,
    /// Whether it is a `dvc.yaml`, read in place of a spec.
    pub is_yaml: bool,
    files: Vec<File>,
}

#[derive(Clone, Debug)]
struct File {
    kind: Kind,
    path: String,
    /// What is in it, or where a link leads.
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Git,
    Link,
    Fifo,
}

/// A fenced block.
struct Fence {
    info: String,
    text: String,
}

/// The examples of a page.
pub fn examples(page: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut shared: Vec<File> = Vec::new();
    for fence in fences(page) {
        let words: Vec<&str> = fence.info.split_whitespace().collect();
        match words.as_slice() {
            ["kdl", mark @ ("bad" | "good"), size @ ..] => examples.push(Example {
                is_bad: *mark == "bad",
                text: size.first().map_or(fence.text.clone(), |size| padded(&fence.text, size)),
                is_yaml: false,
                files: shared.clone(),
            }),
            ["yaml", mark @ ("bad" | "good")] => examples.push(Example {
                is_bad: *mark == "bad",
                text: fence.text,
                is_yaml: true,
                files: shared.clone(),
            }),
            _ => {
                let Some(file) = file(&words, fence.text) else { continue };
                shared.retain(|it| it.path != file.path);
                shared.push(file.clone());
                if let Some(last) = examples.last_mut() {
                    last.files.retain(|it| it.path != file.path);
                    last.files.push(file);
                }
            }
        }
    }
    examples
}

fn file(words: &[&str], text: String) -> Option<File> {
    let (kind, path, text) = match *words {
        ["file", path] => (Kind::Text, path, text),
        ["git", path] => (Kind::Git, path, text),
        ["link", path, "->", target] => (Kind::Link, path, target.to_owned()),
        ["fifo", path] => (Kind::Fifo, path, text),
        _ => return None,
    };
    Some(File { kind, path: path.to_owned(), text })
}

/// The text, made as long as `17MB` says by lines of comment.
fn padded(text: &str, size: &str) -> String {
    let megabytes: usize =
        size.strip_suffix("MB").and_then(|it| it.parse().ok()).expect("a size such as 17MB");
    let line = format!("// {}\n", "-".repeat(96));
    let lines = (megabytes << 20) / line.len() + 1;
    text.to_owned() + &line.repeat(lines)
}

fn fences(page: &str) -> Vec<Fence> {
    let mut fences = Vec::new();
    let mut open: Option<Fence> = None;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                open = Some(Fence { info: info.to_owned(), text: String::new() });
            }
            (Some(_), Some("")) => fences.extend(open.take()),
            (Some(fence), _) => {
                fence.text.push_str(line);
                fence.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fence is not closed:\n{page}");
    fences
}

/// The page's level-two headings.
pub fn headings(page: &str) -> Vec<&str> {
    page.lines().filter_map(|line| line.strip_prefix("## ")).collect()
}

impl Example {
    /// What tells mlc to read it.
    pub fn arguments(&self) -> &'static [&'static str] {
        if self.is_yaml { &["--dvc", "dvc.yaml"] } else { &[] }
    }

    /// A project that holds the spec and its files.
    pub fn project(&self) -> Project {
        let spec = if self.is_yaml { "dvc.yaml" } else { "mlc.kdl" };
        let project = Project::new(&[(spec, &self.text)]);
        let root = project.root();
        for file in &self.files {
            match file.kind {
                Kind::Text | Kind::Git => project.write(&file.path, &file.text),
                Kind::Link => {
                    std::os::unix::fs::symlink(&file.text, prepared(&root, &file.path))
                        .expect("linked");
                }
                Kind::Fifo => {
                    prepared(&root, &file.path);
                    project.tool_ok(Path::new("mkfifo"), &[&file.path]);
                }
            }
        }
        let tracked = self.files.iter().filter(|it| it.kind == Kind::Git);
        let tracked: Vec<&str> = tracked.map(|it| it.path.as_str()).collect();
        if !tracked.is_empty() {
            git(&project, &["init", "-q"]);
            git(&project, &[&["add", "-f"], &tracked[..]].concat());
        }
        project
    }
}

/// Where a file will be, its folder made.
fn prepared(root: &Path, path: &str) -> PathBuf {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("made");
    path
}

fn git(project: &Project, arguments: &[&str]) {
    project.tool_ok(Path::new("git"), arguments);
}
