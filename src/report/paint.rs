//! Colours of a terminal by what they mean. Everything else says what it writes, not how.

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    Error,
    Warning,
    /// Advice, and what can be typed.
    Help,
    Good,
    /// Headlines.
    Strong,
    /// What most readers skip.
    Faint,
    Plain,
}

/// Whether colours are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Paint {
    pub(crate) color: bool,
}

impl Paint {
    /// Returns `text` in `ink`, unchanged without colours.
    pub(crate) fn text(self, ink: Ink, text: &str) -> String {
        let code = match ink {
            Ink::Error => "1;31",
            Ink::Warning => "1;33",
            Ink::Help => "36",
            Ink::Good => "32",
            Ink::Strong => "1",
            Ink::Faint => "2",
            Ink::Plain => "",
        };
        if self.color && !code.is_empty() && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}
