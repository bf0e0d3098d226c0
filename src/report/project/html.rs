//! The page for a browser: one file that needs nothing beside it and runs no script.

use super::{Drawn, Summary};
use crate::report::chart;
use crate::report::text::escaped;
use std::fmt::Write as _;

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1f2328; --faint: #656d76; --line: #d8dee4; --paper: #fff;
  --good: #1a7f37; --bad: #cf222e }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --faint: #8d96a0; --line: #30363d;
  --paper: #0d1117; --good: #3fb950; --bad: #f85149 } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 68rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.1rem; margin: 2rem 0 .4rem; border-top: 1px solid var(--line);
  padding-top: 1rem } p { margin: .3rem 0; color: var(--faint) } .verdict { font-weight: 600 }
.good { color: var(--good) } .bad { color: var(--bad) }
table { border-collapse: collapse; width: 100% } th { text-align: left; font-weight: 600; color: var(--faint) }
th, td { padding: .2rem 1rem .2rem 0; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
code { font: 13px ui-monospace, monospace } small { color: var(--faint); display: block }
.graph { overflow-x: auto } .plots { display: flex; flex-wrap: wrap; gap: 1rem } figure { margin: 0; max-width: 100% }
figcaption { color: var(--faint) } figure svg, figure img { max-width: 100%; height: auto }
";

pub(crate) fn render(summary: &Summary) -> String {
    let name = escaped(&summary.name);
    let (holds, verdict) = summary.verdict();
    let class = if holds { "good" } else { "bad" };
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{name}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>{name}</h1>\n"
    );
    if let Some(description) = &summary.description {
        let _ = writeln!(out, "<p>{}</p>", escaped(description));
    }
    if let Some((commit, dirty)) = &summary.commit {
        let dirty = if *dirty { ", with changes" } else { "" };
        let _ = writeln!(out, "<p>Commit <code>{}</code>{dirty}</p>", escaped(commit));
    }
    let _ = writeln!(out, "<p class=\"verdict {class}\">{}</p>", escaped(&verdict));
    metrics(&mut out, summary);
    gates(&mut out, summary);
    plots(&mut out, summary);
    data(&mut out, summary);
    models(&mut out, summary);
    stages(&mut out, summary);
    out.push_str("</body>\n</html>\n");
    out
}

/// A table with a head; cells are HTML, and columns whose names end in `#` hold numbers.
fn table(out: &mut String, head: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let class = |name: &str| if name.ends_with('#') { " class=\"number\"" } else { "" };
    out.push_str("<table>\n<tr>");
    for name in head {
        let _ = write!(out, "<th{}>{}</th>", class(name), name.trim_end_matches('#'));
    }
    out.push_str("</tr>\n");
    for row in rows {
        out.push_str("<tr>");
        for (name, cell) in head.iter().zip(row) {
            let _ = write!(out, "<td{}>{cell}</td>", class(name));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</table>\n");
}

fn mark(holds: bool, text: &str) -> String {
    format!("<span class=\"{}\">{}</span>", if holds { "good" } else { "bad" }, escaped(text))
}

fn small(lines: &[String]) -> String {
    lines.iter().map(|line| format!("<small>{}</small>", escaped(line))).collect()
}

fn metrics(out: &mut String, summary: &Summary) {
    if summary.metrics.is_empty() {
        return;
    }
    out.push_str("<h2>Metrics</h2>\n");
    let rows = summary.metrics.iter().map(|it| {
        let (old, change) = it.production.clone().unwrap_or_default();
        let texts = [&it.key, &it.value, &old, &change, &it.file];
        texts.map(|it| escaped(it)).to_vec()
    });
    table(out, &["metric", "value#", "production#", "change#", "file"], rows);
}

fn gates(out: &mut String, summary: &Summary) {
    for gate in &summary.gates {
        let word = if gate.holds { "holds" } else { "does not hold" };
        let _ = writeln!(
            out,
            "<h2>Thresholds: {} {}</h2>",
            escaped(&gate.name),
            mark(gate.holds, word)
        );
        let rows = gate.rows.iter().map(|row| {
            let note = row.note.as_slice();
            let texts = [&row.quantity, &row.value, &row.bound].map(|it| escaped(it));
            texts.into_iter().chain([mark(row.holds, row.word) + &small(note)]).collect()
        });
        table(out, &["quantity", "value#", "bound", ""], rows);
    }
}

fn plots(out: &mut String, summary: &Summary) {
    if summary.plots.is_empty() {
        return;
    }
    out.push_str("<h2>Plots</h2>\n<div class=\"plots\">\n");
    for plot in &summary.plots {
        let path = escaped(&plot.path);
        let drawn = match &plot.drawn {
            Drawn::Chart(chart) => chart::render(chart)
                .unwrap_or_else(|why| format!("<p>cannot be drawn: {}</p>", escaped(&why))),
            Drawn::Picture(kind, text) => {
                format!("<img alt=\"{path}\" src=\"data:{kind};base64,{text}\">")
            }
            Drawn::Nothing(why) => format!("<p>{}</p>", escaped(why)),
        };
        let _ = writeln!(out, "<figure>\n{drawn}\n<figcaption>{path}</figcaption>\n</figure>");
    }
    out.push_str("</div>\n");
}

fn data(out: &mut String, summary: &Summary) {
    if summary.data.is_empty() {
        return;
    }
    out.push_str("<h2>Data</h2>\n");
    let rows = summary.data.iter().map(|it| {
        let told = escaped(&it.counts) + &small(&it.lines);
        vec![escaped(&it.path), escaped(&it.schema), mark(it.holds, &it.verdict), told]
    });
    table(out, &["data", "schema", "", ""], rows);
}

fn models(out: &mut String, summary: &Summary) {
    for model in &summary.models {
        let _ = writeln!(out, "<h2>What the model {} comes from</h2>", escaped(&model.name));
        for (alias, version) in &model.aliases {
            let _ = writeln!(out, "<p>{} is {}</p>", escaped(alias), escaped(version));
        }
        match &model.parts {
            Ok(parts) => {
                let row = |(kind, name, value): &(&str, String, String)| {
                    vec![
                        (*kind).to_owned(),
                        escaped(name),
                        format!("<code>{}</code>", escaped(value)),
                    ]
                };
                table(out, &["", "", ""], parts.iter().map(row));
            }
            Err(why) => {
                let _ = writeln!(out, "<p>{}</p>", escaped(why));
            }
        }
    }
}

fn stages(out: &mut String, summary: &Summary) {
    let _ = write!(out, "<h2>Stages</h2>\n<div class=\"graph\">\n{}</div>\n", summary.picture);
    let rows = summary.stages.iter().map(|it| {
        let (how, when, took) = it.last.clone().unwrap_or_default();
        let state = mark(it.is_current, &it.state);
        vec![escaped(&it.name), state, escaped(&how), escaped(&when), escaped(&took)]
    });
    table(out, &["stage", "", "last run", "when", "took#"], rows);
}
