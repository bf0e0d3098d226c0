//! `${…}` in the text of a `dvc.yaml`: where it stands, and what it names. Knows no values.

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Text(&'a str),
    /// What stands between `${` and `}`.
    Hole(&'a str),
}

/// Splits a text at its holes. A backslash in front of `${` makes it text, as does a line end
/// before the brace is closed.
pub(crate) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut done, mut from) = (0, 0);
    while let Some((at, rest)) = find(text, from) {
        let inner = rest.split(['}', '\n']).next().unwrap_or(rest);
        let escaped = text.as_bytes().get(..at).is_some_and(|before| before.ends_with(b"\\"));
        if escaped || rest.as_bytes().get(inner.len()) != Some(&b'}') {
            from = at + 1;
            continue;
        }
        if let Some(before) = text.get(done..at).filter(|it| !it.is_empty()) {
            parts.push(Part::Text(before));
        }
        parts.push(Part::Hole(inner));
        done = at + 2 + inner.len() + 1;
        from = done;
    }
    if let Some(tail) = text.get(done..).filter(|it| !it.is_empty()) {
        parts.push(Part::Text(tail));
    }
    parts
}

/// Whether a text has a hole at all.
pub(crate) fn has_hole(text: &str) -> bool {
    text.contains("${") && parts(text).iter().any(|it| matches!(it, Part::Hole(_)))
}

/// The next `${` from a place on, and what follows it.
fn find(text: &str, from: usize) -> Option<(usize, &str)> {
    let at = from + text.get(from..)?.find("${")?;
    Some((at, text.get(at + 2..)?))
}

/// The keys that an expression follows: `a.b[0]` is `a`, `b`, `0`. An error says what is wrong.
pub(crate) fn keys(inner: &str) -> Result<Vec<&str>, &'static str> {
    let mut keys = Vec::new();
    let mut rest = word(inner, &mut keys)?;
    loop {
        rest = rest.trim_start();
        if let Some(tail) = rest.strip_prefix('.') {
            rest = word(tail, &mut keys)?;
        } else if let Some(tail) = rest.strip_prefix('[') {
            let tail = word(tail, &mut keys)?;
            rest = tail.strip_prefix(']').ok_or("a `[` is not closed")?;
        } else if rest.is_empty() {
            return Ok(keys);
        } else {
            return Err("`.` or `[` must follow here");
        }
    }
}

fn word<'a>(text: &'a str, keys: &mut Vec<&'a str>) -> Result<&'a str, &'static str> {
    let end = text.find(['.', '[', ']']).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    if word.is_empty() {
        return Err("a name is missing");
    }
    keys.push(word.trim());
    Ok(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_found_as_dvc_finds_them() {
        let hole = Part::Hole;
        for (text, want) in [
            ("", vec![]),
            ("a", vec![Part::Text("a")]),
            ("${a}", vec![hole("a")]),
            ("x${a}${b}y", vec![Part::Text("x"), hole("a"), hole("b"), Part::Text("y")]),
            ("\\${a}", vec![Part::Text("\\${a}")]),
            ("\\${${a}", vec![Part::Text("\\${"), hole("a")]),
            ("${a\n}", vec![Part::Text("${a\n}")]),
            ("${a", vec![Part::Text("${a")]),
            ("${a${b}}", vec![hole("a${b"), Part::Text("}")]),
            ("é${ a }", vec![Part::Text("é"), hole(" a ")]),
        ] {
            assert_eq!(parts(text), want, "{text}");
        }
    }

    #[test]
    fn expressions_are_read_as_dvc_reads_them() {
        assert_eq!(keys("a"), Ok(vec!["a"]));
        assert_eq!(keys(" a . b[ 0 ].c"), Ok(vec!["a", "b", "0", "c"]));
        assert_eq!(keys("a b-c"), Ok(vec!["a b-c"]));
        for wrong in ["", ".a", "a.", "a..b", "a[0", "a[]", "a]", "a[0]b", "[0]"] {
            assert!(keys(wrong).is_err(), "{wrong}");
        }
    }
}
