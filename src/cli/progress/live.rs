//! Progress on a terminal: a line for each running stage, redrawn in place, and lines above them
//! for what is over.

use crate::cli::progress::plain::Words;
use crate::exec::logs::Logs;
use crate::exec::progress::{Event, Progress, Running, Status};
use crate::exec::task::duration;
use crate::model::ids::StepId;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::time::Duration;

/// Stages that end sooner get no line of their own.
const PATIENCE: Duration = Duration::from_millis(150);

/// Lines for running stages; more than these would push everything else off the screen.
const MOST: usize = 12;

/// A running stage, and the line below them all, with and without colours.
const SPINNING: &str = "  {spinner:.cyan} {wide_msg}";
const SPINNING_PLAIN: &str = "  {spinner} {wide_msg}";
const RESTING: &str = "  {wide_msg:.dim}";
const RESTING_PLAIN: &str = "  {wide_msg}";

/// Redraws the screen.
pub(crate) struct Live {
    words: Words,
    logs: Logs,
    screen: MultiProgress,
    bars: BTreeMap<StepId, ProgressBar>,
    /// The last line: how far the run is.
    total: Option<ProgressBar>,
    done: usize,
    steps: usize,
}

impl Live {
    pub(crate) fn new(words: Words, logs: Logs) -> Self {
        let screen = MultiProgress::with_draw_target(ProgressDrawTarget::stdout());
        Self { words, logs, screen, bars: BTreeMap::new(), total: None, done: 0, steps: 0 }
    }

    fn say(&self, event: &Event<'_>) {
        for line in self.words.lines(event) {
            let _ = self.screen.println(line);
        }
    }

    fn line_of(&self, running: &Running<'_>) -> String {
        let name = format!("{:<width$}", running.step.name, width = self.words.width);
        let last = self.logs.tail(&running.step.name, 1).pop().unwrap_or_default();
        format!("{name} {:>9}  {}", duration(running.elapsed), printable(&last))
    }

    fn bar(&mut self, id: StepId) -> ProgressBar {
        let (screen, color) = (&self.screen, self.words.paint.color);
        let bar = self.bars.entry(id).or_insert_with(|| {
            let bar = screen.insert_from_back(usize::from(self.total.is_some()), blank());
            bar.set_style(style(if color { SPINNING } else { SPINNING_PLAIN }));
            bar
        });
        bar.clone()
    }

    fn close(&mut self, id: StepId) {
        if let Some(bar) = self.bars.remove(&id) {
            bar.finish_and_clear();
            self.screen.remove(&bar);
        }
    }

    fn clear(&mut self) {
        for bar in std::mem::take(&mut self.bars).into_values().chain(self.total.take()) {
            bar.finish_and_clear();
            self.screen.remove(&bar);
        }
    }
}

impl Progress for Live {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Began { steps, .. } => self.steps = *steps,
            // The live line tells it; the reason stands beside the result.
            Event::Started { step, .. } => {
                if let Some(line) = self.words.note(step) {
                    let _ = self.screen.println(line);
                }
                return;
            }
            Event::Ended { step, status, .. } => {
                self.done += usize::from(*status != Status::NotRun);
                self.close(step.id);
            }
            Event::Finished { .. } => self.clear(),
            Event::Output { .. } | Event::Retrying { .. } | Event::Stopping { .. } => {}
        }
        self.say(event);
    }

    fn tick(&mut self, running: &[Running<'_>]) {
        let slow: Vec<_> = running.iter().filter(|it| it.elapsed >= PATIENCE).take(MOST).collect();
        for &running in &slow {
            let line = self.line_of(running);
            let bar = self.bar(running.step.id);
            bar.set_message(line);
            bar.tick();
        }
        if slow.is_empty() {
            return;
        }
        let hidden = running.len().saturating_sub(slow.len());
        let more = if hidden > 0 { format!(", {hidden} more running") } else { String::new() };
        let text = format!("{} of {} stages done{more}", self.done, self.steps);
        let color = self.words.paint.color;
        let total = self.total.get_or_insert_with(|| {
            let bar = self.screen.add(blank());
            bar.set_style(style(if color { RESTING } else { RESTING_PLAIN }));
            bar
        });
        total.set_message(text);
        total.tick();
    }

    fn wants_ticks(&self) -> bool {
        true
    }
}

fn blank() -> ProgressBar {
    ProgressBar::new_spinner()
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

/// A line of a log without what would move the cursor or change colours.
fn printable(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            // An escape sequence ends with a letter; `[` only introduces it.
            let _ = chars.by_ref().find(|c| c.is_ascii_alphabetic());
        } else if c == '\t' {
            text.push(' ');
        } else if !c.is_control() {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_lines_cannot_disturb_the_screen() {
        assert_eq!(printable("\u{1b}[31mred\u{1b}[0m\tend\u{7}"), "red end");
    }
}
