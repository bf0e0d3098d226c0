//! The frames of one diagnostic: which lines each shows, in which order, and their drawing.

use crate::base::code::Severity;
use crate::base::diagnostic::{Diagnostic, Label};
use crate::base::source::{FileId, SourceFile, SourceMap};
use crate::report::human::Screen;
use crate::report::human::snippet::Snippet;
use crate::report::text::{printable, wrap};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan};
use std::fmt;
use std::ops::Range;

/// Lines between two marked lines that are shown rather than left out; a new frame costs one.
const BRIDGE: usize = 1;
/// A mark over more lines than this is cut to its first.
const TALL: usize = 6;

/// Frames joined to one drawing that lacks its foot.
pub(super) struct Frames {
    pub(super) lines: Vec<String>,
    /// Spaces before the foot's corner.
    pub(super) indent: usize,
}

/// Draws what the diagnostic points at, the primary place first.
pub(super) fn draw(sources: &SourceMap, it: &Diagnostic, screen: Screen) -> Frames {
    let groups = groups(marks(sources, it));
    let digits = groups.iter().map(|group| digits(group.lines.end)).max().unwrap_or(1);
    let mut lines = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        let room = screen.width.saturating_sub(digits + 4).max(24);
        let text = draw_group(sources, group, it.severity(), Screen { width: room, ..screen });
        // The first line is miette's empty headline, the last its foot.
        let mut drawn: Vec<&str> = text.lines().skip(1).collect();
        drawn.pop();
        let margin = " ".repeat(digits - self::digits(group.lines.end));
        let joint = if at == 0 { '╭' } else { '├' };
        for (row, line) in drawn.iter().enumerate() {
            let line = if row == 0 {
                line.replacen('╭', &joint.to_string(), 1)
            } else {
                (*line).to_owned()
            };
            lines.push(format!("{margin}{line}"));
        }
    }
    Frames { lines, indent: digits + 2 }
}

/// A label prepared for drawing.
#[derive(Clone, Debug)]
struct Mark<'a> {
    file: FileId,
    /// The first line to show.
    shown: usize,
    /// Lines it covers, from zero, the last included.
    first: usize,
    last: usize,
    range: Range<usize>,
    text: &'a str,
    primary: bool,
}

/// Marks that share a frame.
#[derive(Debug)]
struct Group<'a> {
    marks: Vec<Mark<'a>>,
    lines: Range<usize>,
}

fn digits(number: usize) -> usize {
    number.to_string().len()
}

fn marks<'a>(sources: &SourceMap, it: &'a Diagnostic) -> Vec<Mark<'a>> {
    let mut marks = vec![mark(sources, &it.primary, true)];
    for label in &it.secondary {
        let new = mark(sources, label, false);
        if !marks
            .iter()
            .any(|old| (old.file, &old.range, old.text) == (new.file, &new.range, new.text))
        {
            marks.push(new);
        }
    }
    marks
}

fn mark<'a>(sources: &SourceMap, label: &'a Label, primary: bool) -> Mark<'a> {
    let file = sources.file(label.span.file);
    let mut range = label.span.range();
    range.end = range.end.min(file.text.len());
    range.start = range.start.min(range.end);
    let covered = file.text.get(range.clone()).unwrap_or_default();
    if !range.is_empty() && !covered.trim_end().is_empty() {
        range.end = range.start + covered.trim_end_matches(['\n', '\r', ' ', '\t']).len();
    }
    let first = file.line_of(range.start);
    let mut last = file.line_of(range.end.saturating_sub(1).max(range.start));
    if last - first >= TALL {
        last = first;
    }
    range.end = range.end.min(file.line_range(last).end).max(range.start);
    // An empty line alone says nothing: show what is before it.
    let blank = |&line: &usize| file.line_range(line).is_empty();
    let shown =
        (first.saturating_sub(TALL)..=first).rev().find(|line| !blank(line)).unwrap_or(first);
    Mark { file: label.span.file, shown, first, last, range, text: &label.text, primary }
}

/// Puts marks on near lines into one frame; the primary one's frame comes first.
fn groups(mut marks: Vec<Mark<'_>>) -> Vec<Group<'_>> {
    let home = marks.first().map(|mark| mark.file).unwrap_or_default();
    marks.sort_by_key(|mark| (mark.file != home, mark.file, mark.shown, mark.range.start));
    let mut groups: Vec<Group<'_>> = Vec::new();
    for mark in marks {
        let lines = mark.shown..mark.last + 1;
        match groups.last_mut() {
            Some(group)
                if group.marks.iter().any(|it| it.file == mark.file)
                    && lines.start <= group.lines.end + BRIDGE =>
            {
                group.lines.end = group.lines.end.max(lines.end);
                group.marks.push(mark);
            }
            _ => groups.push(Group { marks: vec![mark], lines }),
        }
    }
    groups.sort_by_key(|group| !group.marks.iter().any(|mark| mark.primary));
    groups
}

fn draw_group(
    sources: &SourceMap,
    group: &Group<'_>,
    severity: Severity,
    screen: Screen,
) -> String {
    let Some(head) = group.marks.iter().find(|it| it.primary).or(group.marks.first()) else {
        return String::new();
    };
    let file = sources.file(head.file);
    let tall = group.marks.iter().filter(|mark| mark.first != mark.last).count();
    let room = screen.width.saturating_sub(if tall > 0 { tall + 3 } else { 0 });
    let mut snippet =
        Snippet::new(file, group.lines.clone(), room, |line| focus(group, file, line));
    let place = file.position(head.range.start);
    snippet.name = format!("{}:{}:{}", file.path, place.line, place.column);
    let labels = drawn(&snippet, group, room);
    let (theme, frame) = (theme(&labels, severity, screen), Frame { snippet, labels });
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_width(usize::MAX / 2)
        // The head names the place already.
        .without_primary_span_start();
    let mut out = String::new();
    handler.render_report(&mut out, &frame).expect("invariant: writing to a string succeeds");
    out
}

/// What must stay visible of a line: its primary mark, else its first.
fn focus(group: &Group<'_>, file: &SourceFile, line: usize) -> Option<Range<usize>> {
    let here = group.marks.iter().filter(|mark| mark.first == line || mark.last == line);
    let mark = here.min_by_key(|mark| !mark.primary)?;
    let text = file.line_range(line);
    let start = if mark.first == line { mark.range.start } else { text.start };
    let end = if mark.last == line { mark.range.end } else { text.start };
    Some(start..end.max(start))
}

/// A mark at its place in the snippet.
#[derive(Debug)]
struct Drawn {
    range: Range<usize>,
    text: String,
    primary: bool,
    /// The line it is on, when it is on one.
    line: Option<usize>,
}

/// Sorts the marks by place and keeps them apart on a line: miette draws overlapping marks side by
/// side, which points at the wrong place.
fn drawn(snippet: &Snippet, group: &Group<'_>, room: usize) -> Vec<Drawn> {
    let mut marks: Vec<&Mark<'_>> = group.marks.iter().collect();
    // Of two that start together the primary one keeps its place.
    marks.sort_by_key(|mark| (mark.range.start, !mark.primary, mark.range.end));
    let mut all: Vec<Drawn> = Vec::new();
    for mark in marks {
        let mut new = place(snippet, mark, room);
        let before = all.last_mut().filter(|it| it.line.is_some() && it.line == new.line);
        if let Some(before) = before
            && before.range.end > new.range.start
        {
            if before.primary || before.range.start == new.range.start {
                new.range.start = before.range.end;
                new.range.end = new.range.end.max(new.range.start);
            } else {
                before.range.end = new.range.start;
            }
            if new.range.is_empty() && !mark.range.is_empty() {
                before.text = join(&before.text, &new.text);
                continue;
            }
        }
        all.push(new);
    }
    name_the_nameless(&mut all);
    all
}

fn place(snippet: &Snippet, mark: &Mark<'_>, room: usize) -> Drawn {
    let start = snippet.place(mark.first, mark.range.start);
    let mut end = snippet.place(mark.last, mark.range.end).max(start);
    if mark.last == mark.first && !mark.range.is_empty() {
        end = end.max(start + 1);
    }
    let column = snippet.column(start + (end - start) / 2);
    let text: String = mark.text.chars().map(printable).collect();
    let text = wrap(&text, room.saturating_sub(column + 5).max(24)).join("\n");
    let line = (mark.first == mark.last).then_some(mark.first);
    Drawn { range: start..end, text, primary: mark.primary, line }
}

fn join(above: &str, below: &str) -> String {
    [above, below].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

/// miette hangs a line that leads nowhere under a mark without text beside one with text.
fn name_the_nameless(all: &mut [Drawn]) {
    let named: Vec<usize> =
        all.iter().filter(|it| !it.text.is_empty()).filter_map(|it| it.line).collect();
    for it in all.iter_mut().filter(|it| it.text.is_empty()) {
        if it.line.is_some_and(|line| named.contains(&line)) {
            "here".clone_into(&mut it.text);
        }
    }
}

fn theme(labels: &[Drawn], severity: Severity, screen: Screen) -> GraphicalTheme {
    let mut theme = if screen.paint.color {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let styles = &mut theme.styles;
    let main = match severity {
        Severity::Error => styles.error,
        Severity::Warning => styles.warning,
    };
    let other = styles.help;
    styles.link = styles.linum;
    // miette deals these out in the order of places.
    styles.highlights = labels.iter().map(|it| if it.primary { main } else { other }).collect();
    theme
}

/// What miette draws: marks without a headline.
#[derive(Debug)]
struct Frame {
    snippet: Snippet,
    labels: Vec<Drawn>,
}

impl fmt::Display for Frame {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Frame {}

impl miette::Diagnostic for Frame {
    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.snippet)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().map(|it| {
            let text = (!it.text.is_empty()).then(|| it.text.clone());
            LabeledSpan::new(text, it.range.start, it.range.len())
        })))
    }
}
