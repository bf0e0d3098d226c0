//! `empty-command`: a command that does nothing.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule};
use crate::model::template::{Piece, Template};

pub(super) static RULE: Rule = Rule {
    code: Code::error(
        "empty-command",
        "a command that does nothing",
        include_str!("empty_command.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    // An unknown name leaves nothing behind; that was reported.
    for stage in context.project.stages.iter().filter(|_| !context.project.incomplete) {
        for cmd in stage.cmd.iter().filter(|cmd| is_empty(&cmd.value)) {
            sink.report(
                RULE.code
                    .at(cmd.span, format!("`{}` has a command that does nothing", stage.name.value))
                    .label("nothing to run")
                    .help("write the command; data that no command makes is a `dataset`"),
            );
        }
    }
}

fn is_empty(template: &Template) -> bool {
    template.pieces.iter().all(|piece| match piece {
        Piece::Text(text) => {
            text.lines().map(str::trim_start).all(|line| line.is_empty() || line.starts_with('#'))
        }
        Piece::Axis(_) | Piece::Env(_) => false,
    })
}
