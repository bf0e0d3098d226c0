//! Schemas from a few lines of text, for tests. Reads just enough and trusts its input.

use crate::base::bound::{Bound, Op};
use crate::base::code::Severity;
use crate::base::source::{FileId, Span, Spanned};
use crate::schema::column::{Check, Column, ColumnType, Scalar, Schema};
use crate::schema::{constraint, literal, types};

/// One column a line; a line `rows >=10` bounds the rows. Spans are offsets into the text.
pub(crate) fn schema(text: &str) -> Schema {
    let mut schema = Schema::default();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let words = words(line, line.as_ptr() as usize - text.as_ptr() as usize);
        match words.split_first() {
            Some((first, rest)) if first.value == "rows" => schema.rows = bounds(rest, None),
            _ => schema.columns.push(read(&words)),
        }
    }
    schema
}

/// One column.
pub(crate) fn column(text: &str) -> Column {
    read(&words(text, 0))
}

fn read(words: &[Spanned<&str>]) -> Column {
    let (name, ty, rest) = (&words[0], &words[1], &words[2..]);
    let (kind, nullable) = types::parse(ty.value).expect("a type");
    let open = rest.iter().position(|word| word.value == "{").unwrap_or(rest.len());
    let block = rest.get(open + 1..rest.len().saturating_sub(1)).unwrap_or_default();
    let checks = block.split(|word| word.value == ";").filter(|words| !words.is_empty());
    Column {
        name: Spanned::new(name.value.to_owned(), name.span),
        ty: Some(Spanned::new(kind, ty.span)),
        nullable,
        bounds: bounds(&rest[..open], Some(kind)),
        checks: checks.map(|words| check(words, kind)).collect(),
        span: name.span.to(words.last().expect("a word").span),
    }
}

fn check(words: &[Spanned<&str>], ty: ColumnType) -> Check {
    let name = constraint::find(words[0].value).expect("a constraint").name;
    let arguments = words[1..].iter().filter(|word| !is_bound(word.value));
    let bounded: Vec<_> = words[1..].iter().filter(|word| is_bound(word.value)).cloned().collect();
    Check {
        constraint: Spanned::new(name, words[0].span),
        arguments: arguments.map(|word| Spanned::new(scalar(word.value), word.span)).collect(),
        bounds: bounds(&bounded, Some(ty)),
        mostly: None,
        severity: Severity::Error,
        span: words[0].span.to(words.last().expect("a word").span),
    }
}

fn is_bound(word: &str) -> bool {
    word.starts_with(['<', '>'])
}

fn bounds(words: &[Spanned<&str>], ty: Option<ColumnType>) -> Vec<Bound> {
    let read = |word: &Spanned<&str>| {
        let (sign, value) = word.value.split_at(1 + usize::from(word.value[1..].starts_with('=')));
        let op = match sign {
            ">=" => Op::Ge,
            ">" => Op::Gt,
            "<=" => Op::Le,
            _ => Op::Lt,
        };
        let value = literal::measure(&scalar(value), ty.unwrap_or(ColumnType::Int(64)))
            .or_else(|| literal::number(&scalar(value)));
        Bound { op, value: value.expect("a number"), span: word.span }
    };
    words.iter().map(read).collect()
}

fn scalar(word: &str) -> Scalar {
    if let Some(text) = word.strip_prefix('"') {
        return Scalar::Str(text.trim_end_matches('"').to_owned());
    }
    match word {
        "#true" => Scalar::Bool(true),
        "#false" => Scalar::Bool(false),
        _ => word
            .parse()
            .map(Scalar::Int)
            .or_else(|_| word.parse().map(Scalar::Float))
            .unwrap_or_else(|_| Scalar::Str(word.to_owned())),
    }
}

/// Words, with braces and semicolons as words of their own and quoted text whole.
fn words(line: &str, offset: usize) -> Vec<Spanned<&str>> {
    let mut words = Vec::new();
    let mut at = 0;
    while at < line.len() {
        let rest = &line[at..];
        let length = match rest.chars().next().expect("not at the end") {
            c if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '{' | '}' | ';' => 1,
            '"' => rest[1..].find('"').expect("a closing quote") + 2,
            _ => rest.find(|c: char| c.is_whitespace() || "{};".contains(c)).unwrap_or(rest.len()),
        };
        let span = Span::new(FileId(0), offset + at, offset + at + length);
        words.push(Spanned::new(&rest[..length], span));
        at += length;
    }
    words
}

/// The text after an edit each, from the last to the first.
pub(crate) fn edited(text: &str, fix: &crate::base::diagnostic::Fix) -> String {
    let mut edits = fix.edits.clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
    edits.iter().fold(text.to_owned(), |text, edit| {
        let range = edit.span.range();
        format!("{}{}{}", &text[..range.start], edit.text, &text[range.end..])
    })
}
