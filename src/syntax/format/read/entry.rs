//! Reads one name, value or property, written without blanks in it.

use crate::syntax::format::literal::{self, Word};
use crate::syntax::format::read::Reader;
use crate::syntax::format::tree::{Kind, Node, Part, Text};
use crate::syntax::format::{INDENT, Unformattable, multi_line};
use crate::syntax::lexer::TokenKind;
use std::borrow::Cow;

impl<'a> Reader<'a> {
    /// Reads a node's name with its type; returns it bare and as printed. Comments found inside
    /// go into `parts`.
    pub(super) fn name(
        &mut self,
        dead: bool,
        parts: &mut Vec<Part<'a>>,
    ) -> Result<(&'a str, Cow<'a, str>), Unformattable> {
        let mut text = prefix(dead);
        self.annotation(&mut text, parts)?;
        let name = self.current();
        self.string_value(&mut text, "a node starts with its name")?;
        Ok((name, text))
    }

    /// Reads `value`, `key=value`, either with `/-` before it when `dead`.
    pub(super) fn entry(&mut self, node: &mut Node<'a>, dead: bool) -> Result<(), Unformattable> {
        let mut text = prefix(dead);
        let mut hoisted = Vec::new();
        let typed = self.annotation(&mut text, &mut hoisted)?;
        let key = self.current();
        let (key_at, word) = (self.at, self.value(&mut text)?);
        let mut kind = if is_bound(key) { Kind::Bound } else { Kind::Argument };
        if !typed && self.equals_follows() {
            if matches!(word, Some(Word::Number | Word::Keyword)) {
                self.at = key_at;
                return self.fail("a key is a name or a string");
            }
            self.trivia_run(&mut hoisted)?;
            glue(&mut text, self.bump().into());
            self.trivia_run(&mut hoisted)?;
            self.annotation(&mut text, &mut hoisted)?;
            self.value(&mut text)?;
            kind = if is_bound(key) { Kind::Bound } else { Kind::Property(key) };
        } else if word == Some(Word::Number) && !typed && !dead && node.take_into_bound(key) {
            return Ok(());
        }
        for part in hoisted {
            node.add(part);
        }
        let kind = if dead { Kind::Remark } else { kind };
        node.add(Part::Text(Text::new(text, kind)));
        Ok(())
    }

    /// Reads `(type)` if it is there, and returns whether it was.
    fn annotation(
        &mut self,
        text: &mut Cow<'a, str>,
        parts: &mut Vec<Part<'a>>,
    ) -> Result<bool, Unformattable> {
        if self.peek() != Some(TokenKind::OpenParen) {
            return Ok(false);
        }
        glue(text, self.bump().into());
        self.trivia_run(parts)?;
        self.string_value(text, "a type is a name or a string")?;
        self.trivia_run(parts)?;
        if self.peek() != Some(TokenKind::CloseParen) {
            return self.fail("this type is not closed");
        }
        glue(text, self.bump().into());
        self.trivia_run(parts)?;
        Ok(true)
    }

    /// Reads a word or string that is a string to KDL.
    fn string_value(
        &mut self,
        text: &mut Cow<'a, str>,
        what: &'static str,
    ) -> Result<(), Unformattable> {
        let at = self.at;
        let word = self.value(text)?;
        if matches!(word, Some(Word::Number | Word::Keyword)) {
            self.at = at;
            return self.fail(what);
        }
        Ok(())
    }

    /// Reads a word or a string; `None` for a string.
    fn value(&mut self, text: &mut Cow<'a, str>) -> Result<Option<Word>, Unformattable> {
        match self.peek() {
            Some(TokenKind::Word) => {
                let word = literal::word(self.current());
                if word == Word::Broken {
                    return self.fail("this is no value");
                }
                glue(text, self.bump().into());
                Ok(Some(word))
            }
            Some(TokenKind::String(kind)) => {
                if let Some(mistake) = literal::string_mistake(self.current(), kind) {
                    return self.fail(mistake);
                }
                let indent = (self.depth + 1) * INDENT;
                let Some(string) = multi_line::string(self.current(), kind, indent) else {
                    return self.fail("a line here is indented less than the closing quotes");
                };
                self.at += 1;
                glue(text, string);
                Ok(None)
            }
            _ => self.fail("a value is missing here"),
        }
    }

    fn equals_follows(&self) -> bool {
        use TokenKind::{BlockComment, Continuation, Equals, Space};
        let rest = self.tokens.get(self.at..).unwrap_or_default();
        let inside = |kind| matches!(kind, Space | BlockComment | Continuation);
        let next = rest.iter().find(|token| !inside(token.kind));
        next.is_some_and(|token| token.kind == Equals)
    }

    fn trivia_run(&mut self, parts: &mut Vec<Part<'a>>) -> Result<(), Unformattable> {
        while self.trivia(parts)? {}
        Ok(())
    }

    /// Steps over a blank, block comment or continuation; what must be kept goes into `parts`.
    pub(super) fn trivia(&mut self, parts: &mut Vec<Part<'a>>) -> Result<bool, Unformattable> {
        match self.peek() {
            Some(TokenKind::Space) => self.space()?,
            Some(TokenKind::BlockComment) => {
                let comment = self.block_comment()?;
                parts.push(Part::Text(Text::new(comment, Kind::Remark)));
            }
            Some(TokenKind::Continuation) => {
                let behind = self.continuation()?.into_parts();
                parts.extend(behind.filter(|part| !matches!(part, Part::Continuation(None))));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn is_bound(text: &str) -> bool {
    text.starts_with(['<', '>'])
}

impl Node<'_> {
    /// Joins a number to the bare `>` or `<` right before it.
    fn take_into_bound(&mut self, number: &str) -> bool {
        let Some(Part::Text(Text { text, kind: Kind::Bound, width, .. })) = self.parts.last_mut()
        else {
            return false;
        };
        if text != ">" && text != "<" {
            return false;
        }
        text.to_mut().push_str(number);
        *width += number.len();
        true
    }
}

/// Appends a piece; a single piece stays borrowed.
fn glue<'a>(text: &mut Cow<'a, str>, piece: Cow<'a, str>) {
    if text.is_empty() {
        *text = piece;
    } else {
        text.to_mut().push_str(&piece);
    }
}

fn prefix(dead: bool) -> Cow<'static, str> {
    Cow::Borrowed(if dead { "/-" } else { "" })
}
