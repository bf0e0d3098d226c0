//! From files to a checked plan, once, for the command line and the language server alike.

mod culprits;
mod echoes;
mod repeats;

use crate::base::code::Code;
use crate::base::diagnostic::{Diagnostic, Sink};
use crate::base::files::Files;
use crate::base::source::{FileId, SourceMap};
use crate::base::suggest::nearest;
use crate::base::{glob, source::Span};
use crate::check::allow::{self, Allow};
use crate::check::{self, Context};
use crate::dvcyaml;
use crate::model::{self, resolve};
use crate::plan::{self, Plan};
use crate::syntax::{self, Cut, ast};
use camino::{Utf8Path, Utf8PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Everything known about a spec.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// The spec, what it includes, and params files.
    pub(crate) sources: SourceMap,
    /// In source order, allowed ones already left out.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// `None` when the spec has errors.
    pub(crate) plan: Option<Plan>,
    /// What the spec holds, also when it has errors.
    pub(crate) counts: Counts,
}

/// How many of each a spec has.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) stages: usize,
    pub(crate) schemas: usize,
    pub(crate) datasets: usize,
    pub(crate) thresholds: usize,
}

/// Every kind of diagnostic there is, sorted by slug.
pub(crate) fn codes() -> Vec<&'static Code> {
    let layers = syntax::codes::CODES.iter().chain(model::codes::CODES);
    let layers = layers.chain(dvcyaml::codes::CODES).copied();
    let mut codes: Vec<&Code> = layers.chain(check::codes()).collect();
    codes.sort_by_key(|code| code.slug);
    codes
}

/// Loads the `dvc.yaml` at `path`, relative to `root`, in place of a spec.
pub(crate) fn load_pipeline(files: &dyn Files, root: &Utf8Path, path: &Utf8Path) -> Loaded {
    let read = dvcyaml::read(files, root, path);
    let stages = read.plan.as_ref().map_or(0, |plan| plan.project.stages.len());
    let counts = Counts { stages, ..Counts::default() };
    Loaded { sources: read.sources, diagnostics: read.diagnostics, plan: read.plan, counts }
}

/// Loads the spec at `path` (relative to the root of `files`) and checks it.
pub(crate) fn load(files: &dyn Files, path: &Utf8Path) -> Loaded {
    let mut sources = SourceMap::default();
    let mut sink = Sink::default();
    let spec = read_all(files, path, &mut sources, &mut sink);
    let mut resolved = Sink::default();
    let mut project = resolve::resolve(&spec, &mut sources, files, &mut resolved);
    echoes::silence(&mut resolved, &sink, &sources);
    sink.extend(resolved);
    project.incomplete = spec.lost || sink.iter().any(loses_something);
    let mut checked = Sink::default();
    check::check(&Context::new(&project, files, &sources), &mut checked);
    echoes::silence(&mut checked, &sink, &sources);
    echoes::within_broken_stages(&mut checked, &sink, &project);
    sink.extend(checked);
    echoes::on_the_line(&mut sink, &sources);
    repeats::mend(&mut sink, &sources);
    culprits::find(&mut sink, &sources);
    let counts = Counts {
        stages: project.stages.len(),
        schemas: project.schemas.len(),
        datasets: project.datasets.len(),
        thresholds: project.gates.iter().map(|gate| gate.thresholds.len()).sum(),
    };
    let complete = !project.incomplete;
    let allows: Vec<Allow> = spec.allows.into_iter().map(to_allow).collect();
    let diagnostics = allow::apply(sink.into_sorted(), &allows, &codes(), &sources, complete);
    let failed = diagnostics.iter().any(|it| it.severity() == crate::base::code::Severity::Error);
    let plan = (!failed).then(|| plan::plan(project));
    Loaded { sources, diagnostics, plan, counts }
}

/// Whether a mistake took something out of the project: those with a fix were read as mended.
fn loses_something(diagnostic: &Diagnostic) -> bool {
    let error = diagnostic.severity() == crate::base::code::Severity::Error;
    error && diagnostic.fix.is_none() && diagnostic.code.slug != syntax::codes::NOT_BUILT_YET.slug
}

fn to_allow(allow: ast::Allow) -> Allow {
    Allow { slug: allow.slug, scope: allow.scope, span: allow.span }
}

/// Reads the spec and everything it includes.
fn read_all(
    files: &dyn Files,
    path: &Utf8Path,
    sources: &mut SourceMap,
    sink: &mut Sink,
) -> ast::Spec {
    let text = files.read(path).unwrap_or_else(|| Arc::from(""));
    let main = sources.add(path, text);
    let mut spec = read_file(main, sources, sink, true);
    // Files that wait to be read: the `include` that names them, and the chain that led to it.
    let mut waiting = included(&spec.includes, &[path.to_owned()], files, sources, sink);
    spec.lost |= sink.iter().any(|it| it.code.slug == model::codes::MISSING_INCLUDE.slug);
    while let Some((file, place, chain)) = waiting.pop() {
        if let Some(at) = chain.iter().position(|it| *it == file) {
            circle(&file, place, chain.get(at..).unwrap_or_default(), sink);
            continue;
        }
        if sources.find(&file).is_some() {
            continue;
        }
        let Some(text) = files.read(&file) else { continue };
        let id = sources.add(file.clone(), text);
        let part = read_file(id, sources, sink, false);
        let chain = [chain, vec![file]].concat();
        waiting.extend(included(&part.includes, &chain, files, sources, sink));
        spec.append(part);
    }
    spec
}

type Waiting = (Utf8PathBuf, Span, Vec<Utf8PathBuf>);

/// The files that `include` patterns name, last first.
fn included(
    patterns: &[ast::Text],
    chain: &[Utf8PathBuf],
    files: &dyn Files,
    sources: &SourceMap,
    sink: &mut Sink,
) -> Vec<Waiting> {
    let mut found = Vec::new();
    for pattern in patterns {
        let folder = sources.file(pattern.span.file).path.parent().map(Utf8Path::to_owned);
        let folder = folder.unwrap_or_default();
        let matches = glob::expand(files, &folder, &pattern.value);
        if matches.is_empty() {
            let near = near_pattern(files, &folder, &pattern.value);
            sink.report(missing_include(pattern, near));
        }
        found.extend(matches.into_iter().map(|file| (file, pattern.span, chain.to_vec())));
    }
    found.reverse();
    found
}

/// A pattern that matches something, each folder or file that is missing read as its neighbour.
fn near_pattern(files: &dyn Files, folder: &Utf8Path, pattern: &str) -> Option<String> {
    let (mut at, mut parts) = (folder.to_owned(), Vec::new());
    for part in pattern.split('/') {
        let is_there = part.contains(['*', '?']) || files.entry(&at.join(part)).exists();
        let names = if is_there { Vec::new() } else { files.list(&at) };
        let near = nearest(part, names.iter().map(String::as_str)).unwrap_or(part).to_owned();
        at.push(&near);
        parts.push(near);
    }
    let near = parts.join("/");
    (near != pattern && !glob::expand(files, folder, &near).is_empty()).then_some(near)
}

fn missing_include(pattern: &ast::Text, near: Option<String>) -> Diagnostic {
    let is_pattern = pattern.value.contains(['*', '?', '[']);
    let message = if is_pattern { "nothing matches this pattern" } else { "there is no such file" };
    let diagnostic = model::codes::MISSING_INCLUDE
        .at(pattern.span, format!("`{}` cannot be included: {message}", pattern.value))
        .label("relative to the folder of this file");
    match near {
        Some(near) => {
            let quoted = format!("\"{near}\"");
            let help = format!("did you mean `{near}`?");
            diagnostic.help(help).fix(format!("write `{quoted}`"), pattern.span, quoted)
        }
        None => diagnostic,
    }
}

fn circle(file: &Utf8Path, place: Span, chain: &[Utf8PathBuf], sink: &mut Sink) {
    let mut path: Vec<&str> = chain.iter().map(|it| it.as_str()).collect();
    path.push(file.as_str());
    sink.report(
        model::codes::INCLUDE_CYCLE
            .at(place, format!("these files include each other: {}", path.join(" → ")))
            .label("leads back to where it started"),
    );
}

fn read_file(id: FileId, sources: &SourceMap, sink: &mut Sink, main: bool) -> ast::Spec {
    let cut = syntax::cut(id, &sources.file(id).text, sink);
    if main {
        syntax::check_version(&cut, sink);
    }
    read_chunks(&cut, sink)
}

/// Bytes of stack for a thread that reads specs; only what is touched becomes memory.
pub(crate) const STACK: usize = 256 << 20;

/// Chunks that one thread takes at a time.
const BATCH: usize = 16;

/// Files with fewer chunks than this are not worth a second thread.
const PARALLEL_FROM: usize = 64;

/// Reads all chunks of a file, on all cores when there are many.
fn read_chunks(cut: &Cut, sink: &mut Sink) -> ast::Spec {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = if cut.chunks.len() < PARALLEL_FROM { 1 } else { cores };
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, ast::Spec, Sink)>> = Mutex::new(Vec::new());
    let work = || {
        loop {
            let from = next.fetch_add(BATCH, Ordering::Relaxed);
            let Some(batch) = cut.chunks.get(from..) else { break };
            let (mut spec, mut sink) = (ast::Spec::default(), Sink::default());
            for chunk in batch.iter().take(BATCH) {
                spec.append(syntax::read(cut, chunk, &mut sink));
            }
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.push((from, spec, sink));
            if batch.len() <= BATCH {
                break;
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            let thread = std::thread::Builder::new().stack_size(STACK);
            // Without a further thread the work takes longer and is the same.
            let _ = thread.spawn_scoped(scope, work);
        }
        work();
    });
    let mut parts = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    parts.sort_by_key(|(from, ..)| *from);
    let mut spec = ast::Spec::default();
    for (_, part, found) in parts {
        spec.append(part);
        sink.extend(found);
    }
    spec
}
