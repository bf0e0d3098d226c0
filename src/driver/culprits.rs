//! Where a misspelled name is at home: at the place that refers to it, or where it is defined.
//!
//! When the two differ, the spelling that the project uses more often is taken as the right one.
//! A misspelled definition is told once, at the definition, whatever the number of references.

use crate::base::diagnostic::{Diagnostic, Sink};
use crate::base::source::{SourceMap, Span};
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// Endings of files: a spelling that is one is right.
const ENDINGS: &[&str] =
    &["csv", "json", "jsonl", "joblib", "parquet", "pkl", "py", "sh", "txt", "yaml", "yml", "onnx"];

/// Words of the field: a metric or folder of this name is hardly misspelled.
const COMMON: &[&str] = &[
    "accuracy",
    "auc",
    "data",
    "evaluate",
    "f1",
    "features",
    "loss",
    "mae",
    "metrics",
    "model",
    "models",
    "mse",
    "plots",
    "precision",
    "prepare",
    "processed",
    "raw",
    "recall",
    "rmse",
    "src",
    "test",
    "train",
    "validation",
];

/// Moves diagnostics about names to the definitions that are to blame, and joins those that say
/// the same of several places.
pub(super) fn find(sink: &mut Sink, sources: &SourceMap) {
    let mut blamed: BTreeMap<(Span, String), Diagnostic> = BTreeMap::new();
    let mut unknown: BTreeMap<String, Span> = BTreeMap::new();
    let mut more: BTreeMap<Span, Vec<Span>> = BTreeMap::new();
    let words = Words { sources, counts: OnceCell::new() };
    sink.retain(|it| {
        if let Some((place, word)) = it.defined.and_then(|place| culprit(it, place, &words)) {
            let entry = blamed.entry((place, word.clone()));
            let told = entry.or_insert_with(|| blame(it, place, &word, sources));
            told.secondary.push(crate::base::diagnostic::Label {
                span: it.primary.span,
                text: format!("`{word}` here"),
            });
            return false;
        }
        if it.fix.is_some() || !it.code.slug.starts_with("unknown-") {
            return true;
        }
        let first = *unknown.entry(it.message.clone()).or_insert(it.primary.span);
        if first != it.primary.span {
            more.entry(first).or_default().push(it.primary.span);
        }
        first == it.primary.span
    });
    for it in sink.iter_mut() {
        for span in more.remove(&it.primary.span).unwrap_or_default() {
            let text = "and here".to_owned();
            it.secondary.push(crate::base::diagnostic::Label { span, text });
        }
    }
    blamed.into_values().for_each(|it| sink.report(it));
}

/// The word of a definition to blame, and what it should be.
fn culprit(it: &Diagnostic, place: Span, words: &Words<'_>) -> Option<(Span, String)> {
    let text = |span: Span| words.sources.text(span);
    let (defined, used) = (text(place), text(it.primary.span));
    let (ours, theirs) = difference(defined, used)?;
    let (wrong, right) = (defined.get(ours.clone())?, used.get(theirs)?);
    let known = |word: &str| ENDINGS.contains(&word) || COMMON.contains(&word);
    let weight = |word: &str| words.count(word) + 2 * usize::from(known(word));
    let start = place.start as usize;
    let span = Span::new(place.file, start + ours.start, start + ours.end);
    // What is spelled so elsewhere too was meant so.
    let lonely = words.count(wrong) == 1;
    (lonely && weight(right) > weight(wrong)).then(|| (span, right.to_owned()))
}

fn blame(it: &Diagnostic, place: Span, word: &str, sources: &SourceMap) -> Diagnostic {
    let wrong = sources.text(place);
    it.code.at(place, format!("`{wrong}` is spelled `{word}` elsewhere")).label("defined here").fix(
        format!("write `{word}`"),
        place,
        word,
    )
}

type Part = std::ops::Range<usize>;

/// The one word in which two texts differ.
fn difference(a: &str, b: &str) -> Option<(Part, Part)> {
    let head = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let rest = (a.get(head..)?.bytes().rev()).zip(b.get(head..)?.bytes().rev());
    let tail = rest.take_while(|(a, b)| a == b).count();
    let word = |text: &str| -> Option<Part> {
        let before = text.get(..head)?;
        let start = head - before.bytes().rev().take_while(|it| is_word(*it)).count();
        let from = text.len() - tail;
        let end = from + text.get(from..)?.bytes().take_while(|it| is_word(*it)).count();
        let part = text.get(start..end)?;
        (!part.is_empty() && part.bytes().all(is_word)).then_some(start..end)
    };
    Some((word(a)?, word(b)?))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

/// How often each word stands in the project's files; counted when first asked for.
struct Words<'a> {
    sources: &'a SourceMap,
    counts: OnceCell<BTreeMap<&'a str, usize>>,
}

impl Words<'_> {
    fn count(&self, word: &str) -> usize {
        let counts = self.counts.get_or_init(|| {
            let mut counts = BTreeMap::new();
            let texts = self.sources.iter().map(|(_, file)| &*file.text);
            let words = texts.flat_map(|it| it.split(|c: char| !c.is_ascii_alphanumeric()));
            words.for_each(|word| *counts.entry(word).or_default() += 1);
            counts
        });
        counts.get(word).copied().unwrap_or_default()
    }
}
