//! `mlc gate`: evaluates thresholds on metrics files.

use crate::base::suggest::did_you_mean;
use crate::cli::commands::gatereport;
use crate::cli::context::{self, Context};
use crate::cli::exit::Exit;
use crate::cli::loading::load_or_report;
use crate::exec::atomic;
use crate::exec::gate::{Report, Row, Verdict, evaluate};
use crate::model::policy::Gate;
use crate::plan::Plan;
use crate::report::paint::{Ink, Paint};
use crate::report::table::{Align, Cell, Table};
use camino::Utf8PathBuf;
use std::fmt::Write as _;

/// Check metrics against the thresholds of the spec
///
/// Exit codes: 0 everything holds, 1 the spec has errors, 2 usage, 3 something does not hold or
/// cannot be measured.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Thresholds to evaluate; all when none is named
    #[arg(value_name = "NAME")]
    gates: Vec<String>,
    /// Write JSON
    #[arg(long)]
    json: bool,
    /// Write a report, too: .json, .xml (JUnit) or .md; may be given several times
    #[arg(long, value_name = "FILE")]
    report: Vec<Utf8PathBuf>,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let ready = match load_or_report(context)? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let gates = match chosen(&ready.plan, &args.gates) {
        Ok(gates) => gates,
        Err(message) => {
            context::complain(&message);
            return Ok(Exit::Usage);
        }
    };
    let reports: Vec<Report> =
        gates.iter().map(|gate| evaluate(&context.root, &ready.plan, gate)).collect();
    for file in &args.report {
        let text = match file.extension() {
            Some("json") => format!("{:#}\n", json(&reports)),
            Some("xml") => gatereport::junit(&reports),
            Some("md") => gatereport::markdown(&reports),
            _ => {
                context::complain(&format!("`{file}` is no report: it ends in .json, .xml or .md"));
                return Ok(Exit::Usage);
            }
        };
        atomic::write(&context.here.join(file), text.as_bytes())?;
    }
    if args.json {
        context::print(&format!("{:#}\n", json(&reports)));
    } else {
        context::print(&text(&reports, Paint { color: context.color }));
    }
    let holds = reports.iter().all(Report::holds);
    Ok(if holds { Exit::Success } else { Exit::Rejected })
}

fn chosen<'a>(plan: &'a Plan, names: &[String]) -> Result<Vec<&'a Gate>, String> {
    let gates = &plan.project.gates;
    if names.is_empty() {
        return Ok(gates.iter().collect());
    }
    let find = |name: &String| {
        gates.iter().find(|gate| gate.name.value == *name).ok_or_else(|| {
            let known = gates.iter().map(|gate| gate.name.value.as_str());
            let help = did_you_mean(name, known).map(|help| format!("; {help}"));
            format!("no thresholds are called `{name}`{}", help.unwrap_or_default())
        })
    };
    names.iter().map(find).collect()
}

fn text(reports: &[Report], paint: Paint) -> String {
    if reports.is_empty() {
        return "the spec has no `thresholds`: nothing to check\n".to_owned();
    }
    let mut out = String::new();
    for report in reports {
        out.push_str(&table(report).render(paint));
        out.push('\n');
    }
    let rows = || reports.iter().flat_map(|report| &report.rows);
    let (total, broken) = (rows().count(), rows().filter(|row| !row.holds()).count());
    let noun = if total == 1 { "threshold" } else { "thresholds" };
    let verdict = match broken {
        0 if total == 1 => paint.text(Ink::Good, "passed: the threshold holds"),
        0 => paint.text(Ink::Good, &format!("passed: all {total} thresholds hold")),
        1 => paint.text(Ink::Error, &format!("rejected: 1 of {total} {noun} does not hold")),
        _ => paint.text(Ink::Error, &format!("rejected: {broken} of {total} {noun} do not hold")),
    };
    let _ = writeln!(out, "{verdict}");
    out
}

fn table(report: &Report) -> Table {
    let mut table = Table::new(&[
        (&report.gate, Align::Left),
        ("value", Align::Right),
        ("bound", Align::Left),
        ("verdict", Align::Left),
    ]);
    for Row { quantity, shown, bound, verdict, .. } in &report.rows {
        let (ink, verdict) = match verdict {
            Verdict::Holds => (Ink::Good, "holds".to_owned()),
            Verdict::Passes(why) => (Ink::Warning, format!("passes: {why}")),
            Verdict::Broken(None) => (Ink::Error, "does not hold".to_owned()),
            Verdict::Broken(Some(why)) => (Ink::Error, format!("fails: {why}")),
        };
        table.row([
            Cell::new(quantity),
            Cell::new(shown),
            Cell::new(bound),
            Cell::new(verdict).ink(ink),
        ]);
    }
    table
}

fn json(reports: &[Report]) -> serde_json::Value {
    let gates: Vec<serde_json::Value> = reports
        .iter()
        .map(|report| {
            let rows: Vec<_> = report.rows.iter().map(row_json).collect();
            serde_json::json!({ "name": report.gate, "holds": report.holds(), "rows": rows })
        })
        .collect();
    let holds = reports.iter().all(Report::holds);
    serde_json::json!({ "format": 1, "holds": holds, "gates": gates })
}

fn row_json(row: &Row) -> serde_json::Value {
    let note = match &row.verdict {
        Verdict::Holds | Verdict::Broken(None) => None,
        Verdict::Passes(why) | Verdict::Broken(Some(why)) => Some(why),
    };
    serde_json::json!({
        "quantity": row.quantity, "value": row.value, "bound": row.bound,
        "holds": row.holds(), "note": note,
    })
}
