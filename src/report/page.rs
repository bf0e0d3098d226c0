//! A page of documentation on a terminal: the little Markdown that our pages use, lightly styled.

use crate::report::human::Screen;
use crate::report::paint::{Ink, Paint};
use crate::report::text::wrap;

/// Knows headings, paragraphs, lists and fenced code; everything else is shown as written.
pub(crate) fn render(markdown: &str, screen: Screen) -> String {
    let mut page = Page { screen, out: String::new(), paragraph: Vec::new(), fence: None };
    markdown.lines().for_each(|line| page.line(line));
    page.flush();
    page.out
}

struct Page<'a> {
    screen: Screen,
    out: String,
    /// Lines that flow together.
    paragraph: Vec<&'a str>,
    /// Inside a code block: how it is drawn.
    fence: Option<Ink>,
}

impl<'a> Page<'a> {
    fn line(&mut self, line: &'a str) {
        let paint = self.screen.paint;
        if let Some(info) = line.strip_prefix("```") {
            self.flush();
            self.fence = self.fence.is_none().then(|| ink(info));
        } else if let Some(ink) = self.fence {
            let code = format!("{} {line}", paint.text(ink, "│"));
            self.push(&format!("  {}", code.trim_end()));
        } else if line.starts_with('#') {
            self.flush();
            self.push(&paint.text(Ink::Strong, line.trim_start_matches('#').trim_start()));
        } else if line.trim().is_empty() {
            self.flush();
            self.push("");
        } else {
            if line.starts_with("- ") || line.starts_with('|') {
                self.flush();
            }
            self.paragraph.push(line.trim());
        }
    }

    fn push(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    /// Writes the paragraph that was being collected.
    fn flush(&mut self) {
        if self.paragraph.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.paragraph).join(" ");
        let indent = if text.starts_with("- ") { "  " } else { "" };
        let mut quoted = false;
        for (row, line) in wrap(&text, self.screen.width.min(100)).iter().enumerate() {
            let indent = if row == 0 { "" } else { indent };
            let line = inline(line, self.screen.paint, &mut quoted);
            self.push(&format!("{indent}{line}"));
        }
    }
}

/// Code blocks say in their first line what they show: `kdl bad`, `kdl good`.
fn ink(info: &str) -> Ink {
    let says = |word| info.split_whitespace().any(|it| it == word);
    match (says("bad"), says("good")) {
        (true, _) => Ink::Error,
        (_, true) => Ink::Good,
        (false, false) => Ink::Faint,
    }
}

/// Colours what stands between backticks; `quoted` carries over line ends. Without colours the
/// backticks stay.
fn inline(line: &str, paint: Paint, quoted: &mut bool) -> String {
    if !paint.color {
        return line.to_owned();
    }
    let mut out = String::new();
    for (at, part) in line.split('`').enumerate() {
        if at > 0 {
            *quoted = !*quoted;
        }
        out.push_str(&paint.text(if *quoted { Ink::Help } else { Ink::Plain }, part));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_flow_and_keep_code() {
        let page = "# slug\n\nA long line with `some code` that\nflows on and on.\n\n- one point \
                    that is too long for the line\n- two\n\n```kdl bad\nstage x {\n\n}\n```\n";
        let screen = |color, width| Screen { paint: Paint { color }, width };
        assert_eq!(
            render(page, screen(false, 30)),
            "slug\n\nA long line with `some code`\nthat flows on and on.\n\n- one point that is too \
             long\n  for the line\n- two\n\n  │ stage x {\n  │\n  │ }\n"
        );
        let colored = render(page, screen(true, 80));
        assert!(colored.contains("with \x1b[36msome code\x1b[0m that"));
        assert!(colored.contains("  \x1b[1;31m│\x1b[0m stage x {\n"));
    }
}
