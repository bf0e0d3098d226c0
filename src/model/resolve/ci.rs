//! Continuous integration.

use crate::base::source::Spanned;
use crate::model::codes;
use crate::model::policy::{Ci, Engine};
use crate::model::resolve::Resolver;
use crate::syntax::ast::Text;

/// What `is_version` takes.
pub(super) const VERSION: &str = "a version of Python, as in `3.12`";

impl Resolver<'_> {
    /// The forges that it names are targets.
    pub(super) fn ci(&mut self, targets: &mut Vec<Spanned<String>>) -> Option<Ci> {
        let spec = self.spec;
        let mut declared = spec.ci.iter();
        let raw = declared.next()?;
        for again in declared {
            let diagnostic = codes::DUPLICATE_NAME
                .at(again.span, "the spec has two sections `ci`")
                .label("described again here")
                .also(raw.span, "first described here");
            self.sink.report(diagnostic);
        }
        for forge in &raw.forges {
            if targets.iter().all(|it| it.value != forge.value) {
                targets.push(forge.clone());
            }
        }
        if raw.forges.is_empty() {
            self.sink.report(
                codes::MISSING_REFERENCE
                    .at(raw.span, "for which forge?")
                    .label("nothing is written")
                    .help("write `github`, `gitlab` or both into its block"),
            );
        }
        let mut ci = Ci::default();
        let branch = self.right(
            raw.branch.as_ref(),
            is_branch,
            "a branch: letters, digits, `.`, `_`, `/`, `-`",
        );
        ci.branch = branch.unwrap_or(ci.branch);
        ci.pull_requests = raw.pull_requests.unwrap_or(ci.pull_requests);
        ci.schedule =
            self.right(raw.schedule.as_ref(), is_cron, "five fields of cron, as in `0 3 * * 1`");
        ci.python = self.right(raw.python.as_ref(), is_version, VERSION);
        ci.requirements = raw.requirements.as_ref().and_then(|it| self.plain_path(it));
        let plain = |it: &str| !it.trim().is_empty() && !it.contains("${{");
        ci.install = self.right(raw.install.as_ref(), plain, "a command without `${{`");
        let engine =
            self.right(raw.engine.as_ref(), |it| matches!(it, "mlc" | "dvc"), "`mlc` or `dvc`");
        if engine.as_deref() == Some("dvc") {
            ci.engine = Engine::Dvc;
        }
        let timeout = raw.timeout.as_ref().and_then(|it| self.duration(it));
        ci.timeout = timeout.unwrap_or(ci.timeout);
        Some(ci)
    }

    /// A text that is what it must be; what is not is reported.
    pub(super) fn right(
        &mut self,
        text: Option<&Text>,
        is: fn(&str) -> bool,
        what: &str,
    ) -> Option<String> {
        let text = text?;
        if is(&text.value) {
            return Some(text.value.clone());
        }
        self.sink.report(
            crate::syntax::codes::WRONG_VALUE
                .at(text.span, format!("`{}` is not {what}", text.value))
                .label("not understood"),
        );
        None
    }
}

fn is_branch(text: &str) -> bool {
    let plain = |it: u8| it.is_ascii_alphanumeric() || b"._/-".contains(&it);
    text.bytes().all(plain)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !text.ends_with(['/', '.'])
        && !text.contains("..")
        && !text.contains("//")
}

fn is_cron(text: &str) -> bool {
    const LIMITS: [(u32, u32); 5] = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)];
    let fields: Vec<&str> = text.split(' ').collect();
    fields.len() == LIMITS.len()
        && fields.iter().zip(LIMITS).all(|(field, limits)| is_field(field, limits))
}

/// Whether a field of cron is `*`, a number, a range or a list of them, each with a step or not.
fn is_field(field: &str, (low, high): (u32, u32)) -> bool {
    let number = |text: &str| {
        let plain = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
        text.parse().ok().filter(|it| plain && (low..=high).contains(it))
    };
    field.split(',').all(|part| {
        let (span, step) =
            part.split_once('/').map_or((part, None), |(span, step)| (span, Some(step)));
        let step = step.is_none_or(|it| it.parse::<u32>().is_ok_and(|it| it > 0));
        let span = span == "*"
            || match span.split_once('-') {
                Some((from, to)) => {
                    number(from).zip(number(to)).is_some_and(|(from, to)| from <= to)
                }
                None => number(span).is_some(),
            };
        span && step
    })
}

pub(super) fn is_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    (2..=3).contains(&parts.len())
        && parts.iter().all(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crons_are_told_from_other_texts() {
        for (text, want) in [
            ("0 3 * * *", true),
            ("*/15 0-6,12 1 1-12/2 7", true),
            ("17 3 * * 1", true),
            ("0 3 * *", false),
            ("60 3 * * *", false),
            ("0 3 0 * *", false),
            ("0  3 * * *", false),
            ("*/0 3 * * *", false),
            ("6-2 3 * * *", false),
            ("@daily", false),
        ] {
            assert_eq!(is_cron(text), want, "{text}");
        }
    }

    #[test]
    fn branches_are_plain() {
        for (text, want) in [
            ("main", true),
            ("release/1.x", true),
            ("", false),
            ("-x", false),
            ("a b", false),
            ("a'b", false),
            ("${{ x }}", false),
            ("a..b", false),
        ] {
            assert_eq!(is_branch(text), want, "{text}");
        }
    }
}
