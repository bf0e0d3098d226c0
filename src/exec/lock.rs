//! `dvc.lock`: what each stage read and wrote when it last ran.
//!
//! Text is kept: only stages that are set again are written again, so that comments and the
//! habits of other versions of DVC survive. Unaware of the plan and of what is up to date.

mod emitter;
mod entry;
mod layout;
mod quoted;
mod read;
mod scalar;

pub(crate) use emitter::document;
pub(crate) use entry::{Artifact, Cmd, Entry};
pub(crate) use read::{LockError, read_entry};

use crate::base::value::Value;
use crate::exec::lock::layout::Layout;
use std::collections::BTreeMap;

/// The lock file in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct LockFile {
    /// In the order of the file.
    stages: Vec<Stage>,
    /// Index into `stages` by name.
    places: BTreeMap<String, usize>,
    /// The `datasets` section, which only DVC itself writes.
    datasets: Option<Value>,
    /// The text around the stages; `None` when the file must be written anew.
    layout: Option<Layout>,
    /// The whole text as read, until something is set.
    unchanged: Option<String>,
}

#[derive(Clone, Debug)]
struct Stage {
    name: String,
    entry: Entry,
    /// As it stands in the file, from its name to the end of its last line.
    text: String,
    /// Comments and empty lines between this stage and the next.
    gap: String,
}

impl LockFile {
    /// Reads a lock file; refuses what DVC 3 refuses.
    pub(crate) fn parse(text: &str) -> Result<Self, LockError> {
        let read = read::read(text)?;
        let spans: Vec<(usize, usize)> = read.stages.iter().map(|stage| stage.span).collect();
        let laid_out = if read.has_aliases { None } else { layout::split(text, &spans) };
        let mut lock = Self { datasets: read.datasets, ..Self::default() };
        for stage in read.stages {
            lock.push(stage.name, stage.entry);
        }
        if let Some((layout, pieces)) = laid_out {
            lock.layout = Some(layout);
            for (stage, piece) in lock.stages.iter_mut().zip(pieces) {
                (stage.text, stage.gap) = (piece.text, piece.gap);
            }
        }
        lock.unchanged = Some(text.to_owned());
        Ok(lock)
    }

    /// The entry of a stage, by its address: `train`, `train@forest`.
    pub(crate) fn get(&self, stage: &str) -> Option<&Entry> {
        self.stages.get(*self.places.get(stage)?).map(|stage| &stage.entry)
    }

    /// Replaces the entry of a stage in its place, or adds it before another stage, or at the end.
    ///
    /// Costs as much as the stage's text, not as the file's, but for the first change to a file
    /// whose text cannot be kept.
    pub(crate) fn set(&mut self, stage: &str, entry: Entry, before: Option<&str>) {
        self.lay_out();
        self.unchanged = None;
        let text = stage_text(stage, &entry);
        if let Some(old) = self.places.get(stage).and_then(|&at| self.stages.get_mut(at)) {
            (old.entry, old.text) = (entry, text);
            return;
        }
        let end = self.stages.len();
        let at = before.and_then(|before| self.places.get(before).copied()).unwrap_or(end);
        let new = Stage { name: stage.to_owned(), entry, text, gap: String::new() };
        self.stages.insert(at.min(end), new);
        for (place, stage) in self.stages.iter().enumerate().skip(at) {
            self.places.insert(stage.name.clone(), place);
        }
    }

    /// The file's text; byte for byte what DVC writes, where nothing else was there before.
    pub(crate) fn to_text(&self) -> String {
        if let Some(text) = &self.unchanged {
            return text.clone();
        }
        let Some(layout) = &self.layout else { return format!("{}stages: {{}}\n", self.head()) };
        let pieces = self.stages.iter().map(|stage| stage.text.len() + stage.gap.len() + 1);
        let length = pieces.sum::<usize>() + layout.head.len() + layout.tail.len();
        let mut out = String::with_capacity(length);
        out.push_str(&layout.head);
        for stage in &self.stages {
            // The last line of a file may lack its end.
            if !out.ends_with('\n') {
                out.push('\n');
            }
            out.push_str(&stage.text);
            out.push_str(&stage.gap);
        }
        if !layout.tail.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        out.push_str(&layout.tail);
        out
    }

    /// Gives every stage its text, where the file's own cannot be kept.
    fn lay_out(&mut self) {
        if self.layout.is_none() {
            let head = format!("{}stages:\n", self.head());
            self.layout = Some(Layout { head, tail: String::new() });
            for stage in &mut self.stages {
                stage.text = stage_text(&stage.name, &stage.entry);
            }
        }
    }

    fn head(&self) -> String {
        let datasets = self.datasets.as_ref();
        let datasets = datasets.map(|it| emitter::entry("datasets", it, 0)).unwrap_or_default();
        format!("schema: '2.0'\n{datasets}")
    }

    fn push(&mut self, name: String, entry: Entry) {
        self.places.insert(name.clone(), self.stages.len());
        let (text, gap) = (String::new(), String::new());
        self.stages.push(Stage { name, entry, text, gap });
    }
}

fn stage_text(name: &str, entry: &Entry) -> String {
    emitter::entry(name, &entry.to_value(), 2)
}
