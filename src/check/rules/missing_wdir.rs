//! `missing-wdir`: a stage runs in a folder that does not exist.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::files::Entry;
use crate::base::source::Spanned;
use crate::check::{Context, Rule, tree, written};
use crate::model::stage::Stage;
use camino::Utf8PathBuf;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "missing-wdir",
        "a stage runs in a folder that does not exist",
        include_str!("missing_wdir.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for stage in &context.project.stages {
        let Some(wdir) = stage.wdir.as_ref().filter(|wdir| wdir.value != ".") else { continue };
        match context.files.entry(&wdir.value) {
            Entry::Directory | Entry::Link { directory: true, .. } => {}
            Entry::Missing => missing(context, stage, wdir, sink),
            Entry::Link { broken: true, .. } => report(wdir, "a link that leads nowhere", sink),
            Entry::File | Entry::Link { .. } | Entry::Special => {
                report(wdir, "a file, not a folder", sink);
            }
        }
    }
}

fn report(wdir: &Spanned<Utf8PathBuf>, label: &str, sink: &mut Sink) {
    let message = format!("`{}` is no folder to run in", wdir.value);
    sink.report(RULE.code.at(wdir.span, message).label(label));
}

fn missing(context: &Context<'_>, stage: &Stage, wdir: &Spanned<Utf8PathBuf>, sink: &mut Sink) {
    let project = context.project;
    let made = project.graph.outputs_touching(&wdir.value);
    // Another stage makes it, or makes something in it.
    if made.map(|(_, step)| project.step(step).0).any(|other| !std::ptr::eq(other, stage)) {
        return;
    }
    let diagnostic = RULE
        .code
        .at(wdir.span, format!("the folder `{}` does not exist", wdir.value))
        .label(format!("`{}` runs here", stage.name.value));
    let near = tree::nearest_path(context.files, &wdir.value)
        .filter(|near| context.files.entry(near) == Entry::Directory);
    sink.report(match near {
        Some(near) if written::is_plain(wdir.span, context.sources) => {
            let quoted = written::quoted(&near, wdir.span, context.sources);
            let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            diagnostic.fix(format!("write `{quoted}`"), wdir.span, quoted)
        }
        _ => diagnostic.help("git keeps no empty folders: put a file into it, such as `.gitkeep`"),
    });
}
