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
            lock.push(stage.name, stage.entry, String::new());
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

    /// Replaces the entry of a stage in its place, or adds it at the end.
    pub(crate) fn set(&mut self, stage: &str, entry: Entry) {
        self.unchanged = None;
        let text = stage_text(stage, &entry);
        match self.places.get(stage).and_then(|&at| self.stages.get_mut(at)) {
            Some(old) => (old.entry, old.text) = (entry, text),
            None => self.push(stage.to_owned(), entry, text),
        }
    }

    /// The file's text; byte for byte what DVC writes, where nothing else was there before.
    pub(crate) fn to_text(&self) -> String {
        if let Some(text) = &self.unchanged {
            return text.clone();
        }
        match &self.layout {
            Some(layout) => self.spliced(layout),
            None => self.rewritten(),
        }
    }

    fn push(&mut self, name: String, entry: Entry, text: String) {
        self.places.insert(name.clone(), self.stages.len());
        self.stages.push(Stage { name, entry, text, gap: String::new() });
    }

    fn spliced(&self, layout: &Layout) -> String {
        let mut out = layout.head.clone();
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

    fn rewritten(&self) -> String {
        let mut out = String::from("schema: '2.0'\n");
        if let Some(datasets) = &self.datasets {
            out.push_str(&emitter::entry("datasets", datasets, 0));
        }
        if self.stages.is_empty() {
            out.push_str("stages: {}\n");
        } else {
            out.push_str("stages:\n");
        }
        for stage in &self.stages {
            out.push_str(&stage_text(&stage.name, &stage.entry));
        }
        out
    }
}

fn stage_text(name: &str, entry: &Entry) -> String {
    emitter::entry(name, &entry.to_value(), 2)
}
