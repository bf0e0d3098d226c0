//! Reads one node: its name, entries and blocks, up to its end.

use crate::syntax::format::Unformattable;
use crate::syntax::format::read::{Continuation, Reader, joined};
use crate::syntax::format::tree::{Block, Kind, Node, Part, Text};
use crate::syntax::lexer::TokenKind;
use crate::syntax::repair::MAX_DEPTH;
use std::borrow::Cow;

impl<'a> Reader<'a> {
    /// Reads a node with its `;`. `leading` are the block comments before it on its line.
    pub(super) fn node(
        &mut self,
        leading: Vec<Cow<'a, str>>,
        dead: bool,
    ) -> Result<Node<'a>, Unformattable> {
        let mut parts = Vec::with_capacity(4);
        let (name, text) = self.name(dead, &mut parts)?;
        let mut before = leading;
        before.push(text);
        let mut node = Node::new(name, Text::new(joined(before), Kind::Name));
        for part in parts {
            node.add(part);
        }
        self.parts(&mut node)?;
        node.drop_last_continuations();
        Ok(node)
    }

    fn parts(&mut self, node: &mut Node<'a>) -> Result<(), Unformattable> {
        let mut spaced = false;
        while let Some(kind) = self.peek() {
            match kind {
                TokenKind::Space => self.space()?,
                TokenKind::BlockComment => {
                    let comment = self.block_comment()?;
                    node.add(Part::Text(Text::new(comment, Kind::Remark)));
                }
                TokenKind::Continuation => {
                    let behind = self.continuation()?;
                    behind.into_parts().for_each(|part| node.add(part));
                }
                TokenKind::Newline | TokenKind::LineComment | TokenKind::CloseBrace => break,
                TokenKind::Semicolon => {
                    self.at += 1;
                    break;
                }
                TokenKind::OpenBrace => self.block(node, false)?,
                _ if !spaced && !node.has_block => {
                    return self.fail("a blank is needed before this");
                }
                TokenKind::Slashdash => self.silenced(node)?,
                _ if node.has_block => return self.fail("nothing follows a block but `;`"),
                TokenKind::Word | TokenKind::String(_) | TokenKind::OpenParen => {
                    self.entry(node, false)?;
                }
                TokenKind::Equals | TokenKind::CloseParen | TokenKind::Bracket => {
                    return self.fail("no value starts like this");
                }
            }
            spaced = matches!(
                kind,
                TokenKind::Space | TokenKind::BlockComment | TokenKind::Continuation
            );
        }
        Ok(())
    }

    /// Reads `/-` and the entry or block behind it; comments between them go before.
    fn silenced(&mut self, node: &mut Node<'a>) -> Result<(), Unformattable> {
        self.at += 1;
        while let Some(kind) = self.peek() {
            match kind {
                TokenKind::Newline => self.at += 1,
                TokenKind::LineComment => {
                    let comment = self.bump().trim_end();
                    node.add(Part::Continuation(Some(comment)));
                }
                TokenKind::Space | TokenKind::BlockComment | TokenKind::Continuation => {
                    let mut hoisted = Vec::new();
                    self.trivia(&mut hoisted)?;
                    hoisted.into_iter().for_each(|part| node.add(part));
                }
                TokenKind::OpenBrace => return self.block(node, true),
                TokenKind::Word | TokenKind::String(_) | TokenKind::OpenParen
                    if !node.has_block =>
                {
                    return self.entry(node, true);
                }
                TokenKind::Word
                | TokenKind::String(_)
                | TokenKind::OpenParen
                | TokenKind::CloseBrace
                | TokenKind::Slashdash
                | TokenKind::Semicolon
                | TokenKind::Equals
                | TokenKind::CloseParen
                | TokenKind::Bracket => break,
            }
        }
        self.fail("`/-` needs something to silence behind it")
    }

    fn block(&mut self, node: &mut Node<'a>, dead: bool) -> Result<(), Unformattable> {
        if !dead && node.has_live_block {
            return self.fail("a node has one block");
        }
        if self.depth == MAX_DEPTH {
            return self.fail("blocks are nested too deeply");
        }
        let open = self.at;
        self.at += 1;
        self.depth += 1;
        let body = self.body(true)?;
        self.depth -= 1;
        if self.peek() != Some(TokenKind::CloseBrace) {
            self.at = open;
            return self.fail("this block is not closed");
        }
        self.at += 1;
        let block = Block::new(dead, body.opening, body.items, !body.several_lines);
        node.add(Part::Block(block));
        Ok(())
    }
}

impl<'a> Continuation<'a> {
    /// Block comments first: before `\` they mean the same.
    pub(super) fn into_parts(self) -> impl Iterator<Item = Part<'a>> {
        let blocks = self.blocks.into_iter().map(|text| Part::Text(Text::new(text, Kind::Remark)));
        blocks.chain([Part::Continuation(self.line)])
    }
}

impl<'a> Node<'a> {
    /// Adds a part. Continuations that change nothing are left out.
    pub(super) fn add(&mut self, part: Part<'a>) {
        let after_continuation = match self.parts.last() {
            Some(Part::Continuation(comment)) => Some(comment.is_none()),
            _ => None,
        };
        match (&part, after_continuation) {
            (Part::Continuation(None), Some(_)) => return,
            (Part::Continuation(_) | Part::Block(_), Some(true)) => drop(self.parts.pop()),
            _ => {}
        }
        if let Part::Block(block) = &part {
            self.has_block = true;
            self.has_live_block |= !block.dead;
        }
        self.parts.push(part);
    }

    /// Adds a comment behind the node, after the one it may have.
    pub(super) fn add_comment(&mut self, comment: &'a str) {
        match &mut self.comment {
            Some(first) => first.to_mut().extend([" ", comment]),
            None => self.comment = Some(Cow::Borrowed(comment)),
        }
    }

    /// A continuation continues nothing at the end of its node; its comment ends the line.
    fn drop_last_continuations(&mut self) {
        let mut comments = Vec::new();
        while let Some(Part::Continuation(comment)) = self.parts.last() {
            comments.extend(*comment);
            self.parts.pop();
        }
        for comment in comments.into_iter().rev() {
            self.add_comment(comment);
        }
    }
}
