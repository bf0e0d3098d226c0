//! Strings in the three styles of ruamel.yaml's dumper, folded where it folds them.

use crate::base::yaml::reads_as_string;
use crate::exec::lock::emitter::Emitter;

/// What the characters of a string allow.
#[derive(Clone, Copy)]
pub(super) struct Analysis {
    pub(super) multiline: bool,
    /// Outside flow collections.
    pub(super) allows_plain: bool,
    pub(super) allows_single: bool,
}

/// Whether a plain scalar would not be read as a string.
pub(super) fn is_implicit(text: &str) -> bool {
    !reads_as_string(text)
}

impl Analysis {
    pub(super) fn of(text: &str) -> Self {
        if text.is_empty() {
            return Self { multiline: false, allows_plain: true, allows_single: true };
        }
        let characters: Vec<char> = text.chars().collect();
        let first = characters.first().copied();
        let last = characters.last().copied();
        let edge = |c: Option<char>| c.is_some_and(|c| c == ' ' || is_break(c));
        let multiline = characters.iter().any(|&c| is_break(c));
        let special = characters.iter().any(|&c| !is_printable(c));
        let followed = |a: fn(char) -> bool, b: fn(char) -> bool| {
            characters.iter().zip(characters.iter().skip(1)).any(|(&x, &y)| a(x) && b(y))
        };
        let blank_after_break = followed(is_break, |c| c == ' ');
        let break_after_blank = followed(|c| c == ' ', is_break);
        let allows_single = !special && !blank_after_break && !break_after_blank;
        let allows_plain = allows_single
            && !multiline
            && !edge(first)
            && !edge(last)
            && !has_indicator(text, &characters);
        Self { multiline, allows_plain, allows_single }
    }
}

/// Whether something in the text means more than itself in a block.
fn has_indicator(text: &str, characters: &[char]) -> bool {
    if text.starts_with("---") || text.starts_with("...") {
        return true;
    }
    let blank = |at: usize| characters.get(at).is_none_or(|&c| is_blank(c));
    characters.iter().enumerate().any(|(at, &c)| match (at, c) {
        (0, '-' | '?' | ':') => blank(1),
        (0, c) => "#,[]{}&*!|>'\"%@`".contains(c),
        (_, ':') => blank(at + 1),
        (_, '#') => blank(at - 1),
        _ => false,
    })
}

impl Emitter {
    pub(super) fn plain(&mut self, text: &str, indent: usize, split: bool) {
        if text.is_empty() {
            return;
        }
        if !self.after_space {
            self.write(&[' ']);
        }
        self.after_space = false;
        self.at_indent = false;
        let text: Vec<char> = text.chars().collect();
        for (is_blank, run) in runs(&text) {
            if !is_blank {
                if self.column + run.len() > self.width() && self.column > indent {
                    self.write_indent(indent);
                }
                self.write(run);
            } else if run.len() == 1 && self.column >= self.width() && split {
                // Reading turns the line end back into the blank.
                self.write_indent(indent);
                self.after_space = false;
                self.at_indent = false;
            } else {
                self.write(run);
            }
        }
    }

    pub(super) fn single_quoted(&mut self, text: &str, indent: usize, split: bool) {
        self.indicator("'", true, false);
        let text: Vec<char> = text.chars().collect();
        let mut at = 0;
        while let Some(&c) = text.get(at) {
            let run = same_kind(&text, at);
            let is_inner = at > 0 && at + run.len() < text.len();
            match c {
                ' ' if run.len() == 1 && self.column > self.width() && split && is_inner => {
                    self.write_indent(indent);
                }
                c if is_break(c) => {
                    if c == '\n' {
                        self.line_break();
                    }
                    run.iter().for_each(|&line_end| self.break_with(line_end));
                    self.write_indent(indent);
                }
                '\'' => run.iter().for_each(|_| self.write(&['\'', '\''])),
                _ => self.write(run),
            }
            at += run.len();
        }
        self.indicator("'", false, false);
    }
}

/// Maximal runs of blanks and of everything else, told apart by the flag.
fn runs(text: &[char]) -> impl Iterator<Item = (bool, &[char])> {
    text.chunk_by(|a, b| (*a == ' ') == (*b == ' ')).map(|run| (run.starts_with(&[' ']), run))
}

/// The characters from `at` on that are written like the one there.
fn same_kind(text: &[char], at: usize) -> &[char] {
    let kind = |c: char| match c {
        ' ' => 0,
        '\'' => 1,
        c if is_break(c) => 2,
        _ => 3,
    };
    let rest = text.get(at..).unwrap_or_default();
    rest.chunk_by(|a, b| kind(*a) == kind(*b)).next().unwrap_or_default()
}

pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_blank(c: char) -> bool {
    matches!(c, '\0' | ' ' | '\t' | '\r') || is_break(c)
}

/// Whether the dumper writes this character as itself; a line feed counts.
pub(super) fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
        && c != '\u{feff}'
}
