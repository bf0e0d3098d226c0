//! Cases as text: what is changed in an example, and where diagnostics must point.
//!
//! ```text
//! [name] unfixable     the word stands where no fix is asked for
//! ~ params.yaml        the file that the lines below are about; `mlc.kdl` unless said
//! - text               text of that file; `-2 text` is its second occurrence
//! + text               what it becomes
//! @ text               where a diagnostic must point, near the edit; `@2 text` is the second
//!                      occurrence in the file; without such a line: what the edit changed
//! @ -                  the edit is no mistake, or part of the one before
//! ```
//!
//! `\n` is a newline, `\t` a tab, `\\` a backslash; `\e` in the old text takes all to the end of
//! the file.

use crate::support::Project;
use crate::tree::TextFile;

#[derive(Clone)]
pub struct Case {
    pub example: String,
    pub name: String,
    pub unfixable: bool,
    edits: Vec<Edit>,
}

#[derive(Clone, Default)]
struct Edit {
    file: String,
    old: String,
    nth: Option<usize>,
    new: String,
    marks: Vec<Mark>,
}

/// A place that a diagnostic must touch.
#[derive(Clone)]
struct Mark {
    file: String,
    text: String,
    nth: Option<usize>,
}

/// Bytes of a file after all edits.
#[derive(Debug)]
pub struct Place {
    pub file: String,
    pub start: usize,
    pub end: usize,
}

/// The cases of a corpus, whose file is named after its example: `churn_more.txt`.
pub fn parse(file: &TextFile) -> Vec<Case> {
    let name = file.path.rsplit('/').next().expect("a path has a last part");
    let example = name.split(['_', '.']).next().expect("a name has a first part").to_owned();
    let mut cases: Vec<Case> = Vec::new();
    let mut path = String::new();
    for line in file.text.lines() {
        if let Some((name, rest)) = line.strip_prefix('[').and_then(|it| it.split_once(']')) {
            path = "mlc.kdl".to_owned();
            let unfixable = rest.contains("unfixable");
            let example = example.clone();
            cases.push(Case { example, name: name.to_owned(), unfixable, edits: Vec::new() });
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        let Some((sign, text)) = line.split_once(' ').or((!line.is_empty()).then_some((line, "")))
        else {
            continue;
        };
        let nth = sign.get(1..).and_then(|it| it.parse().ok());
        let text = unescaped(text);
        match sign.as_bytes().first() {
            Some(b'~') => path = text,
            Some(b'-') => {
                let file = path.clone();
                case.edits.push(Edit { file, old: text, nth, ..Edit::default() });
            }
            Some(b'+') => case.edits.last_mut().expect("an old text first").new = text,
            Some(b'@') => {
                let marks = &mut case.edits.last_mut().expect("an edit first").marks;
                marks.push(Mark { file: path.clone(), text, nth });
            }
            _ => assert!(line.starts_with("//"), "{example}: `{line}`"),
        }
    }
    cases
}

fn unescaped(text: &str) -> String {
    let newlines = text.replace("\\n", "\n").replace("\\t", "\t");
    newlines.replace("\\e", "\u{0}").replace("\\\\", "\\")
}

impl Case {
    /// Edits the files of `project`; where diagnostics must point.
    pub fn apply(&self, project: &Project) -> Vec<Place> {
        let starts: Vec<usize> = self.edits.iter().map(|edit| self.edit(edit, project)).collect();
        let mut places = Vec::new();
        for (index, edit) in self.edits.iter().enumerate() {
            let start = self.moved(index, &starts);
            if edit.marks.is_empty() {
                places.push(changed(edit, start));
            }
            for mark in edit.marks.iter().filter(|mark| mark.text != "-") {
                places.push(self.find(mark, start, project));
            }
        }
        places
    }

    /// Makes one edit; where it began.
    fn edit(&self, edit: &Edit, project: &Project) -> usize {
        let text = project.read(&edit.file);
        let old = edit.old.trim_end_matches('\0');
        let mut found = text.match_indices(old).map(|(at, _)| at);
        let start = found.nth(edit.nth.unwrap_or(1) - 1);
        let start = start.unwrap_or_else(|| panic!("{}: no `{old}`", self.name));
        let end = if old.len() < edit.old.len() { text.len() } else { start + old.len() };
        let new = format!("{}{}{}", &text[..start], edit.new, &text[end..]);
        project.write(&edit.file, &new);
        start
    }

    /// Where an edit stands once the later ones before it in the file are made.
    fn moved(&self, index: usize, starts: &[usize]) -> usize {
        let mut start = starts[index];
        for (later, at) in self.edits.iter().zip(starts).skip(index + 1) {
            if later.file == self.edits[index].file && *at < start {
                start = start + later.new.len() - later.old.len();
            }
        }
        start
    }

    fn find(&self, mark: &Mark, near: usize, project: &Project) -> Place {
        let text = project.read(&mark.file);
        let found = text.match_indices(&mark.text).map(|(at, _)| at);
        let start = match mark.nth {
            Some(nth) => found.clone().nth(nth - 1),
            None => found.clone().min_by_key(|at| at.abs_diff(near)),
        };
        let start = start.unwrap_or_else(|| panic!("{}: no `{}`", self.name, mark.text));
        Place { file: mark.file.clone(), start, end: start + mark.text.len() }
    }
}

/// What differs between the old and the new text of an edit that began at `start`.
fn changed(edit: &Edit, start: usize) -> Place {
    let (old, new) = (edit.old.as_bytes(), edit.new.as_bytes());
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev());
    let tail = tail.take_while(|(a, b)| a == b).count();
    Place { file: edit.file.clone(), start: start + head, end: start + new.len() - tail }
}
