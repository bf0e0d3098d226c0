//! JUnit XML, which CI systems show: a test case for each check.

use crate::data::validate::Finding;
use crate::data::words::sentence;
use crate::report::text::attribute;
use crate::report::validation::{Mark, Subject, column, verdict};
use std::fmt::Write as _;

/// The report as one test suite.
pub(crate) fn render(subject: Subject<'_>) -> String {
    let Subject { data, schema, report } = subject;
    let failures = report.results.iter().filter(|it| Mark::of(it) == Mark::Failed).count();
    let (tests, data) = (report.results.len(), attribute(data.as_str()));
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<testsuites name=\"mlc validate\" tests=\"{tests}\" failures=\"{failures}\">"
    );
    let _ = writeln!(
        out,
        "  <testsuite name=\"{data}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">"
    );
    for finding in &report.results {
        let class = attribute(&format!("{schema}.{}", column(finding)));
        let name = attribute(&finding.spelled);
        let _ = write!(out, "    <testcase classname=\"{class}\" name=\"{name}\"");
        out.push_str(&end(finding, subject));
    }
    let _ = writeln!(out, "  </testsuite>\n  <!-- {} -->\n</testsuites>", verdict(report));
    out
}

fn end(finding: &Finding, subject: Subject<'_>) -> String {
    let said = || attribute(&sentence(finding, subject.report));
    match Mark::of(finding) {
        Mark::Passed => "/>\n".to_owned(),
        Mark::Warns => {
            format!(">\n      <system-out>warning: {}</system-out>\n    </testcase>\n", said())
        }
        Mark::Failed => format!(
            ">\n      <failure type=\"{}\" message=\"{}\"/>\n    </testcase>\n",
            finding.check,
            said()
        ),
    }
}
