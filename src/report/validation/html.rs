//! A page that needs nothing beside it: every check, the first values that fail, and a small picture
//! of each column.

use crate::data::picture::Picture;
use crate::data::validate::Finding;
use crate::data::words::{found, grouped, shown};
use crate::report::text::escaped;
use crate::report::validation::{Mark, Subject, headline, verdict};
use crate::schema::watch::{Case, Outcome};
use std::fmt::Write as _;

/// The size of a picture, in pixels.
const WIDTH: usize = 240;
const HEIGHT: usize = 48;

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1f2328; --faint: #656d76; --line: #d8dee4; --paper: #fff;
  --bar: #6e8cc0; --good: #1a7f37; --bad: #cf222e; --warn: #9a6700 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --faint: #8d96a0; --line: #30363d;
  --paper: #0d1117; --bar: #58739c; --good: #3fb950; --bad: #f85149; --warn: #d29922 } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1.05rem; margin: 0 }
p { margin: .2rem 0 1rem; color: var(--faint) } .verdict { font-weight: 600 }
section { border-top: 1px solid var(--line); padding: 1rem 0; display: grid; gap: .2rem 2rem;
  grid-template-columns: 1fr auto } section > table { grid-column: 1 / -1 }
svg { max-width: 40vw; height: auto } h2 { min-width: 0; overflow-wrap: anywhere }
table { border-collapse: collapse; table-layout: fixed; width: 100% }
td:first-child { width: 5rem } td { overflow-wrap: anywhere; padding: .15rem .8rem .15rem 0; vertical-align: top }
td.number { width: 10rem; padding-right: 0; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere } small { color: var(--faint) }
.passed { color: var(--good) } .failed { color: var(--bad) } .warns { color: var(--warn) }
svg rect { fill: var(--bar) } svg text { fill: var(--faint); font: 10px system-ui, sans-serif }
";

/// The report as a page. `pictures` are those of the schema's columns, with their names.
pub(crate) fn render(subject: Subject<'_>, pictures: &[(&str, Picture)]) -> String {
    let report = subject.report;
    let data = escaped(&shown(subject.data.as_str()));
    let class = if report.holds() { "passed" } else { "failed" };
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{data}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>{data}</h1>\n<p>{}</p>\n\
         <p class=\"verdict {class}\">{}</p>\n",
        escaped(&headline(subject)),
        escaped(&verdict(report))
    );
    let of = |column: Option<&str>| -> Vec<&Finding> {
        report.results.iter().filter(|it| it.column.as_deref() == column).collect()
    };
    section(&mut out, "The table", "", &of(None), subject);
    for (name, picture) in pictures {
        section(&mut out, name, &svg(picture), &of(Some(name)), subject);
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn section(
    out: &mut String,
    title: &str,
    picture: &str,
    findings: &[&Finding],
    subject: Subject<'_>,
) {
    let title = escaped(&shown(title));
    let _ = write!(out, "<section>\n<h2>{title}</h2>\n{picture}\n<table>\n");
    for it in findings {
        let mark = Mark::of(it).word();
        let spelled = escaped(&it.spelled);
        let _ = write!(out, "<tr><td class=\"{mark}\">{mark}</td><td><code>{spelled}</code>");
        if !it.holds() {
            let _ = write!(out, "<br><small>{}</small>", escaped(&cases(it, subject)));
        }
        let counts = match &it.outcome {
            Outcome::Values { failing, .. } => {
                format!("{} of {}", grouped(*failing), grouped(it.of))
            }
            Outcome::Measured { .. } => String::new(),
        };
        let _ = writeln!(out, "</td><td class=\"number\">{counts}</td></tr>");
    }
    out.push_str("</table>\n</section>\n");
}

/// All failing values that were kept, or what was measured.
fn cases(finding: &Finding, subject: Subject<'_>) -> String {
    let Outcome::Values { failing, first } = &finding.outcome else {
        return found(finding, subject.report);
    };
    let place = |case: &Case| match subject.report.line(case.row) {
        _ if case.row == 0 => shown(&case.value),
        Some(line) if case.value.is_empty() => format!("line {line}"),
        Some(line) => format!("line {line}: {}", shown(&case.value)),
        None if case.value.is_empty() => format!("row {}", case.row),
        None => format!("row {}: {}", case.row, shown(&case.value)),
    };
    let mut all: Vec<String> = first.iter().map(place).collect();
    if *failing > all.len() as u64 {
        all.push("…".to_owned());
    }
    all.join(", ")
}

fn svg(picture: &Picture) -> String {
    let (counts, labels): (Vec<u64>, Vec<String>) = match picture {
        Picture::Nothing => return String::new(),
        Picture::Bars { counts, .. } => (counts.clone(), Vec::new()),
        Picture::Words { most, others } => {
            let mut bars: Vec<(u64, String)> =
                most.iter().map(|(word, count)| (*count, shown(word))).collect();
            if *others > 0 {
                bars.push((*others, "others".to_owned()));
            }
            bars.into_iter().unzip()
        }
    };
    let most = counts.iter().copied().max().unwrap_or(1).max(1);
    let width = WIDTH / counts.len().max(1);
    let height = HEIGHT + 14;
    let mut out = format!(
        "<svg width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">"
    );
    for (place, count) in counts.iter().enumerate() {
        let tall = bar(*count, most);
        let (left, top) = (place * width, HEIGHT - tall);
        let title = labels.get(place).map_or(String::new(), |it| format!("{}: ", escaped(it)));
        let _ = write!(
            out,
            "<rect x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{tall}\">\
             <title>{title}{}</title></rect>",
            width.saturating_sub(1).max(1),
            grouped(*count)
        );
        if let Some(label) = labels.get(place) {
            let cropped: String = label.chars().take(width / 6).collect();
            let cropped = escaped(&cropped);
            let _ = write!(out, "<text x=\"{left}\" y=\"{}\">{cropped}</text>", HEIGHT + 11);
        }
    }
    if let Picture::Bars { low, high, .. } = picture {
        let (low, high, below) = (escaped(low), escaped(high), HEIGHT + 11);
        let _ = write!(
            out,
            "<text x=\"0\" y=\"{below}\">{low}</text>\
             <text x=\"{WIDTH}\" y=\"{below}\" text-anchor=\"end\">{high}</text>"
        );
    }
    out.push_str("</svg>");
    out
}

/// The height of a bar; whatever occurs is seen.
fn bar(count: u64, most: u64) -> usize {
    let tall = u128::from(count) * HEIGHT as u128 / u128::from(most);
    usize::try_from(tall).unwrap_or(HEIGHT).max(usize::from(count > 0))
}
