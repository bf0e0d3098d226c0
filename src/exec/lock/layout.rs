//! Cuts a lock file into the text before its stages, each stage, and the text after.

/// The text around the stages.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) head: String,
    pub(super) tail: String,
}

/// One stage's own lines, and the comments and empty lines that follow.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) gap: String,
}

/// Spaces before a stage's name in the files that DVC and we write.
const INDENT: &str = "  ";

/// Cuts `text` at the stages whose bytes are given; `None` where lines cannot be told apart.
///
/// Refused are flow style, JSON and another indentation: such files are written anew when
/// something changes, as DVC does. Precondition: the text has no aliases.
pub(super) fn split(text: &str, stages: &[(usize, usize)]) -> Option<(Layout, Vec<Piece>)> {
    let (&(first, _), &(_, last)) = (stages.first()?, stages.last()?);
    if text.contains('\r') {
        return None;
    }
    let head = text.get(..line_start(text, first))?;
    let tail = text.get(line_end(text, last)..)?;
    let next_starts = stages.iter().skip(1).map(|&(start, _)| Some(line_start(text, start)));
    let pieces = stages
        .iter()
        .zip(next_starts.chain([None]))
        .map(|(&span, next)| piece(text, span, next))
        .collect::<Option<Vec<_>>>()?;
    Some((Layout { head: head.to_owned(), tail: tail.to_owned() }, pieces))
}

fn piece(text: &str, (start, end): (usize, usize), next: Option<usize>) -> Option<Piece> {
    let line = line_start(text, start);
    let end = line_end(text, end);
    let gap = text.get(end..next.unwrap_or(end))?;
    let only_comments =
        gap.lines().map(str::trim_start).all(|it| it.is_empty() || it.starts_with('#'));
    let own_line = text.get(line..start)? == INDENT;
    let piece = Piece { text: text.get(line..end)?.to_owned(), gap: gap.to_owned() };
    (own_line && only_comments).then_some(piece)
}

fn line_start(text: &str, offset: usize) -> usize {
    text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1)
}

/// Offset after the end of the line that holds `offset`.
fn line_end(text: &str, offset: usize) -> usize {
    let rest = text.get(offset..).unwrap_or_default();
    rest.find('\n').map_or(text.len(), |at| offset + at + 1)
}
