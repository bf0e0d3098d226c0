//! Rules over a resolved project. Unaware of KDL: a rule sees ids, paths and places.

pub(crate) mod allow;
mod boundaries;
mod metrics;
mod paths;
mod places;
mod remembered;
pub(crate) mod rules;
mod schemas;
mod shell;
mod thresholds;
mod tree;
mod unlisted;
mod written;

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::files::Files;
use crate::base::source::{SourceMap, Span};
use crate::check::boundaries::Shortfall;
use crate::check::remembered::Remembered;
use crate::check::unlisted::Unlisted;
use crate::model::ids::SchemaId;
use crate::model::project::Project;
use crate::schema::problem::Problem;
use std::sync::OnceLock;

/// What a rule may look at.
pub(crate) struct Context<'a> {
    pub(crate) project: &'a Project,
    pub(crate) files: &'a dyn Files,
    /// For rules about how something is written.
    pub(crate) sources: &'a SourceMap,
    schema_problems: OnceLock<Vec<Problem>>,
    shortfalls: OnceLock<Vec<Shortfall>>,
    unlisted: OnceLock<Vec<Unlisted<'a>>>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(project: &'a Project, files: &'a dyn Files, sources: &'a SourceMap) -> Self {
        let (schema_problems, shortfalls) = (OnceLock::new(), OnceLock::new());
        let unlisted = OnceLock::new();
        Self { project, files, sources, schema_problems, shortfalls, unlisted }
    }

    /// Mistakes inside schemas; found once, for all rules that report them.
    fn schema_problems(&self) -> &[Problem] {
        self.schema_problems.get_or_init(|| schemas::problems(self.project))
    }

    /// Demands on data that the promises about it do not imply; found once, as above.
    fn shortfalls(&self) -> &[Shortfall] {
        self.shortfalls.get_or_init(|| boundaries::shortfalls(self.project))
    }

    /// Files that commands name and stages do not list; found once, as above.
    fn unlisted(&self) -> &[Unlisted<'a>] {
        self.unlisted.get_or_init(|| unlisted::mentions(self))
    }
}

/// One rule: a kind of diagnostic and the function that finds it.
pub(crate) struct Rule {
    pub(crate) code: Code,
    pub(crate) run: fn(&Context<'_>, &mut Sink),
}

/// Runs every rule.
pub(crate) fn check(context: &Context<'_>, sink: &mut Sink) {
    let files = Remembered::new(context.files);
    let context = &Context::new(context.project, &files, context.sources);
    for rule in rules::RULES {
        (rule.run)(context, sink);
    }
}

/// The kinds of diagnostics of this layer.
pub(crate) fn codes() -> impl Iterator<Item = &'static Code> {
    rules::RULES.iter().map(|rule| &rule.code).chain(allow::CODES.iter().copied())
}

impl Context<'_> {
    /// Whether an earlier phase found a mistake in a schema or in one that it extends.
    fn is_mistaken_schema(&self, id: SchemaId, sink: &Sink) -> bool {
        let extended = |id: &SchemaId| Some(self.project.schema(*id).extends.as_ref()?.value);
        let mut chain = std::iter::successors(Some(id), extended).take(self.project.schemas.len());
        chain.any(|id| is_mistaken(sink, self.project.schema(id).span))
    }
}

/// Whether an earlier phase found a mistake inside `span`, so that what is missing there may only
/// be what could not be read.
fn is_mistaken(sink: &Sink, span: Span) -> bool {
    let of_rules = |code: &Code| rules::RULES.iter().any(|rule| rule.code.slug == code.slug);
    sink.iter().any(|it| span.contains(it.primary.span) && !of_rules(it.code))
}
