//! Progress for machines: one JSON object a line. Keys are only ever added.

use crate::exec::progress::{Detail, Event, Progress};
use crate::exec::reason::Reason;
use serde_json::{Value, json};
use std::io::Write;
use std::time::Duration;

/// Writes an object for each event.
pub(crate) struct Json {
    pub(crate) out: Box<dyn Write + Send>,
}

impl Progress for Json {
    fn event(&mut self, event: &Event<'_>) {
        // A reader that went away must not stop the run.
        let _ = writeln!(self.out, "{}", object(event));
        let _ = self.out.flush();
    }
}

fn object(event: &Event<'_>) -> Value {
    match event {
        Event::Began { steps, jobs } => {
            json!({ "event": "begin", "format": 1, "stages": steps, "jobs": jobs })
        }
        Event::Started { step, reasons } => {
            json!({ "event": "start", "stage": step.name, "reasons": all(reasons) })
        }
        Event::Output { step, line } => {
            json!({ "event": "output", "stage": step.name, "line": line })
        }
        Event::Retrying { step, attempt, pause, failure } => json!({
            "event": "retry", "stage": step.name, "attempt": attempt,
            "pause_s": seconds(*pause), "failure": failure,
        }),
        Event::Ended { step, status, took, detail } => {
            let mut object = json!({
                "event": "end", "stage": step.name, "status": status.slug(),
                "duration_s": seconds(*took),
            });
            if let Some(map) = object.as_object_mut() {
                add_detail(map, detail);
            }
            object
        }
        Event::Stopping { at_once } => json!({ "event": "stopping", "at_once": at_once }),
        Event::Finished { summary } => {
            let counts: serde_json::Map<_, _> = summary
                .counts
                .iter()
                .map(|(status, count)| (status.slug().to_owned(), (*count).into()))
                .collect();
            json!({ "event": "finish", "counts": counts, "duration_s": seconds(summary.took) })
        }
    }
}

fn add_detail(map: &mut serde_json::Map<String, Value>, detail: &Detail<'_>) {
    let mut set = |key: &str, value: Value| map.insert(key.to_owned(), value);
    match detail {
        Detail::None => {}
        Detail::Reasons(reasons) => {
            set("reasons", all(reasons));
        }
        Detail::Because(other) => {
            set("because", (*other).into());
        }
        Detail::Failure(report) => {
            set("failure", report.text.as_str().into());
            set("help", report.help.as_deref().into());
            set("cmd", report.script.as_deref().into());
            set("output", report.tail.clone().into());
            set("log", report.log.as_ref().map(|log| log.as_str()).into());
        }
    }
}

fn all(reasons: &[Reason]) -> Value {
    reasons.iter().map(Reason::to_json).collect()
}

/// Milliseconds are enough for anyone.
fn seconds(length: Duration) -> f64 {
    (length.as_secs_f64() * 1000.0).round() / 1000.0
}
