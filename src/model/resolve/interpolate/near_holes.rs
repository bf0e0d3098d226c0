//! What was meant as `{{ name }}` but is spelled like another tool's holes, or lacks a brace.

use crate::base::source::{Span, Spanned};
use crate::model::codes;
use crate::model::resolve::Resolver;
use crate::model::resolve::interpolate::Place;
use crate::model::stage::Axis;
use crate::syntax::ast::Text;

/// What may stand before and behind a name, the longest first.
const OPENINGS: &[&str] = &["${{", "{{", "{%", "${", "%(", "<", "{"];
const CLOSINGS: &[&str] = &["}}", "%}", "}", ")s", ">"];

/// Reports misspelled holes of known names; the text with them spelled right, when there are any.
pub(super) fn mend(
    resolver: &mut Resolver<'_>,
    text: &Text,
    axes: &[Axis],
    place: Place,
) -> Option<Text> {
    if !text.value.contains(['{', '<', '(']) && !text.value.contains("}}") {
        return None;
    }
    let known = resolver.known_names(axes);
    let source = resolver.sources.text(text.span).to_owned();
    // Escapes would shift places, so that only text written as it is read is looked at.
    let offset = source.find(text.value.as_str())?;
    let mut value = String::new();
    let mut done = 0;
    for (start, end, name) in found(&text.value, &known, place) {
        let hole = format!("{{{{ {name} }}}}");
        let base = text.span.start as usize + offset;
        let span = Span::new(text.span.file, base + start, base + end);
        let said = text.value.get(start..end).unwrap_or_default();
        resolver.sink.report(
            codes::MISSPELLED_HOLE
                .at(span, format!("`{said}` is not replaced"))
                .label("not how the value of a name is taken in")
                .fix(format!("write `{hole}`"), span, hole.clone()),
        );
        value.push_str(text.value.get(done..start)?);
        value.push_str(&hole);
        done = end;
    }
    value.push_str(text.value.get(done..)?);
    (done > 0).then(|| Spanned::new(value, text.span))
}

/// Where misspelled holes begin and end, and the names in them.
fn found(text: &str, known: &[(String, Span)], place: Place) -> Vec<(usize, usize, String)> {
    let mut list: Vec<_> = unopened(text, known).into_iter().collect();
    let mut from = list.last().map_or(0, |it| it.1);
    while let Some((start, end, name)) = next(text, from, known, place) {
        from = end.max(from + 1);
        if let Some(name) = name {
            list.push((start, end, name));
        }
    }
    list
}

/// `model }}` with nothing that opens it, as the first thing in braces.
fn unopened(text: &str, known: &[(String, Span)]) -> Option<(usize, usize, String)> {
    let close = text.find("}}")?;
    let before = text.get(..close)?;
    let name = before.trim_end_matches(' ');
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let start = name.rfind(|c| !is_part(c)).map_or(0, |at| at + 1);
    let name = name.get(start..)?;
    let known = known.iter().any(|(it, _)| it == name);
    (known && !before.contains('{')).then(|| (start, close + 2, name.to_owned()))
}

/// The next thing that opens like a hole from `from` on; its name when it is misspelled.
fn next(
    text: &str,
    from: usize,
    known: &[(String, Span)],
    place: Place,
) -> Option<(usize, usize, Option<String>)> {
    let rest = text.get(from..)?;
    let (start, opening) = rest.char_indices().find_map(|(at, _)| {
        let tail = rest.get(at..)?;
        OPENINGS.iter().find(|it| tail.starts_with(**it)).map(|it| (from + at, *it))
    })?;
    let inside = start + opening.len();
    let body = text.get(inside..)?;
    let blanks = body.len() - body.trim_start_matches(' ').len();
    let word = body.get(blanks..)?;
    let length = word
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.')))
        .unwrap_or(word.len());
    let name = word.get(..length)?;
    let after = inside + blanks + length;
    let tail = text.get(after..)?;
    let gap = tail.len() - tail.trim_start_matches(' ').len();
    let closing =
        CLOSINGS.iter().find(|it| tail.get(gap..).is_some_and(|it2| it2.starts_with(**it)));
    let end = closing.map_or(after, |it| after + gap + it.len());
    let closed = opening == "{{" && closing == Some(&"}}");
    let only = known.first().filter(|_| closed && name.is_empty() && known.len() == 1);
    let right = closed && only.is_none();
    let name = only.or_else(|| known.iter().find(|(it, _)| it == name)).map(|(it, _)| it);
    // The shell's own `${x}` and `<x>` stay what they are in commands.
    let shell = place == Place::Command && matches!(opening, "${" | "<");
    let open_end = closing.is_none() && !matches!(opening, "{{" | "${{");
    let odd = opening == "{" && closing != Some(&"}") && closing != Some(&"}}");
    let name = name.filter(|_| !(right || shell || open_end || odd)).cloned();
    Some((start, end, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::source::FileId;

    #[test]
    fn holes_of_other_tools_are_recognised() {
        let known = [("model".to_owned(), Span::new(FileId(0), 0, 0))];
        for (text, want) in [
            ("a {model} b", vec!["{model}"]),
            ("${{ model }}", vec!["${{ model }}"]),
            ("x {{ model", vec!["{{ model"]),
            ("x {{ model }", vec!["{{ model }"]),
            ("x { model }}", vec!["{ model }}"]),
            ("x {% model %} %(model)s", vec!["{% model %}", "%(model)s"]),
            ("x <model> ${model}", vec!["<model>", "${model}"]),
            ("x/model }}", vec!["model }}"]),
            ("x {{ model }} {other} {model:>3}", vec![]),
        ] {
            let found = found(text, &known, Place::Path);
            let said: Vec<&str> = found.iter().map(|(from, to, _)| &text[*from..*to]).collect();
            assert_eq!(said, want, "{text}");
        }
    }
}
