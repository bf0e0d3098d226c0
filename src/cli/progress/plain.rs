//! Progress as lines: one an event. Also what is said above the live lines.

use crate::exec::progress::{Detail, Event, FailureReport, Progress, Status};
use crate::exec::reason::Reason;
use crate::exec::task::duration;
use crate::model::ids::StepId;
use crate::plan::step::Step;
use crate::report::paint::{Ink, Paint};
use std::collections::BTreeMap;
use std::io::Write;

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Volume {
    /// Failures alone.
    Quiet,
    /// What ran, and a summary.
    Normal,
    /// Every step with all reasons.
    Explain,
}

/// What is said of a step when it starts.
pub(crate) type Notes = BTreeMap<StepId, String>;

/// Words for events; shared by the plain and the live form.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) paint: Paint,
    pub(crate) volume: Volume,
    /// Width of the widest step name.
    pub(crate) width: usize,
    /// Whether live lines tell what runs, so that the reasons are told with the result.
    pub(crate) live: bool,
    pub(crate) notes: Notes,
}

/// Writes a line for each event.
pub(crate) struct Plain {
    pub(crate) words: Words,
    pub(crate) out: Box<dyn Write + Send>,
}

impl Progress for Plain {
    fn event(&mut self, event: &Event<'_>) {
        for line in self.words.lines(event) {
            // A reader that went away must not stop the run.
            let _ = writeln!(self.out, "{line}");
        }
        let _ = self.out.flush();
    }
}

impl Words {
    /// The lines that tell of an event; mostly one or none.
    pub(crate) fn lines(&self, event: &Event<'_>) -> Vec<String> {
        match event {
            Event::Ended { step, status: Status::Failed, took, detail } => {
                self.failure(step, *took, detail)
            }
            _ if self.volume == Volume::Quiet => Vec::new(),
            Event::Began { .. } => Vec::new(),
            Event::Started { step, reasons } => self.started(step, reasons),
            Event::Output { step, line } => {
                vec![format!("{} {line}", self.paint.text(Ink::Faint, &self.name(step, "|")))]
            }
            Event::Retrying { step, attempt, pause, failure } => {
                let pause = duration(*pause);
                let text = format!("{failure}; attempt {attempt} in {pause}");
                vec![self.line(Ink::Help, "retry", step, &text)]
            }
            Event::Ended { step, status, took, detail } => self.ended(step, *status, *took, detail),
            Event::Stopping { at_once: false } => {
                vec!["stopping: running stages get 5 s to end; again kills them".to_owned()]
            }
            Event::Stopping { at_once: true } => vec!["killing running stages".to_owned()],
            Event::Finished { summary } => vec![self.paint.text(Ink::Strong, &summary.to_string())],
        }
    }

    fn started(&self, step: &Step, reasons: &[Reason]) -> Vec<String> {
        let mut reasons = reasons.iter().map(Reason::to_string);
        let first = reasons.next().unwrap_or_default();
        let mut lines = vec![self.line(Ink::Help, "run", step, &first)];
        if self.volume == Volume::Explain {
            lines.extend(reasons.map(|reason| self.more(&reason)));
        }
        lines.extend(self.note(step));
        lines
    }

    fn ended(
        &self,
        step: &Step,
        status: Status,
        took: std::time::Duration,
        detail: &Detail<'_>,
    ) -> Vec<String> {
        let text = match (status, detail) {
            (Status::Ran, Detail::Reasons(reasons)) if self.live => {
                let first = reasons.first().map(Reason::to_string).unwrap_or_default();
                format!("{:<9} {first}", duration(took))
            }
            (Status::Ran, _) => duration(took),
            (Status::Recorded, _) => "frozen: its outputs are recorded as they are".to_owned(),
            (Status::Restored, Detail::Reasons(reasons)) => {
                let first = reasons.first().map(Reason::to_string).unwrap_or_default();
                format!("{first}; taken from the cache")
            }
            (_, Detail::Because(other)) => format!("`{other}` did not succeed"),
            _ => String::new(),
        };
        match status {
            Status::Ran => vec![self.line(Ink::Good, "done", step, &text)],
            Status::Restored => vec![self.line(Ink::Good, "restored", step, &text)],
            Status::Recorded => vec![self.line(Ink::Good, "recorded", step, &text)],
            Status::Skipped => vec![self.line(Ink::Faint, "skipped", step, &text)],
            Status::Interrupted => vec![self.line(Ink::Error, "stopped", step, &text)],
            Status::UpToDate if self.volume == Volume::Explain => {
                vec![self.line(Ink::Faint, "up to date", step, "")]
            }
            Status::UpToDate | Status::Failed | Status::NotRun => Vec::new(),
        }
    }

    fn failure(&self, step: &Step, took: std::time::Duration, detail: &Detail<'_>) -> Vec<String> {
        let Detail::Failure(report) = detail else {
            return vec![self.line(Ink::Error, "failed", step, "")];
        };
        let FailureReport { text, help, script, tail, log } = report;
        let text = format!("{text} (after {})", duration(took));
        let mut lines = vec![self.line(Ink::Error, "failed", step, &text)];
        let mut indented = |text: &str| {
            lines.push(format!("    {} {text}", self.paint.text(Ink::Faint, "│")));
        };
        for line in script.iter().flat_map(|script| script.lines()) {
            indented(&format!("$ {line}"));
        }
        tail.iter().for_each(|line| indented(line));
        if let Some(help) = help {
            lines.push(format!("    {} help: {help}", self.paint.text(Ink::Faint, "│")));
        }
        if let Some(log) = log {
            lines.push(format!("    {} whole log: {log}", self.paint.text(Ink::Faint, "╰")));
        }
        lines
    }

    fn line(&self, ink: Ink, verb: &str, step: &Step, text: &str) -> String {
        let verb = self.paint.text(ink, &format!("{verb:<10}"));
        format!("{verb} {} {text}", self.name(step, "")).trim_end().to_owned()
    }

    /// What there is to say of a step that starts, beside why.
    pub(crate) fn note(&self, step: &Step) -> Option<String> {
        let text = self.notes.get(&step.id).filter(|_| self.volume != Volume::Quiet)?;
        Some(self.line(Ink::Help, "note", step, text))
    }

    fn more(&self, text: &str) -> String {
        format!("{:<10} {:<width$} {text}", "", "", width = self.width)
    }

    fn name(&self, step: &Step, mark: &str) -> String {
        format!("{:<width$}{mark}", step.name, width = self.width)
    }
}
