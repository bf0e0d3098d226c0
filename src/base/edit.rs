//! Applies fixes to texts. Unaware of what they mend and of files on disk.

use crate::base::diagnostic::{Edit, Fix};
use crate::base::source::{FileId, SourceMap, Span};
use std::collections::BTreeMap;

/// Texts after some fixes.
#[derive(Debug, Default)]
pub(crate) struct Edited {
    /// Only files that changed.
    pub(crate) texts: BTreeMap<FileId, String>,
    /// Indices of the fixes that were applied, ascending.
    pub(crate) applied: Vec<usize>,
}

/// Applies fixes whole or not at all, earlier ones first; one that reaches into the text between
/// the first and the last edit of an earlier one is left out, and so is one whose places are not
/// in the text.
pub(crate) fn apply(sources: &SourceMap, fixes: &[&Fix]) -> Edited {
    let mut edits: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    let mut taken: Vec<Span> = Vec::new();
    let mut applied = Vec::new();
    for (index, fix) in fixes.iter().enumerate() {
        let extents = extents(fix);
        let free = |new: &Span| !taken.iter().any(|old| clash(*old, *new));
        let fits = fix.edits.iter().all(|edit| fits(sources, edit.span));
        if extents.is_empty() || !fits || !extents.iter().all(free) {
            continue;
        }
        for edit in &fix.edits {
            edits.entry(edit.span.file).or_default().push(edit);
        }
        taken.extend(extents);
        applied.push(index);
    }
    let changed = edits.into_iter().map(|(file, edits)| {
        let text = &sources.file(file).text;
        (file, replace(text, edits))
    });
    Edited { texts: changed.collect(), applied }
}

/// For each file the span from the first to the last edit.
fn extents(fix: &Fix) -> Vec<Span> {
    let mut extents: BTreeMap<FileId, Span> = BTreeMap::new();
    for edit in &fix.edits {
        extents
            .entry(edit.span.file)
            .and_modify(|known| *known = known.to(edit.span))
            .or_insert(edit.span);
    }
    extents.into_values().collect()
}

/// Whether both reach into the same text, or only touch: a fix is made for text that its neighbour
/// may have given another meaning.
fn clash(a: Span, b: Span) -> bool {
    a.file == b.file && a.start <= b.end && b.start <= a.end
}

fn fits(sources: &SourceMap, span: Span) -> bool {
    sources.file(span.file).text.get(span.range()).is_some()
}

/// Precondition: the edits do not overlap.
fn replace(text: &str, mut edits: Vec<&Edit>) -> String {
    edits.sort_by_key(|edit| edit.span);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        let range = edit.span.range();
        out.push_str(text.get(done..range.start).unwrap_or_default());
        out.push_str(&edit.text);
        done = range.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    fn fix(edits: &[(usize, usize, &str)]) -> Fix {
        let edit = |&(start, end, text): &(usize, usize, &str)| Edit {
            span: Span::new(FileId(0), start, end),
            text: text.to_owned(),
        };
        Fix { title: String::new(), edits: edits.iter().map(edit).collect() }
    }

    fn applied(text: &str, fixes: &[Fix]) -> (String, Vec<usize>) {
        let mut sources = SourceMap::default();
        sources.add("x", text);
        let edited = apply(&sources, &fixes.iter().collect::<Vec<_>>());
        let text = edited.texts.into_values().next().unwrap_or_else(|| text.to_owned());
        (text, edited.applied)
    }

    #[test]
    fn fixes_apply_whole_or_not_at_all() {
        let quote = |start, end| fix(&[(start, start, "\""), (end, end, "\"")]);
        let text = "timeout 30s; cmd true";
        assert_eq!(applied(text, &[quote(8, 11)]), ("timeout \"30s\"; cmd true".into(), vec![0]));
        let both = [quote(8, 11), fix(&[(9, 10, "x"), (17, 21, "#true")]), fix(&[(17, 21, "y")])];
        assert_eq!(applied(text, &both), ("timeout \"30s\"; cmd y".into(), vec![0, 2]));
        assert_eq!(applied(text, &[fix(&[(90, 91, "x")]), fix(&[])]), (text.into(), vec![]));
        assert_eq!(applied("é", &[fix(&[(1, 2, "x")])]), ("é".into(), vec![]));
    }

    proptest! {
        #[test]
        fn what_no_fix_names_stays(
            text in "[a-z]{0,30}",
            edits in proptest::collection::vec((0usize..30, 0usize..5, "[A-Z]{0,3}"), 0..8),
        ) {
            let fixes: Vec<Fix> =
                edits.iter().map(|(at, length, new)| fix(&[(*at, at + length, new)])).collect();
            let (new, applied) = applied(&text, &fixes);
            let removed: usize = applied.iter().map(|&at| edits[at].1).sum();
            let added: usize = applied.iter().map(|&at| edits[at].2.len()).sum();
            prop_assert_eq!(new.len(), text.len() - removed + added);
            let kept = new.chars().filter(char::is_ascii_lowercase).count();
            prop_assert!(kept == text.len() - removed);
        }
    }
}
