//! Random single edits: none panics, takes long, or sets off a cascade.

use super::{check, in_parallel, line};
use std::time::{Duration, Instant};

/// Edits tried.
const COUNT: u64 = 300;

/// Diagnostics that one edit may give at most.
const MOST: usize = 3;

/// Share of edits, in percent, after which more may be said: a section of another kind, a string
/// broken in two.
const CASCADES: usize = 3;

/// Share of edits, in percent, whose first diagnostic and labels may all stand further away than a
/// line: a file of another name can have been meant.
const ASTRAY: usize = 4;

#[test]
fn random_edits_neither_panic_nor_cascade() {
    let seeds: Vec<u64> = (0..COUNT).collect();
    let outcomes = in_parallel(&seeds, run);
    let bad: Vec<&String> = outcomes.iter().filter_map(|it| it.cascade.as_ref()).collect();
    let astray: Vec<&String> = outcomes.iter().filter_map(|it| it.astray.as_ref()).collect();
    for text in bad.iter().chain(&astray) {
        println!("{text}");
    }
    println!("{} cascades, {} astray", bad.len(), astray.len());
    assert!(outcomes.iter().all(|it| !it.failed), "a panic, or a slow check");
    assert!(bad.len() * 100 <= CASCADES * outcomes.len(), "{} cascades", bad.len());
    assert!(astray.len() * 100 <= ASTRAY * outcomes.len(), "{} astray", astray.len());
}

struct Outcome {
    /// A panic, or a slow check.
    failed: bool,
    /// As above, or too much said.
    cascade: Option<String>,
    /// The first diagnostic is far from the edit.
    astray: Option<String>,
}

fn run(seed: &u64) -> Outcome {
    let name = if seed.is_multiple_of(3) { "tumor" } else { "churn" };
    let project = super::example(name);
    let text = project.read("mlc.kdl");
    let (start, end, new) = edit(&text, *seed);
    let mutated = format!("{}{new}{}", &text[..start], &text[end..]);
    project.write("mlc.kdl", &mutated);
    let began = Instant::now();
    let (said, told) = check(&project, &["check", "--format", "json"]);
    let slow = began.elapsed() > Duration::from_secs(5);
    let at = text[..start].matches('\n').count() as u64 + 1;
    let what = format!("{name} {seed} line {at}: `{}` to `{new}`\n", &text[start..end]);
    let list: String = told.iter().map(line).collect();
    let panicked = said.code.is_none_or(|code| code > 1);
    let cascade = panicked || slow || told.len() > MOST;
    // A block that is not closed is told where it opens, with a label where it should have ended.
    let labels = told.iter().flat_map(|it| it["labels"].as_array().into_iter().flatten());
    let lines = told.iter().take(1).chain(labels);
    let lines = lines.filter_map(|it| it["span"]["start"]["line"].as_u64());
    let first = lines.min_by_key(|line| line.abs_diff(at));
    let lines = new.matches('\n').count().max(text[start..end].matches('\n').count()) as u64;
    let astray = first.is_some_and(|line| line.abs_diff(at) > 1 + lines);
    Outcome {
        failed: panicked || slow,
        cascade: cascade.then(|| format!("CASCADE {what}{list}{}", said.err)),
        astray: (astray && !cascade).then(|| format!("astray {what}{list}")),
    }
}

/// A random edit: bytes to replace, and by what.
fn edit(text: &str, seed: u64) -> (usize, usize, String) {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let tokens = tokens(text);
    let pick = random.below(tokens.len() - 1);
    let (start, end) = tokens[pick];
    let at = start + random.below(end - start);
    let other = tokens[random.below(tokens.len())];
    let stray = ["{", "}", "\"", "=", ",", ":", "x", "#", "/", "'", "\n", " ", "-", ";", "(", "1"];
    let stray = stray[random.below(stray.len())].to_owned();
    let swap = |from: usize, to: usize| text[from..to].chars().rev().collect::<String>();
    match random.below(7) {
        0 => (at, at + 1, String::new()),
        1 => (at, at, stray),
        2 => (at, at + 1, stray),
        3 if end - start > 1 => {
            let at = at.min(end - 2);
            (at, at + 2, swap(at, at + 2))
        }
        4 => (start, end, text[other.0..other.1].to_owned()),
        5 => (start, start, format!("{} ", &text[other.0..other.1])),
        _ => (start, end, String::new()),
    }
}

/// Words, quoted strings and signs that are not in comments.
fn tokens(text: &str) -> Vec<(usize, usize)> {
    let mut tokens = Vec::new();
    let mut begin = 0;
    for line in text.split_inclusive('\n') {
        let code = line.find("//").map_or(line, |at| &line[..at]);
        let mut start = None;
        for (at, c) in code.char_indices() {
            if c.is_whitespace() {
                tokens.extend(start.take().map(|start| (begin + start, begin + at)));
            } else {
                start = start.or(Some(at));
            }
        }
        tokens.extend(start.map(|start| (begin + start, begin + code.len())));
        begin += line.len();
    }
    tokens
}

/// Xorshift: the same numbers everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit
    }
}
