//! The page in Markdown, as forges show it in comments and summaries.

use super::{Drawn, Gate, Summary};
use crate::report::chart::Chart;
use crate::report::text::cell;
use std::fmt::Write as _;

pub(crate) fn render(summary: &Summary) -> String {
    let (holds, verdict) = summary.verdict();
    let mark = if holds { "passed" } else { "**rejected**" };
    let mut out = format!("## {}: {mark}\n\n{}\n", cell(&summary.name), cell(&verdict));
    if let Some((commit, dirty)) = &summary.commit {
        let dirty = if *dirty { ", with changes" } else { "" };
        let _ = writeln!(out, "\nCommit {}{dirty}", cell(commit));
    }
    metrics(&mut out, summary);
    gates(&mut out, summary);
    data(&mut out, summary);
    plots(&mut out, summary);
    models(&mut out, summary);
    stages(&mut out, summary);
    out
}

fn metrics(out: &mut String, summary: &Summary) {
    if summary.metrics.is_empty() {
        return;
    }
    out.push_str(
        "\n### Metrics\n\n| metric | value | production | change |\n| --- | ---: | ---: | ---: |\n",
    );
    for it in &summary.metrics {
        let (old, change) = it.production.clone().unwrap_or_default();
        let name = cell(&format!("{}: {}", it.file, it.key));
        let _ = writeln!(out, "| {name} | {} | {old} | {change} |", it.value);
    }
}

fn gates(out: &mut String, summary: &Summary) {
    for it in &summary.gates {
        out.push('\n');
        gate(out, it, "###");
    }
}

/// What came of one set of thresholds, below a heading of this rank.
pub(crate) fn gate(out: &mut String, gate: &Gate, rank: &str) {
    let word = if gate.holds { "holds" } else { "does not hold" };
    let _ = writeln!(out, "{rank} Thresholds: {} {word}\n", cell(&gate.name));
    out.push_str("| quantity | value | bound | |\n| --- | ---: | --- | --- |\n");
    for row in &gate.rows {
        let mark = if row.holds { row.word.to_owned() } else { format!("**{}**", row.word) };
        let note = row.note.as_ref().map(|it| format!(": {}", cell(it))).unwrap_or_default();
        let (quantity, value, bound) = (cell(&row.quantity), cell(&row.value), cell(&row.bound));
        let _ = writeln!(out, "| {quantity} | {value} | {bound} | {mark}{note} |");
    }
}

fn data(out: &mut String, summary: &Summary) {
    if summary.data.is_empty() {
        return;
    }
    out.push_str("\n### Data\n\n| data | schema | | |\n| --- | --- | --- | --- |\n");
    for it in &summary.data {
        let mark = if it.holds { it.verdict.clone() } else { format!("**{}**", it.verdict) };
        let lines: Vec<String> = it.lines.iter().map(|line| cell(line)).collect();
        let told = if lines.is_empty() { it.counts.clone() } else { lines.join("; ") };
        let (path, schema) = (cell(&it.path), cell(&it.schema));
        let _ = writeln!(out, "| {path} | {schema} | {mark} | {told} |");
    }
}

fn plots(out: &mut String, summary: &Summary) {
    if summary.plots.is_empty() {
        return;
    }
    out.push_str("\n### Plots\n");
    for plot in &summary.plots {
        let path = cell(&plot.path);
        match &plot.drawn {
            Drawn::Chart(Chart::Confusion { classes, counts, x, y }) => {
                let names: Vec<String> = classes.iter().map(|it| cell(it)).collect();
                let _ = write!(out, "\n{path}\n\n| {} \\ {} |", cell(y), cell(x));
                let _ = writeln!(
                    out,
                    " {} |\n| --- |{}",
                    names.join(" | "),
                    " ---: |".repeat(names.len())
                );
                for (name, line) in names.iter().zip(counts) {
                    let line: Vec<String> = line.iter().map(ToString::to_string).collect();
                    let _ = writeln!(out, "| {name} | {} |", line.join(" | "));
                }
            }
            Drawn::Nothing(why) => {
                let _ = writeln!(out, "\n{path}: {}", cell(why));
            }
            Drawn::Chart(_) | Drawn::Picture(..) => {
                let _ = writeln!(out, "\n{path}: drawn in the HTML report");
            }
        }
    }
}

fn models(out: &mut String, summary: &Summary) {
    for model in &summary.models {
        let _ = writeln!(
            out,
            "\n<details>\n<summary>What the model {} comes from</summary>\n",
            cell(&model.name)
        );
        for (alias, version) in &model.aliases {
            let _ = writeln!(out, "{} is {version}\n", cell(alias));
        }
        match &model.parts {
            Ok(parts) => {
                out.push_str("| | | |\n| --- | --- | --- |\n");
                for (kind, name, value) in parts {
                    let _ = writeln!(out, "| {kind} | {} | {} |", cell(name), cell(value));
                }
            }
            Err(why) => {
                let _ = writeln!(out, "{}", cell(why));
            }
        }
        out.push_str("\n</details>\n");
    }
}

fn stages(out: &mut String, summary: &Summary) {
    out.push_str("\n<details>\n<summary>Stages</summary>\n\n| stage | | last run | took |\n| --- | --- | --- | ---: |\n");
    for stage in &summary.stages {
        let (how, when, took) = stage.last.clone().unwrap_or_default();
        let last = if how.is_empty() { String::new() } else { format!("{how}, {when}") };
        let _ =
            writeln!(out, "| {} | {} | {last} | {took} |", cell(&stage.name), cell(&stage.state));
    }
    let _ = write!(out, "\n```mermaid\n{}```\n\n</details>\n", summary.mermaid);
}
