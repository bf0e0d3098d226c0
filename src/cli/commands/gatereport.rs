//! What came of thresholds, as Markdown and JUnit XML.

use crate::exec::gate::{Report, Row, Verdict};
use crate::report::project;
use crate::report::text::attribute;
use std::fmt::Write as _;

/// For the summary of a job or a comment on a pull request.
pub(super) fn markdown(reports: &[Report]) -> String {
    let mut out = String::new();
    for report in reports {
        project::markdown::gate(&mut out, &told(report), "##");
        out.push('\n');
    }
    out
}

/// The same as a page tells it.
pub(super) fn told(report: &Report) -> project::Gate {
    let row = |row: &Row| {
        let (word, note) = verdict(row);
        project::Row {
            quantity: row.quantity.clone(),
            value: row.shown.clone(),
            bound: row.bound.clone(),
            holds: row.holds(),
            word,
            note: note.map(str::to_owned),
        }
    };
    let rows = report.rows.iter().map(row).collect();
    project::Gate { name: report.gate.clone(), holds: report.holds(), rows }
}

/// A test case for each threshold, which CI systems show.
pub(super) fn junit(reports: &[Report]) -> String {
    let rows = || reports.iter().flat_map(|it| &it.rows);
    let (tests, failures) = (rows().count(), rows().filter(|it| !it.holds()).count());
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ =
        writeln!(out, "<testsuites name=\"mlc gate\" tests=\"{tests}\" failures=\"{failures}\">");
    for report in reports {
        let failures = report.rows.iter().filter(|it| !it.holds()).count();
        let (gate, tests) = (attribute(&report.gate), report.rows.len());
        let _ = writeln!(
            out,
            "  <testsuite name=\"{gate}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">"
        );
        for row in &report.rows {
            let name = attribute(&format!("{} {}", row.quantity, row.bound));
            let _ = write!(out, "    <testcase classname=\"{gate}\" name=\"{name}\"");
            let (_, note) = verdict(row);
            let said = attribute(&format!(
                "it is {}{}",
                row.shown,
                note.map(|it| format!(": {it}")).unwrap_or_default()
            ));
            let end = match &row.verdict {
                Verdict::Holds => "/>\n".to_owned(),
                Verdict::Passes(_) => {
                    format!(">\n      <system-out>{said}</system-out>\n    </testcase>\n")
                }
                Verdict::Broken(_) => {
                    format!(
                        ">\n      <failure type=\"threshold\" message=\"{said}\"/>\n    </testcase>\n"
                    )
                }
            };
            out.push_str(&end);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn verdict(row: &Row) -> (&'static str, Option<&str>) {
    match &row.verdict {
        Verdict::Holds => ("holds", None),
        Verdict::Passes(why) => ("passes", Some(why)),
        Verdict::Broken(why) => ("does not hold", why.as_deref()),
    }
}
