//! `output-in-git`: git tracks an output that the cache stores.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule};
use crate::model::stage::OutKind;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "output-in-git",
        "git tracks an output that the cache stores",
        include_str!("output_in_git.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for stage in &context.project.stages {
        let mut seen = BTreeSet::new();
        for instance in &stage.instances {
            let outs = stage.outs.iter().zip(&instance.outs).filter(|(out, _)| out.cache);
            for (out, path) in outs {
                if !context.files.tracked_by_git(path) || !seen.insert(out.span) {
                    continue;
                }
                let small = !matches!(out.kind, OutKind::Data);
                let help = match small {
                    true => "add `cache=#false` to leave it to git".to_owned(),
                    false => format!(
                        "take it out of git by `git rm -r --cached {path}`, or add `cache=#false`"
                    ),
                };
                sink.report(
                    RULE.code
                        .at(out.span, format!("git tracks `{path}`"))
                        .label("stored in the cache as well")
                        .help(help),
                );
            }
        }
    }
}
