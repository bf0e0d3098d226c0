//! `empty-gate`: thresholds without a threshold.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, is_mistaken};

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "empty-gate",
        "a gate that everything passes",
        include_str!("empty_gate.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for gate in context.project.gates.iter().filter(|gate| gate.thresholds.is_empty()) {
        if !is_mistaken(sink, gate.span) {
            let name = &gate.name;
            sink.report(
                RULE.code
                    .at(name.span, format!("the gate `{}` lets every model pass", name.value))
                    .label("has no threshold")
                    .help("write what must hold, such as `accuracy >=0.85`, or remove it"),
            );
        }
    }
}
