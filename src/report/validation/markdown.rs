//! Markdown, for the summary of a job or a comment on a pull request.

use crate::data::validate::Finding;
use crate::data::words::{found, grouped};
use crate::report::validation::{Mark, Subject, column, headline, verdict};
use crate::schema::watch::Outcome;
use std::fmt::Write as _;

/// The report: what does not hold, then everything, folded.
pub(crate) fn render(subject: Subject<'_>) -> String {
    let report = subject.report;
    let mut out = format!("## {}\n\n", code(subject.data.as_str()));
    let _ = writeln!(out, "{}\n\n**{}**", headline(subject), verdict(report));
    let broken: Vec<&Finding> = report.broken().collect();
    if !broken.is_empty() {
        out.push_str("\n| column | check | | failing | of | found |\n");
        out.push_str("| --- | --- | --- | ---: | ---: | --- |\n");
        for it in broken {
            let failing = match &it.outcome {
                Outcome::Values { failing, .. } => grouped(*failing),
                Outcome::Measured { .. } => String::new(),
            };
            let (column, check, mark) = (code(&column(it)), code(&it.spelled), Mark::of(it).word());
            let (of, found) = (grouped(it.of), code(&found(it, report)));
            let _ = writeln!(out, "| {column} | {check} | {mark} | {failing} | {of} | {found} |");
        }
    }
    let total = report.results.len();
    let _ = writeln!(out, "\n<details><summary>All {total} checks</summary>\n");
    out.push_str("| column | check | | of |\n| --- | --- | --- | ---: |\n");
    for it in &report.results {
        let (column, check, mark) = (code(&column(it)), code(&it.spelled), Mark::of(it).word());
        let _ = writeln!(out, "| {column} | {check} | {mark} | {} |", grouped(it.of));
    }
    out.push_str("\n</details>\n");
    out
}

/// Text as it is: in as many backticks as it needs, on one line, without ending a cell.
fn code(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let text: String = text.chars().map(plain).collect::<String>().replace('|', "\\|");
    let mut fence = String::from("`");
    while text.contains(&fence) {
        fence.push('`');
    }
    let room = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    match text.is_empty() {
        true => String::new(),
        false => format!("{fence}{room}{text}{room}{fence}"),
    }
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn text_is_shown_as_it_is() {
        assert_eq!(code("a|b\n`c`"), "`` a\\|b `c` ``");
        assert_eq!(code("<b>"), "`<b>`");
        assert_eq!(code(""), "");
    }
}
