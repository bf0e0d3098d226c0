//! A text cut into pieces of whole records, so that several can be read at once.

use memchr::{memchr, memchr2, memrchr};
use std::io::Read;

/// How large a piece is: with all that is made of it, it fits in a core's cache.
pub(crate) const PIECE: usize = 1 << 17;
/// A record that is longer is a quote that was never closed, or no record at all.
const LONGEST: usize = 4 << 20;

/// Why the text ends before its end.
#[derive(Debug)]
pub(crate) enum Cut {
    Unreadable(std::io::Error),
    /// The next record is longer than [`LONGEST`].
    Endless,
}

/// How records end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// At each line end.
    Lines,
    /// At line ends outside of quotes; fields end at this byte.
    Quoted(u8),
}

/// The pieces of a text.
pub(crate) struct Pieces<R> {
    input: R,
    ends: Ends,
    size: usize,
    /// What was read behind the last piece.
    rest: Vec<u8>,
    /// Why there is no more.
    cut: Option<Cut>,
    done: bool,
}

impl<R: Read> Pieces<R> {
    pub(crate) fn new(input: R, ends: Ends, size: usize) -> Self {
        Self { input, ends, size, rest: Vec::new(), cut: None, done: false }
    }

    /// Why the pieces ended before the text did.
    pub(crate) fn cut(self) -> Option<Cut> {
        self.cut
    }

    /// Reads until there is so much, or all. Tells whether that was the end.
    fn fill(&mut self, text: &mut Vec<u8>, size: usize) -> Result<bool, std::io::Error> {
        let missing = size.saturating_sub(text.len());
        let read = self.input.by_ref().take(missing as u64).read_to_end(text)?;
        Ok(read < missing)
    }
}

impl<R: Read> Iterator for Pieces<R> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        if self.done {
            return None;
        }
        let mut text = Vec::with_capacity(self.size.max(self.rest.len()));
        text.append(&mut self.rest);
        let mut size = self.size;
        loop {
            match self.fill(&mut text, size) {
                Ok(false) => {}
                Ok(true) => {
                    self.done = true;
                    return (!text.is_empty()).then_some(text);
                }
                Err(error) => {
                    self.done = true;
                    self.cut = Some(Cut::Unreadable(error));
                    return None;
                }
            }
            if let Some(end) = last_end(&text, self.ends) {
                self.rest = text.split_off(end);
                return Some(text);
            }
            if size >= LONGEST {
                self.done = true;
                self.cut = Some(Cut::Endless);
                return None;
            }
            size *= 2;
        }
    }
}

/// Behind the last record that is whole.
fn last_end(text: &[u8], ends: Ends) -> Option<usize> {
    match ends {
        Ends::Quoted(delimiter) if memchr(b'"', text).is_some() => quoted_end(text, delimiter),
        Ends::Quoted(_) | Ends::Lines => memrchr(b'\n', text).map(|at| at + 1),
    }
}

/// The same where line ends may be inside of quotes.
fn quoted_end(text: &[u8], delimiter: u8) -> Option<usize> {
    let (mut at, mut end) = (0, None);
    while at < text.len() {
        let rest = text.get(at..)?;
        if rest.first() == Some(&b'"') {
            let Some(length) = past_quotes(rest) else { return end };
            at += length;
            continue;
        }
        // Quotes inside of a field that begins without one are text.
        let Some(stop) = memchr2(delimiter, b'\n', rest) else { return end };
        at += stop + 1;
        if rest.get(stop) == Some(&b'\n') {
            end = Some(at);
        }
    }
    end
}

/// How long a field in quotes is, to the quote that closes it and what follows up to the end of
/// the field, which is not included. `None` when it is not closed.
fn past_quotes(field: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr(b'"', field.get(at..)?)? + 1;
        // Two quotes stand for one.
        if field.get(at) != Some(&b'"') {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, size: usize) -> (Vec<String>, Option<Cut>) {
        let mut pieces = Pieces::new(text.as_bytes(), Ends::Quoted(b','), size);
        let list = pieces.by_ref().map(|it| String::from_utf8(it).expect("text")).collect();
        (list, pieces.cut())
    }

    #[test]
    fn pieces_end_where_records_end() {
        let text = "a,b\n1,\"x\ny\"\"\n\"\n3,4\n5,6";
        for size in 1..40 {
            let (pieces, trouble) = cut(text, size);
            assert!(trouble.is_none());
            assert_eq!(pieces.concat(), text, "{size}");
            for piece in &pieces {
                assert!(
                    piece.ends_with('\n') || text.ends_with(piece.as_str()),
                    "{size} {piece:?}"
                );
                assert_eq!(piece.matches('"').count() % 2, 0, "{size} {piece:?}");
            }
        }
        assert_eq!(cut("a\nb\"\nc\n", 4).0, ["a\n", "b\"\n", "c\n"]);
    }

    #[test]
    fn a_record_without_end_is_no_record() {
        let open = format!("a\n\"{}", "x\n".repeat(LONGEST));
        assert!(matches!(cut(&open, PIECE).1, Some(Cut::Endless)));
    }
}
