//! Rules over a resolved project. Unaware of KDL: a rule sees ids, paths and places.

pub(crate) mod allow;
mod paths;
mod remembered;
pub(crate) mod rules;
mod shell;
mod tree;
mod written;

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::files::Files;
use crate::base::source::SourceMap;
use crate::check::remembered::Remembered;
use crate::model::project::Project;

/// What a rule may look at.
pub(crate) struct Context<'a> {
    pub(crate) project: &'a Project,
    pub(crate) files: &'a dyn Files,
    /// For rules about how something is written.
    pub(crate) sources: &'a SourceMap,
}

/// One rule: a kind of diagnostic and the function that finds it.
pub(crate) struct Rule {
    pub(crate) code: Code,
    pub(crate) run: fn(&Context<'_>, &mut Sink),
}

/// Runs every rule.
pub(crate) fn check(context: &Context<'_>, sink: &mut Sink) {
    let files = Remembered::new(context.files);
    let context = &Context { files: &files, ..*context };
    for rule in rules::RULES {
        (rule.run)(context, sink);
    }
}

/// The kinds of diagnostics of this layer.
pub(crate) fn codes() -> impl Iterator<Item = &'static Code> {
    rules::RULES.iter().map(|rule| &rule.code).chain(allow::CODES.iter().copied())
}
