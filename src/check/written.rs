//! How things stand in the source, for fixes: what to write, where, and what to take away.

use crate::base::source::{SourceMap, Span};
use crate::check::allow::whole_line;
use camino::Utf8Path;

/// A path from the root as a string for the file that holds `place`.
pub(super) fn quoted(path: &Utf8Path, place: Span, sources: &SourceMap) -> String {
    let folder = sources.file(place.file).path.parent().unwrap_or(Utf8Path::new(""));
    format!("\"{}\"", relative(path, folder))
}

/// A path from the root, as seen from a folder.
fn relative(path: &Utf8Path, folder: &Utf8Path) -> String {
    let (mut parts, mut base) = (path.components().peekable(), folder.components().peekable());
    while let (Some(a), Some(b)) = (parts.peek(), base.peek())
        && a == b
    {
        parts.next();
        base.next();
    }
    let up = base.map(|_| "..");
    let joined = up.chain(parts.map(|it| it.as_str())).collect::<Vec<_>>().join("/");
    if joined.is_empty() { ".".to_owned() } else { joined }
}

/// A path as a user writes it in the file that holds `place`, joined to a folder of the project.
///
/// `None` when it does not stay below the file's folder.
pub(super) fn below(
    folder: &Utf8Path,
    path: &Utf8Path,
    place: Span,
    sources: &SourceMap,
) -> Option<camino::Utf8PathBuf> {
    let here = sources.file(place.file).path.parent().unwrap_or(Utf8Path::new(""));
    Some(folder.join(path.strip_prefix(here).ok()?))
}

/// Whether a string has no holes, so that it can be replaced as a whole.
pub(super) fn is_plain(place: Span, sources: &SourceMap) -> bool {
    !sources.text(place).contains("{{")
}

/// The first place of `word` within `place`, or `place` itself.
pub(super) fn within(place: Span, word: &str, sources: &SourceMap) -> Span {
    match sources.text(place).find(word) {
        Some(at) if !word.is_empty() => {
            let start = place.start as usize + at;
            Span::new(place.file, start, start + word.len())
        }
        _ => place,
    }
}

/// What to delete so that one argument goes: its whole line when it is the only one.
pub(super) fn argument(place: Span, sources: &SourceMap) -> Span {
    let text = &sources.file(place.file).text;
    let before = text.get(..place.start as usize).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let head = before.get(line_start..).unwrap_or_default();
    let after = text.get(place.end as usize..).unwrap_or_default();
    let tail = after.lines().next().unwrap_or_default();
    if head.split_whitespace().count() == 1 && tail.trim().is_empty() {
        return whole_line(
            Span { start: offset(line_start + head.len() - head.trim_start().len()), ..place },
            sources,
        );
    }
    let blanks = head.len() - head.trim_end().len();
    Span { start: offset(place.start as usize - blanks), ..place }
}

fn offset(at: usize) -> u32 {
    Span::new(Span::default().file, at, at).start
}

/// The line of a node on which a field stands alone: `frozen`, `retry 0`.
pub(super) fn field(node: Span, name: &str, sources: &SourceMap) -> Option<Span> {
    let text = sources.text(node);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        let rest = trimmed.strip_prefix(name);
        if rest.is_some_and(|it| it.is_empty() || it.starts_with(char::is_whitespace)) {
            let from = node.start as usize + start + line.len() - line.trim_start().len();
            let code = trimmed.split("//").next().unwrap_or_default().trim_end();
            return Some(Span::new(node.file, from, from + code.len()));
        }
        start += line.len();
    }
    None
}

/// Where a new line of a node can be put: behind the line of `place`, with its indent.
///
/// `None` unless `field` is what that line starts with and the line is whole.
pub(super) fn next_line(place: Span, field: &str, sources: &SourceMap) -> Option<(Span, String)> {
    let file = sources.file(place.file);
    let first = file.text.get(file.line_range(file.line_of(place.start as usize)))?;
    let end = file.line_range(file.line_of(place.end as usize)).end;
    let rest = file.text.get(place.end as usize..end)?.trim();
    let indent = first.get(..first.len() - first.trim_start().len())?;
    let alone = first.trim_start().strip_prefix(field)?.starts_with(char::is_whitespace);
    let open = rest.is_empty() || rest.starts_with("//");
    (alone && open).then(|| (Span::new(place.file, end, end), format!("\n{indent}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::source::FileId;

    fn place(sources: &SourceMap, id: FileId, word: &str) -> Span {
        let text = &sources.file(id).text;
        let start = text.find(word).expect("the word is in the text");
        Span::new(id, start, start + word.len())
    }

    #[test]
    fn paths_are_written_as_the_file_sees_them() {
        let mut sources = SourceMap::default();
        let root = sources.add("mlc.kdl", "");
        let nested = sources.add("specs/part.kdl", "");
        for (path, file, want) in [
            ("data/a.csv", root, "\"data/a.csv\""),
            ("data/a.csv", nested, "\"../data/a.csv\""),
            ("specs/a.csv", nested, "\"a.csv\""),
            ("specs", nested, "\".\""),
        ] {
            let written = quoted(Utf8Path::new(path), Span::new(file, 0, 0), &sources);
            assert_eq!(written, want, "{path}");
        }
    }

    #[test]
    fn an_argument_goes_with_its_blank_or_its_line() {
        let mut sources = SourceMap::default();
        let id = sources.add("mlc.kdl", "stage a {\n    deps \"x\" \"y\"\n    outs \"z\"\n}\n");
        for (word, want) in
            [("\"x\"", " \"x\""), ("\"y\"", " \"y\""), ("\"z\"", "    outs \"z\"\n")]
        {
            assert_eq!(sources.text(argument(place(&sources, id, word), &sources)), want);
        }
    }

    #[test]
    fn fields_are_found_at_the_start_of_a_line() {
        let mut sources = SourceMap::default();
        let id = sources.add("mlc.kdl", "stage a {\n    cmd \"x frozen\"\n    frozen // why\n}\n");
        let node = Span::new(id, 0, sources.file(id).text.len());
        let found = field(node, "frozen", &sources).expect("there is such a line");
        assert_eq!(sources.text(found), "frozen");
        assert_eq!(found.start, 33);
        assert_eq!(field(node, "always", &sources), None);
    }
}
