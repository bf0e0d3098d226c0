//! Text with `{{ }}` holes that only an instance of a stage can fill.
//!
//! `vars` and `params` are already resolved into the text; what is left is the matrix and, in
//! commands, the environment.

use std::fmt::Write as _;

/// Where Python's `str.splitlines` splits.
const LINE_ENDS: &[char] =
    &['\n', '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}'];

/// A piece of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(String),
    /// The value of the matrix axis with this index.
    Axis(usize),
    /// An environment variable, expanded by the shell that runs the command.
    Env(String),
}

/// Text of a stage, the same for all its instances.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Template {
    pub(crate) pieces: Vec<Piece>,
}

impl Template {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { pieces: vec![Piece::Text(text.into())] }
    }

    /// Adds text behind what is there.
    pub(crate) fn push_text(&mut self, text: &str) {
        match self.pieces.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }

    pub(crate) fn push(&mut self, piece: Piece) {
        match piece {
            Piece::Text(text) => self.push_text(&text),
            Piece::Axis(_) | Piece::Env(_) => self.pieces.push(piece),
        }
    }

    /// Removes line ends at the end.
    pub(crate) fn trim_end(&mut self) {
        if let Some(Piece::Text(last)) = self.pieces.last_mut() {
            last.truncate(last.trim_end_matches('\n').len());
        }
    }

    /// Whether it has more than one line, as Python counts lines.
    pub(crate) fn has_lines(&self) -> bool {
        let ends = |text: &str| text.contains(LINE_ENDS);
        self.pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if ends(text)))
    }

    /// Whether the shell has something to fill in.
    pub(crate) fn has_environment(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Env(_)))
    }

    /// The text of the instance with these axis values.
    pub(crate) fn render(&self, values: &[String]) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(it) => text.push_str(it),
                Piece::Axis(axis) => text.push_str(values.get(*axis).map_or("", String::as_str)),
                Piece::Env(name) => {
                    let _ = write!(text, "${{{name}}}");
                }
            }
        }
        text
    }
}
