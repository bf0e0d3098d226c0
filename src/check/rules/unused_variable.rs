//! `unused-variable`: a value under `vars` that nothing uses.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::source::Span;
use crate::check::allow::whole_line;
use crate::check::rules::shell_variable;
use crate::check::{Context, Rule};

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "unused-variable",
        "a variable that nothing uses",
        include_str!("unused_variable.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let project = context.project;
    if project.incomplete {
        return;
    }
    for var in project.vars.iter().filter(|var| !var.used) {
        let name = &var.name.value;
        let mut commands = project.stages.iter().flat_map(|stage| &stage.cmd);
        // `shell-variable` tells how it is used.
        if commands.any(|cmd| shell_variable::uses(&cmd.value, name)) {
            continue;
        }
        let diagnostic = RULE
            .code
            .at(var.name.span, format!("nothing uses the variable `{name}`"))
            .label(format!("no `{{{{ {name} }}}}` anywhere"));
        sink.report(match line(context, var.name.span) {
            Some(line) => diagnostic.fix("remove it", line, ""),
            None => diagnostic.help("remove it"),
        });
    }
}

/// The line of a variable that stands alone on it.
fn line(context: &Context<'_>, name: Span) -> Option<Span> {
    let file = context.sources.file(name.file);
    let line = file.line_range(file.line_of(name.start as usize));
    let text = file.text.get(line.clone())?;
    let blanks = text.len() - text.trim_start().len();
    let alone = line.start + blanks == name.start as usize;
    let several = text.contains([';', '}']) || text.contains("\"\"\"");
    let place = Span::new(name.file, line.start + blanks, line.end);
    (alone && !several).then(|| whole_line(place, context.sources))
}
