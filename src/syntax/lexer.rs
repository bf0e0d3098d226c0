//! KDL text cut into tokens that concatenate to the source. Never fails, also on broken text.
//!
//! The `kdl` crate parses; this scanner is what splitting, the everyday mistakes and formatting
//! need: where strings, comments and braces are. It is deliberately wider than the grammar: a
//! bare `./path`, `30s` or `1,` is one word here, so that it can be named as a mistake.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// Blanks within a line, and a byte order mark.
    Space,
    Newline,
    /// `// …` without its newline.
    LineComment,
    /// `/* … */`, nested; runs to the end of the text when it is not closed.
    BlockComment,
    /// `/-`
    Slashdash,
    /// `\`, blanks, perhaps comments, and the newline.
    Continuation,
    OpenBrace,
    CloseBrace,
    OpenParen,
    CloseParen,
    Semicolon,
    Equals,
    /// `[` or `]`, which KDL does not have.
    Bracket,
    /// `"…"`, `"""…"""` or `#"…"#`.
    String(StringKind),
    /// A bare word: identifier, number, `#true`, or something that KDL would refuse.
    Word,
}

/// How a string token is written and whether it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StringKind {
    pub(crate) multi_line: bool,
    /// Number of `#` around a raw string; 0 for a plain one.
    pub(crate) hashes: u8,
    pub(crate) closed: bool,
}

/// A token and its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Token {
    pub(crate) fn range(self) -> Range<usize> {
        self.start..self.end
    }

    pub(crate) fn text(self, source: &str) -> &str {
        source.get(self.range()).unwrap_or_default()
    }

    /// Whether it says nothing: blanks, comments, continuations.
    pub(crate) fn is_trivia(self) -> bool {
        use TokenKind::{BlockComment, Continuation, LineComment, Newline, Space};
        matches!(self.kind, Space | Newline | LineComment | BlockComment | Continuation)
    }
}

/// Cuts `text` into tokens. Postcondition: they are adjacent and cover the text.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { bytes: text.as_bytes(), at: 0 };
    let mut tokens = Vec::with_capacity(text.len() / 4);
    while lexer.at < lexer.bytes.len() {
        let start = lexer.at;
        let kind = lexer.next();
        tokens.push(Token { kind, start, end: lexer.at });
    }
    tokens
}

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn single(&mut self, kind: TokenKind) -> TokenKind {
        self.at += 1;
        kind
    }

    /// Reads one token. Precondition: not at the end.
    fn next(&mut self) -> TokenKind {
        if let Some(length) = self.blank() {
            self.at += length;
            while let Some(length) = self.blank() {
                self.at += length;
            }
            return TokenKind::Space;
        }
        if let Some(length) = self.newline() {
            self.at += length;
            return TokenKind::Newline;
        }
        match self.peek(0) {
            b'{' => self.single(TokenKind::OpenBrace),
            b'}' => self.single(TokenKind::CloseBrace),
            b'(' => self.single(TokenKind::OpenParen),
            b')' => self.single(TokenKind::CloseParen),
            b';' => self.single(TokenKind::Semicolon),
            b'=' => self.single(TokenKind::Equals),
            b'[' | b']' => self.single(TokenKind::Bracket),
            b'"' => self.string(0),
            b'#' => self.hash(),
            b'/' if self.peek(1) == b'/' => self.line_comment(),
            b'/' if self.peek(1) == b'*' => self.block_comment(),
            b'/' if self.peek(1) == b'-' => {
                self.at += 2;
                TokenKind::Slashdash
            }
            b'\\' => self.backslash(),
            _ => self.word(),
        }
    }

    /// Length of one blank character here, if there is one.
    fn blank(&self) -> Option<usize> {
        match *self.rest() {
            [b' ' | b'\t', ..] => Some(1),
            [0xC2, 0xA0, ..] => Some(2),
            [0xE1, 0x9A, 0x80, ..] | [0xE2, 0x80, 0x80..=0x8A | 0xAF, ..] => Some(3),
            [0xE2, 0x81, 0x9F, ..] | [0xE3, 0x80, 0x80, ..] | [0xEF, 0xBB, 0xBF, ..] => Some(3),
            _ => None,
        }
    }

    /// Length of one line end here, if there is one.
    fn newline(&self) -> Option<usize> {
        match *self.rest() {
            [b'\r', b'\n', ..] => Some(2),
            [b'\r' | b'\n' | 0x0B | 0x0C, ..] => Some(1),
            [0xC2, 0x85, ..] => Some(2),
            [0xE2, 0x80, 0xA8 | 0xA9, ..] => Some(3),
            _ => None,
        }
    }

    fn line_comment(&mut self) -> TokenKind {
        while self.at < self.bytes.len() && self.newline().is_none() {
            self.at += 1;
        }
        TokenKind::LineComment
    }

    fn block_comment(&mut self) -> TokenKind {
        let mut depth = 0_usize;
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (b'/', b'*') => (depth, self.at) = (depth + 1, self.at + 2),
                (b'*', b'/') => (depth, self.at) = (depth - 1, self.at + 2),
                _ => self.at += 1,
            }
            if depth == 0 {
                break;
            }
        }
        TokenKind::BlockComment
    }

    /// A line continuation, or a word that starts with a backslash.
    fn backslash(&mut self) -> TokenKind {
        let Some(length) = self.continuation() else { return self.word() };
        self.at += length;
        TokenKind::Continuation
    }

    /// Length of the line continuation here, newline included, if it is one.
    fn continuation(&self) -> Option<usize> {
        let mut ahead = Self { bytes: self.bytes, at: self.at + 1 };
        loop {
            match ahead.blank() {
                Some(length) => ahead.at += length,
                None if ahead.rest().starts_with(b"/*") => drop(ahead.block_comment()),
                None => break,
            }
        }
        if ahead.peek(0) == b'/' && ahead.peek(1) == b'/' {
            ahead.line_comment();
        }
        if ahead.at >= ahead.bytes.len() {
            return Some(ahead.at - self.at);
        }
        ahead.newline().map(|length| ahead.at + length - self.at)
    }

    /// A raw string, a keyword such as `#true`, or a stray `#`.
    fn hash(&mut self) -> TokenKind {
        let hashes = self.rest().iter().take_while(|&&byte| byte == b'#').count();
        if self.peek(hashes) == b'"' && hashes < 256 {
            self.at += hashes;
            return self.string(u8::try_from(hashes).unwrap_or(u8::MAX));
        }
        self.at += hashes;
        if self.at >= self.bytes.len() || self.ends_word() {
            return TokenKind::Word;
        }
        self.word()
    }

    /// A string from its opening quote on. Single-line strings end at the line's end at the latest.
    fn string(&mut self, hashes: u8) -> TokenKind {
        let multi_line = self.rest().starts_with(b"\"\"\"");
        let quotes = if multi_line { 3 } else { 1 };
        // `""` is an empty string, whatever follows; only `"""` and a newline opens a block.
        self.at += quotes;
        let mut closed = false;
        while self.at < self.bytes.len() {
            if !multi_line && self.newline().is_some() {
                break;
            }
            if self.closes(quotes, hashes) {
                self.at += quotes + usize::from(hashes);
                closed = true;
                break;
            }
            let escape = hashes == 0 && self.peek(0) == b'\\';
            self.at += if escape { 1 + self.escaped_length() } else { 1 };
        }
        self.at = self.at.min(self.bytes.len());
        TokenKind::String(StringKind { multi_line, hashes, closed })
    }

    fn closes(&self, quotes: usize, hashes: u8) -> bool {
        let rest = self.rest();
        rest.get(..quotes).is_some_and(|it| it.iter().all(|&byte| byte == b'"'))
            && rest
                .get(quotes..quotes + usize::from(hashes))
                .is_some_and(|it| it.iter().all(|&byte| byte == b'#'))
    }

    /// How much a backslash takes with it: one character, or white space with its newlines.
    fn escaped_length(&self) -> usize {
        let mut ahead = Self { bytes: self.bytes, at: self.at + 1 };
        while let Some(length) = ahead.blank().or_else(|| ahead.newline()) {
            ahead.at += length;
        }
        match ahead.at - self.at - 1 {
            0 => 1,
            skipped => skipped,
        }
    }

    /// A run of anything that is neither blank nor structure.
    fn word(&mut self) -> TokenKind {
        loop {
            self.at += 1;
            if self.at >= self.bytes.len() || self.ends_word() {
                return TokenKind::Word;
            }
        }
    }

    fn ends_word(&self) -> bool {
        match self.peek(0) {
            b'{' | b'}' | b'(' | b')' | b';' | b'=' | b'[' | b']' | b'"' => true,
            b'/' => matches!(self.peek(1), b'/' | b'*'),
            b'\\' => self.continuation().is_some(),
            byte if byte.is_ascii_graphic() => false,
            _ => self.blank().is_some() || self.newline().is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<&str> {
        let all = tokens(text);
        assert_eq!(all.iter().map(|token| token.text(text)).collect::<String>(), text);
        let said = all.into_iter().filter(|token| !token.is_trivia());
        said.map(|token| token.text(text)).collect()
    }

    #[test]
    fn tokens_cover_the_text_and_keep_mistakes_whole() {
        for (text, want) in [
            ("a >=18 <= 120", vec!["a", ">", "=", "18", "<", "=", "120"]),
            ("deps ./x \"y z\" s3://b", vec!["deps", "./x", "\"y z\"", "s3:"]),
            ("a #true #\"raw \\d \"x\"# 1, 2", vec!["a", "#true", "#\"raw \\d \"x\"#", "1,", "2"]),
            ("a \"open\nb", vec!["a", "\"open", "b"]),
            ("a \"\"\"\n x \"q\"\n \"\"\" b", vec!["a", "\"\"\"\n x \"q\"\n \"\"\"", "b"]),
            ("a \"\" \"\\\"\" /* /* x */ */ b", vec!["a", "\"\"", "\"\\\"\"", "b"]),
            ("a \\\n  b é/ü", vec!["a", "b", "é/ü"]),
            ("# x\n#", vec!["#", "x", "#"]),
            ("/- x {a; b}", vec!["/-", "x", "{", "a", ";", "b", "}"]),
        ] {
            assert_eq!(kinds(text), want, "{text}");
        }
    }
}
