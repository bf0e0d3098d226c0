//! `unguarded-script`: a script of several lines goes on after a line that failed.

use crate::base::code::Code;
use crate::base::diagnostic::{Diagnostic, Sink};
use crate::base::source::Span;
use crate::check::shell::{self, Join, Simple};
use crate::check::{Context, Rule};

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "unguarded-script",
        "a script goes on after a line that failed",
        include_str!("unguarded_script.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    for stage in &context.project.stages {
        for cmd in &stage.cmd {
            // The values of a matrix hold no blanks, so they change nothing here.
            let script = cmd.value.render(&[]);
            if !script.trim().contains('\n') || !goes_on(&shell::commands(&script)) {
                continue;
            }
            let diagnostic = RULE
                .code
                .at(
                    first_line(context, cmd.span),
                    format!("the script of `{}` goes on after a failure", stage.name.value),
                )
                .label("only the last line decides whether it failed")
                .help("start the script with `set -e`");
            sink.report(guard(context, cmd.span, diagnostic));
        }
    }
}

/// Whether a command that can fail is followed by another line.
fn goes_on(commands: &[Simple]) -> bool {
    let mut risky = false;
    for (index, command) in commands.iter().enumerate() {
        let structure = matches!(
            command.program(),
            "do" | "done" | "then" | "fi" | "else" | "elif" | "esac" | "}"
        );
        if risky && command.join == Join::Line && !structure {
            return true;
        }
        if stops_on_failure(command) {
            return false;
        }
        let handled = commands.get(index + 1).is_some_and(|next| next.join == Join::Or);
        let head = matches!(command.program(), "for" | "while" | "until" | "if" | "case");
        risky |= !handled && !structure && !head && !is_harmless(command);
    }
    false
}

/// `set -e`, `set -euo pipefail`, `set -o errexit`.
fn stops_on_failure(command: &Simple) -> bool {
    let mut flags = command.words.iter().skip(1).map(|word| word.text.as_str());
    command.program() == "set"
        && flags.any(|flag| {
            flag == "errexit"
                || flag.strip_prefix('-').is_some_and(|it| !it.starts_with('-') && it.contains('e'))
        })
}

/// Assignments and the like, which do not fail unless something runs in them.
fn is_harmless(command: &Simple) -> bool {
    let runs = command.words.iter().any(|word| word.text.contains("$(") || word.text.contains('`'));
    let quiet = matches!(
        command.program(),
        "export"
            | "echo"
            | "printf"
            | "set"
            | "true"
            | ":"
            | "unset"
            | "umask"
            | "trap"
            | "exit"
            | "return"
    );
    let assigns = command.words.iter().all(|word| word.text.contains('='));
    !runs && (quiet || assigns)
}

/// The line on which the script starts, without the quotes.
fn first_line(context: &Context<'_>, literal: Span) -> Span {
    let text = context.sources.text(literal);
    let mut start = literal.start as usize;
    for line in text.split_inclusive('\n') {
        let content = line.trim().trim_start_matches(['#', '"']);
        if !content.is_empty() {
            let from = start + line.find(content).unwrap_or(0);
            return Span::new(
                literal.file,
                from,
                from + content.trim_end_matches(['#', '"']).len(),
            );
        }
        start += line.len();
    }
    literal
}

/// Adds the edit that puts `set -e` in front.
fn guard(context: &Context<'_>, literal: Span, diagnostic: Diagnostic) -> Diagnostic {
    let text = context.sources.text(literal);
    let hashes = text.len() - text.trim_start_matches('#').len();
    let body = text.get(hashes..).unwrap_or_default();
    let insert = |at: usize, line: String| {
        let at = literal.start as usize + hashes + at;
        diagnostic.clone().fix("start with `set -e`", Span::new(literal.file, at, at), line)
    };
    if body.starts_with("\"\"\"") {
        let Some(first) = body.find('\n') else { return diagnostic };
        // What stands before the closing quotes is cut from every line.
        let last = body.rsplit('\n').next().unwrap_or_default();
        let indent = last.get(..last.len() - last.trim_start().len()).unwrap_or_default();
        return insert(first + 1, format!("{indent}set -e\n"));
    }
    match hashes {
        0 if body.starts_with('"') => insert(1, "set -e\\n".to_owned()),
        _ => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_scripts_that_hide_a_failure_are_unguarded() {
        for (script, want) in [
            ("a\nb", true),
            ("a &&\nb", false),
            ("a || exit 1\nb || exit 1", false),
            ("set -euo pipefail\na\nb", false),
            ("set -x\na\nb", true),
            ("set -o errexit\na\nb", false),
            ("X=1\nexport Y=2\na", false),
            ("X=$(a)\nb", true),
            ("a \\\n  --b", false),
            ("python - <<E\nx\ny\nE\n", false),
            ("# one\n\na\n", false),
            ("for x in 1 2; do\n  a\ndone", false),
            ("if a; then\n  b\nfi\nc", true),
        ] {
            assert_eq!(goes_on(&shell::commands(script)), want, "{script}");
        }
    }
}
