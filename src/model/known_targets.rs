//! The names of targets, so that a spec can be checked without the code that writes them.

use crate::base::diagnostic::Sink;
use crate::base::suggest::{did_you_mean, nearest};
use crate::model::codes;
use crate::syntax::ast::Text;

/// Targets that exist. `emit::targets` registers one for each; a test compares the lists.
pub(crate) const TARGETS: &[&str] =
    &["dvc", "github", "gitlab", "great-expectations", "pandera", "pytest", "service"];

/// Targets of later versions.
const LATER: &[&str] = &[
    "monitoring",
    "prometheus",
    "grafana",
    "model-card",
    "kubernetes",
    "argo",
    "airflow",
    "slurm",
];

/// The target that a spec names, or the one that it nearly names.
pub(crate) fn find(name: &Text, sink: &mut Sink) -> Option<&'static str> {
    let known = |word: &str| TARGETS.iter().copied().find(|target| *target == word);
    if let Some(target) = known(&name.value) {
        return Some(target);
    }
    if LATER.contains(&name.value.as_str()) {
        sink.report(
            crate::syntax::codes::NOT_BUILT_YET
                .at(name.span, format!("the target `{}` is not built yet", name.value))
                .label("part of the language, but this version of mlc does nothing with it")
                .help("comment it out with `/-` until then"),
        );
        return None;
    }
    let near = nearest(&name.value, TARGETS.iter().copied());
    let mut diagnostic = codes::UNKNOWN_TARGET
        .at(name.span, format!("there is no target `{}`", name.value))
        .label("nothing that `mlc build` can write")
        .maybe_help(did_you_mean(&name.value, TARGETS.iter().copied()));
    if let Some(near) = near {
        diagnostic = diagnostic.fix(format!("write `{near}`"), name.span, near);
    }
    sink.report(diagnostic);
    near
}
