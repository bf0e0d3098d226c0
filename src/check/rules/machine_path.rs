//! `machine-path`: a command names a folder of one machine.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::check::{Context, Rule, written};
use crate::model::template::{Piece, Template};

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "machine-path",
        "a command names a folder of one machine",
        include_str!("machine_path.md"),
    ),
    run,
};

/// How such a path starts.
const HOMES: &[&str] = &["/home/", "/Users/", "/root/", "C:\\", "C:/", "D:\\", "D:/"];

fn run(context: &Context<'_>, sink: &mut Sink) {
    for stage in &context.project.stages {
        let env = stage.env.iter().map(|(_, value)| value);
        for text in stage.cmd.iter().chain(env) {
            let Some(path) = machine_path(&text.value) else { continue };
            sink.report(
                RULE.code
                    .at(
                        written::within(text.span, path, context.sources),
                        format!("`{}` needs a folder of one machine", stage.name.value),
                    )
                    .label("does not exist elsewhere")
                    .help("write a path inside the project, or `{{ env.NAME }}`"),
            );
        }
    }
}

fn machine_path(template: &Template) -> Option<&str> {
    template.pieces.iter().find_map(|piece| match piece {
        Piece::Text(text) => HOMES.iter().find_map(|home| find(text, home)),
        Piece::Axis(_) | Piece::Env(_) => None,
    })
}

/// The word from `home` on, if it starts a path.
fn find<'a>(text: &'a str, home: &str) -> Option<&'a str> {
    text.match_indices(home).find_map(|(at, _)| {
        let before = text.get(..at)?.chars().next_back();
        let starts = before.is_none_or(|c| c.is_whitespace() || "\"'=:,(;<>".contains(c));
        // `https://…` and `file:///home/…` are no paths.
        let rest = text.get(at..)?;
        let end = rest.find(|c: char| c.is_whitespace() || "\"';,)".contains(c));
        starts.then(|| rest.get(..end.unwrap_or(rest.len())))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_one_machine_are_found() {
        for (text, want) in [
            ("python /home/ann/x.py --a", Some("/home/ann/x.py")),
            ("a --data=/Users/ann/d", Some("/Users/ann/d")),
            ("copy C:\\data\\x.csv y", Some("C:\\data\\x.csv")),
            ("PYTHONPATH=lib:/root/lib python x", Some("/root/lib")),
            ("curl https://x.org/home/page", None),
            ("cat /dev/null /tmp/x data/home/x", None),
        ] {
            assert_eq!(machine_path(&Template::text(text)), want, "{text}");
        }
    }
}
