//! `allow "<slug>"`: silences a rule in a node or a file, and is itself reported when needless.

use crate::base::code::Code;
use crate::base::diagnostic::{Diagnostic, Sink};
use crate::base::source::{SourceMap, Span, Spanned};
use crate::base::suggest::{did_you_mean, nearest};

/// One `allow` of the spec.
pub(crate) struct Allow {
    pub(crate) slug: Spanned<String>,
    /// The node in which it holds; `None` is its whole file.
    pub(crate) scope: Option<Span>,
    /// The whole `allow`.
    pub(crate) span: Span,
}

pub(crate) static UNUSED_ALLOW: Code = Code::warning(
    "unused-allow",
    "an `allow` that silences nothing",
    include_str!("allow/unused_allow.md"),
);

pub(crate) static UNKNOWN_RULE: Code = Code::fatal(
    "unknown-rule",
    "an `allow` of something that is no rule",
    include_str!("allow/unknown_rule.md"),
);

/// The diagnostics of this file.
pub(crate) static CODES: &[&Code] = &[&UNUSED_ALLOW, &UNKNOWN_RULE];

/// Leaves out what is allowed and adds what is wrong with the allowing, in source order.
///
/// `complete` tells whether all rules have run; if not, no `allow` is called needless.
pub(crate) fn apply(
    diagnostics: Vec<Diagnostic>,
    allows: &[Allow],
    codes: &[&'static Code],
    sources: &SourceMap,
    complete: bool,
) -> Vec<Diagnostic> {
    let mut used = vec![false; allows.len()];
    let mut sink = Sink::default();
    for diagnostic in diagnostics {
        let silenced = allows.iter().zip(&mut used).find(|(allow, _)| allow.covers(&diagnostic));
        match silenced {
            Some((_, used)) => *used = true,
            None => sink.report(diagnostic),
        }
    }
    for (allow, used) in allows.iter().zip(used) {
        allow.judge(used, codes, sources, complete, &mut sink);
    }
    sink.into_sorted()
}

impl Allow {
    fn covers(&self, diagnostic: &Diagnostic) -> bool {
        let at = diagnostic.primary.span;
        let inside = self.scope.map_or(at.file == self.span.file, |scope| scope.contains(at));
        inside && diagnostic.code.allowable && diagnostic.code.slug == self.slug.value
    }

    fn judge(
        &self,
        used: bool,
        codes: &[&'static Code],
        sources: &SourceMap,
        complete: bool,
        sink: &mut Sink,
    ) {
        let slug = self.slug.value.as_str();
        let rules = codes.iter().filter(|code| code.allowable).map(|code| code.slug);
        match codes.iter().find(|code| code.slug == slug) {
            None => {
                let mut diagnostic = UNKNOWN_RULE
                    .at(self.slug.span, format!("there is no rule `{slug}`"))
                    .label("nothing to allow")
                    .maybe_help(did_you_mean(slug, rules.clone()));
                if let Some(near) = nearest(slug, rules) {
                    let quoted = format!("\"{near}\"");
                    diagnostic =
                        diagnostic.fix(format!("write `{quoted}`"), self.slug.span, quoted);
                }
                sink.report(diagnostic);
            }
            Some(code) if !code.allowable => sink.report(
                UNKNOWN_RULE
                    .at(self.slug.span, format!("`{slug}` cannot be allowed"))
                    .label("without this the project cannot be understood")
                    .fix("remove the `allow`", whole_line(self.span, sources), ""),
            ),
            Some(_) if !used && complete => sink.report(
                UNUSED_ALLOW
                    .at(self.slug.span, format!("`{slug}` is not reported here"))
                    .label("this `allow` silences nothing")
                    .fix("remove the `allow`", whole_line(self.span, sources), ""),
            ),
            Some(_) => {}
        }
    }
}

/// The lines of a node, if it stands alone on them; else the node itself.
pub(crate) fn whole_line(span: Span, sources: &SourceMap) -> Span {
    let text = &sources.file(span.file).text;
    let before = text.get(..span.start as usize).unwrap_or_default();
    let after = text.get(span.end as usize..).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = after.find('\n').map_or(text.len(), |at| span.end as usize + at + 1);
    let alone = before.get(start..).is_some_and(|it| it.trim().is_empty())
        && after.lines().next().is_none_or(|it| it.trim().is_empty());
    if alone { Span::new(span.file, start, end) } else { span }
}
