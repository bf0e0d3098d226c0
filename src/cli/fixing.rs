//! Applies the fixes of diagnostics until none is left, and writes what came out.
//!
//! Nothing is written before the end, and nothing at all when there would be more errors than
//! before: every round checks texts in memory.

use crate::base::diagnostic::{Diagnostic, Fix};
use crate::base::edit;
use crate::base::files::{Entry, Files};
use crate::base::source::SourceMap;
use crate::cli::context::Context;
use crate::cli::disk::DiskFiles;
use crate::driver::{self, Loaded};
use crate::exec::atomic;
use crate::report::paint::{Ink, Paint};
use crate::report::summary::Summary;
use crate::report::table::{Align, Cell, Table};
use crate::report::text::counted;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rounds at most: each may bring to light what the mistake before it hid.
const ROUNDS: usize = 10;

/// What was done, and what is left.
pub(crate) struct Fixed {
    pub(crate) loaded: Loaded,
    done: Vec<Done>,
}

/// A fix that was applied.
struct Done {
    /// `mlc.kdl:4:5`, as it was when the fix was applied.
    place: String,
    title: String,
    slug: &'static str,
}

impl Fixed {
    /// A line for each fix; empty when there was none.
    pub(crate) fn report(&self, context: &Context) -> String {
        if self.done.is_empty() {
            return String::new();
        }
        let mut table = Table::new(&[("", Align::Left), ("", Align::Left), ("", Align::Left)]);
        for done in &self.done {
            let title = Cell::new(done.title.clone());
            let slug = Cell::new(done.slug).ink(Ink::Faint);
            table.row([Cell::new(format!("  {}", done.place)), title, slug]);
        }
        let paint = Paint { color: context.color };
        let heading = format!("fixed {}", counted(self.done.len(), "problem"));
        format!("{}\n{}", paint.text(Ink::Good, &heading), table.render(paint))
    }
}

/// Fixes what can be fixed and writes the files that changed.
pub(crate) fn fix(context: &Context, loaded: Loaded) -> anyhow::Result<Fixed> {
    let disk = DiskFiles::new(&context.root);
    let originals = texts(&loaded.sources);
    let (fixed, drafts) = mend(&disk, &context.spec, loaded);
    for (path, text) in &drafts {
        if disk.read(path).as_ref() != originals.get(path) {
            anyhow::bail!(
                "{path} was changed by someone else meanwhile; nothing was written to it"
            );
        }
        atomic::write(&context.root.join(path), text.as_bytes())?;
    }
    Ok(fixed)
}

/// Fixes what can be fixed; the texts that changed come with what is left.
pub(crate) fn mend(
    files: &dyn Files,
    spec: &Utf8Path,
    loaded: Loaded,
) -> (Fixed, BTreeMap<Utf8PathBuf, Arc<str>>) {
    let mut drafts = Drafts { files, texts: BTreeMap::new() };
    let mut fixed = Fixed { loaded, done: Vec::new() };
    for _ in 0..ROUNDS {
        let Some((next, done)) = round(&mut drafts, spec, &fixed.loaded) else { break };
        fixed.loaded = next;
        fixed.done.extend(done);
    }
    (fixed, drafts.texts)
}

fn texts(sources: &SourceMap) -> BTreeMap<Utf8PathBuf, Arc<str>> {
    sources.iter().map(|(_, file)| (file.path.clone(), file.text.clone())).collect()
}

/// Applies as many fixes at once as do no harm together. `None` when nothing could be mended.
fn round(drafts: &mut Drafts<'_>, spec: &Utf8Path, loaded: &Loaded) -> Option<(Loaded, Vec<Done>)> {
    let fixable: Vec<(&Diagnostic, &Fix)> =
        loaded.diagnostics.iter().filter_map(|it| Some((it, it.fix.as_ref()?))).collect();
    let mut parts = vec![&fixable[..]];
    while let Some(part) = parts.pop() {
        if let Some(next) = attempt(drafts, spec, loaded, part) {
            return Some(next);
        }
        if part.len() > 1 {
            let (first, second) = part.split_at(part.len() / 2);
            parts.extend([second, first]);
        }
    }
    None
}

/// Applies fixes when that leaves no more errors and something less to do.
fn attempt(
    drafts: &mut Drafts<'_>,
    spec: &Utf8Path,
    before: &Loaded,
    fixable: &[(&Diagnostic, &Fix)],
) -> Option<(Loaded, Vec<Done>)> {
    let fixes: Vec<&Fix> = fixable.iter().map(|(_, fix)| *fix).collect();
    let edited = edit::apply(&before.sources, &fixes);
    if edited.applied.is_empty() {
        return None;
    }
    let mut texts = drafts.texts.clone();
    for (file, text) in edited.texts {
        texts.insert(before.sources.file(file).path.clone(), Arc::from(text));
    }
    let after = driver::load(&Drafts { files: drafts.files, texts: texts.clone() }, spec);
    if left(&after) >= left(before) {
        return None;
    }
    drafts.texts = texts;
    let applied = edited.applied.iter().filter_map(|&at| fixable.get(at));
    Some((after, applied.map(|(it, fix)| done(&before.sources, it, fix)).collect()))
}

/// What is left to do: errors count first, so that there are never more of them.
fn left(loaded: &Loaded) -> (usize, usize, usize) {
    let summary = Summary::of(&loaded.diagnostics);
    (summary.errors, summary.fixable, summary.warnings)
}

fn done(sources: &SourceMap, it: &Diagnostic, fix: &Fix) -> Done {
    let file = sources.file(it.primary.span.file);
    let at = file.position(it.primary.span.start as usize);
    let place = format!("{}:{}:{}", file.path, at.line, at.column);
    Done { place, title: fix.title.clone(), slug: it.code.slug }
}

/// The project with some texts replaced.
struct Drafts<'a> {
    files: &'a dyn Files,
    texts: BTreeMap<Utf8PathBuf, Arc<str>>,
}

impl Files for Drafts<'_> {
    fn read(&self, path: &Utf8Path) -> Option<Arc<str>> {
        self.texts.get(path).cloned().or_else(|| self.files.read(path))
    }

    fn entry(&self, path: &Utf8Path) -> Entry {
        self.files.entry(path)
    }

    fn list(&self, path: &Utf8Path) -> Vec<String> {
        self.files.list(path)
    }

    fn tracked_by_git(&self, path: &Utf8Path) -> bool {
        self.files.tracked_by_git(path)
    }

    fn dvc_ignored(&self, path: &Utf8Path) -> bool {
        self.files.dvc_ignored(path)
    }
}
