//! Double-quoted strings as ruamel.yaml escapes and folds them.

use crate::exec::lock::emitter::Emitter;
use crate::exec::lock::scalar::is_printable;

impl Emitter {
    pub(super) fn double_quoted(&mut self, text: &str, indent: usize, split: bool) {
        self.indicator("\"", true, false);
        let text: Vec<char> = text.chars().collect();
        let mut start = 0;
        for at in 0..=text.len() {
            let character = text.get(at).copied();
            if character.is_none_or(needs_escape) {
                self.write(text.get(start..at).unwrap_or_default());
                start = start.max(at);
                if let Some(character) = character {
                    self.write(&escape(character));
                    start = at + 1;
                }
            }
            let is_inner = at > 0 && at + 1 < text.len();
            let may_fold = split && is_inner && (character == Some(' ') || start >= at);
            if may_fold && self.column + at > self.width() + start {
                start = self.fold(&text, start, at, indent);
            }
        }
        self.indicator("\"", false, false);
    }

    /// Ends the line at `at` and returns where the unwritten text starts.
    fn fold(&mut self, text: &[char], start: usize, at: usize, indent: usize) -> usize {
        let needs_backslash = !folds_at_blank(text, start, at);
        self.write(text.get(start..at).unwrap_or_default());
        if needs_backslash {
            self.write(&['\\']);
        }
        let mut start = start.max(at);
        self.write_indent(indent);
        self.after_space = false;
        self.at_indent = false;
        if text.get(start) == Some(&' ') {
            if needs_backslash {
                self.write(&['\\']);
            } else {
                start += 1;
            }
        }
        start
    }
}

/// Whether the line may simply end at the blank, which reading turns back into a blank.
fn folds_at_blank(text: &[char], start: usize, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let Some(blank) = rest.iter().position(|&c| c == ' ') else { return false };
    let before_blank = rest.get(..blank).unwrap_or_default();
    let end = before_blank.iter().position(|&c| c == '\n').unwrap_or(blank);
    let Some(&next) = rest.get(end + 1) else { return false };
    if rest.get(end) == Some(&'\n') && next != ' ' {
        return false;
    }
    let no_quotes = !rest.get(..end).unwrap_or_default().iter().any(|&c| matches!(c, '"' | '\''));
    let two_blanks = at > 0 && text.get(at - 1..=at) == Some(&[' ', ' ']);
    no_quotes && !matches!(next, ' ' | '\n') && !two_blanks && start != at
}

fn needs_escape(character: char) -> bool {
    matches!(character, '"' | '\\' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
        || !is_printable(character)
}

fn escape(character: char) -> Vec<char> {
    let short = match character {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => return numeric_escape(character).chars().collect(),
    };
    vec!['\\', short]
}

fn numeric_escape(character: char) -> String {
    match u32::from(character) {
        code @ 0..=0xff => format!("\\x{code:02X}"),
        code @ 0x100..=0xffff => format!("\\u{code:04X}"),
        code => format!("\\U{code:08X}"),
    }
}
