//! Diagnostics drawn under the source, for people. The only user of miette.
//!
//! miette draws the frames; the headline, the order of frames and what hangs below are ours, so
//! that a diagnostic takes no more lines than its content.

mod frame;
mod snippet;

use crate::base::code::Severity;
use crate::base::diagnostic::{Diagnostic, Fix};
use crate::base::source::SourceMap;
use crate::report::paint::{Ink, Paint};
use crate::report::summary::Summary;
use crate::report::text::{printable, wrap};

/// How much room there is and whether it takes colours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    pub(crate) paint: Paint,
    /// Columns; long source lines are cropped to it.
    pub(crate) width: usize,
}

/// Draws all diagnostics and ends with a line that counts them; empty when there are none.
pub(crate) fn render(sources: &SourceMap, diagnostics: &[Diagnostic], screen: Screen) -> String {
    let Some(first) = diagnostics.first() else { return String::new() };
    let mut out = String::new();
    for it in diagnostics {
        out.push_str(&one(sources, it, screen));
        out.push('\n');
    }
    let summary = Summary::of(diagnostics);
    let ink = if summary.errors > 0 { Ink::Error } else { Ink::Warning };
    out.push_str(&screen.paint.text(ink, &summary.to_string()));
    let hint = format!("run `mlc explain {}` to learn more", first.code.slug);
    out.push_str(&format!("\n{}\n", screen.paint.text(Ink::Faint, &hint)));
    out
}

/// Draws one diagnostic: headline, frames, help.
pub(crate) fn one(sources: &SourceMap, it: &Diagnostic, screen: Screen) -> String {
    let mut lines = headline(it, screen);
    let frames = frame::draw(sources, it, screen);
    let indent = frames.indent;
    lines.extend(frames.lines);
    lines.extend(remarks(it, indent, screen));
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Colour of a severity.
fn ink(severity: Severity) -> Ink {
    match severity {
        Severity::Error => Ink::Error,
        Severity::Warning => Ink::Warning,
    }
}

fn headline(it: &Diagnostic, screen: Screen) -> Vec<String> {
    let paint = screen.paint;
    let name = format!("{}[{}]", it.severity().as_str(), it.code.slug);
    let message: String =
        it.message.chars().map(|c| if c == '\n' { c } else { printable(c) }).collect();
    let mut lines = wrap(&format!("{name}: {message}"), screen.width.max(24)).into_iter();
    let first = lines.next().unwrap_or_default();
    let first = match first.strip_prefix(&name) {
        Some(rest) => paint.text(ink(it.severity()), &name) + &paint.text(Ink::Strong, rest),
        None => first,
    };
    let rest = lines.map(|line| format!("  {}", paint.text(Ink::Strong, &line)));
    std::iter::once(first).chain(rest).collect()
}

/// The foot of the frames: help and fix when there are, else a plain end.
fn remarks(it: &Diagnostic, indent: usize, screen: Screen) -> Vec<String> {
    let mut remarks: Vec<(&str, String)> = Vec::new();
    remarks.extend(it.help.iter().map(|help| ("help", help.clone())));
    remarks.extend(it.fix.iter().map(|fix| ("fix available", fix_remark(fix))));
    let margin = " ".repeat(indent);
    if remarks.is_empty() {
        return vec![format!("{margin}╰────")];
    }
    let last = remarks.len() - 1;
    let mut lines = Vec::new();
    for (at, (title, text)) in remarks.iter().enumerate() {
        let (corner, side) = if at == last { ("╰─", "  ") } else { ("├─", "│ ") };
        let room = screen.width.saturating_sub(indent + title.len() + 5).max(24);
        let title_text = screen.paint.text(Ink::Help, &format!("{title}:"));
        for (row, line) in wrap(text, room).iter().enumerate() {
            lines.push(match row {
                0 => format!("{margin}{corner} {title_text} {line}"),
                _ => format!("{margin}{side} {:1$} {line}", "", title.len() + 1),
            });
        }
    }
    lines
}

fn fix_remark(fix: &Fix) -> String {
    format!("{} (mlc check --fix)", fix.title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::code::Code;
    use crate::base::source::Span;
    use crate::report::samples;
    use proptest::prelude::{prop_assert, proptest};

    fn screen(width: usize) -> Screen {
        Screen { paint: Paint { color: false }, width }
    }

    #[test]
    fn every_shape_of_diagnostic() {
        let (sources, diagnostics) = samples::many();
        samples::assert("human", &render(&sources, &diagnostics, screen(100)));
    }

    #[test]
    fn narrow_terminal() {
        let (sources, diagnostics) = samples::many();
        let text = render(&sources, &diagnostics, screen(46));
        samples::assert("human-narrow", &text);
    }

    #[test]
    fn colours_only_when_asked() {
        let (sources, diagnostics) = samples::few();
        assert!(!render(&sources, &diagnostics, screen(80)).contains('\x1b'));
        let colored = Screen { paint: Paint { color: true }, width: 80 };
        let text = render(&sources, &diagnostics, colored).replace('\x1b', "␛");
        samples::assert("human-color", &text);
    }

    proptest! {
        #[test]
        fn any_text_and_any_place_can_be_drawn(
            text in "([ -~\\t\\n\\réß日\u{301}\u{1b}]{0,20}\\PC{0,4}){0,8}",
            places in proptest::collection::vec((0usize..200, 0usize..60, "[a-z ]{0,30}"), 1..5),
            width in 0usize..90,
        ) {
            static CODE: Code = Code::error("any", "any", "any");
            let mut sources = SourceMap::default();
            let file = sources.add("any.kdl", text.as_str());
            let mut all = places.iter().map(|(start, length, label)| {
                (Span::new(file, *start, start + length), label.clone())
            });
            let (span, label) = all.next().expect("at least one");
            let first = CODE.at(span, "any").label(label);
            let diagnostic = all.fold(first, |it, (span, label)| it.also(span, label));
            let drawn = one(&sources, &diagnostic, screen(width));
            prop_assert!(drawn.starts_with("error[any]: any\n"));
            prop_assert!(drawn.lines().last().is_some_and(|foot| foot.ends_with("╰────")));
            prop_assert!(!drawn.contains("Failed to read"), "{drawn}");
        }
    }

    #[test]
    fn cost_does_not_grow_with_the_file() {
        let mut sources = SourceMap::default();
        let text = "stage \"x\" { cmd \"y\" }\n".repeat(100_000);
        let file = sources.add("big.kdl", text.as_str());
        static CODE: Code = Code::error("any", "any", "any");
        let at = |n: usize| Span::new(file, n * 11_000 + 6, n * 11_000 + 9);
        let all: Vec<_> = (0..200).map(|n| CODE.at(at(n), "any").label("here")).collect();
        let drawn = render(&sources, &all, screen(100));
        assert_eq!(drawn.lines().filter(|line| line.contains("here")).count(), 200);
    }

    #[test]
    fn nothing_to_say() {
        assert_eq!(render(&SourceMap::default(), &[], screen(80)), "");
    }
}
