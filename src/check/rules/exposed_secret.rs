//! `exposed-secret`: a password or token is written into the spec or a params file.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::source::{FileId, Span};
use crate::check::{Context, Rule};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "exposed-secret",
        "a password or token is written out",
        include_str!("exposed_secret.md"),
    ),
    run,
};

/// How well-known tokens start, how many characters follow at least, and what they are.
const TOKENS: &[(&str, usize, &str)] = &[
    ("AKIA", 16, "an AWS access key"),
    ("ASIA", 16, "an AWS access key"),
    ("ghp_", 30, "a GitHub token"),
    ("gho_", 30, "a GitHub token"),
    ("ghs_", 30, "a GitHub token"),
    ("github_pat_", 30, "a GitHub token"),
    ("glpat-", 20, "a GitLab token"),
    ("xoxb-", 20, "a Slack token"),
    ("xoxp-", 20, "a Slack token"),
    ("hf_", 30, "a Hugging Face token"),
    ("sk-", 32, "an API key"),
    ("AIza", 35, "a Google API key"),
];

const PRIVATE_KEY: &str = "PRIVATE KEY-----";

/// Parts of a name that say that its value is secret.
const SECRET_WORDS: &[&str] = &["password", "passwd", "pwd", "secret", "token", "apikey", "key"];

fn run(context: &Context<'_>, sink: &mut Sink) {
    for (id, file) in context.sources.iter() {
        for (span, what) in secrets(id, &file.text) {
            // The value itself is never part of the message.
            sink.report(
                RULE.code
                    .at(span, format!("{what} is written out"))
                    .label("everybody who sees this file can use it")
                    .help("write `{{ env.NAME }}`, and change it where it is valid"),
            );
        }
    }
}

/// Each secret once, by its place.
fn secrets(file: FileId, text: &str) -> Vec<(Span, &'static str)> {
    let mut found: BTreeMap<usize, (usize, &'static str)> = BTreeMap::new();
    for &(prefix, length, what) in TOKENS {
        for (at, _) in text.match_indices(prefix) {
            let value = value_at(text, at);
            let starts = !text.get(..at).is_some_and(|it| it.ends_with(is_value));
            if starts && value.len() >= prefix.len() + length && is_random(value) {
                found.insert(at, (value.len(), what));
            }
        }
    }
    for (at, _) in text.match_indices(PRIVATE_KEY) {
        let start = text.get(..at).and_then(|it| it.rfind("-----BEGIN")).unwrap_or(at);
        if at - start < 40 && start < at {
            found.insert(start, (at + PRIVATE_KEY.len() - start, "a private key"));
        }
    }
    for at in assigned(text) {
        let value = value_at(text, at);
        if value.len() >= 16 && is_random(value) {
            found.entry(at).or_insert((value.len(), "what looks like a password or token"));
        }
    }
    let span = |(at, (length, what))| (Span::new(file, at, at + length), what);
    found.into_iter().map(span).collect()
}

fn is_value(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '/' | '=')
}

fn value_at(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or_default();
    rest.get(..rest.find(|c| !is_value(c)).unwrap_or(rest.len())).unwrap_or_default()
}

/// Where the values of names such as `API_TOKEN` and `--password` start.
fn assigned(text: &str) -> impl Iterator<Item = usize> {
    let words = SECRET_WORDS.iter().flat_map(|word| {
        let upper = word.to_ascii_uppercase();
        let small = text.match_indices(word).map(|(at, _)| at).collect::<Vec<_>>();
        let large = text.match_indices(&upper).map(|(at, _)| at).collect::<Vec<_>>();
        small.into_iter().chain(large).map(|at| at + word.len())
    });
    words.filter_map(|end| {
        let rest = text.get(end..)?;
        let value = rest.trim_start_matches(['=', ':', ' ', '"', '\'']);
        (value.len() < rest.len()).then_some(text.len() - value.len())
    })
}

/// Whether no word or path looks like this: letters and digits mixed without an order.
fn is_random(value: &str) -> bool {
    let mut counts = [0_u32; 128];
    for byte in value.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let total = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    let share = |count: u32| f64::from(count) / total;
    let entropy: f64 =
        counts.iter().filter(|&&it| it > 0).map(|&it| -share(it) * share(it).log2()).sum();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    entropy >= 3.3 && digits >= 3 && letters >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_told_from_words_and_paths() {
        // Put together here, so that no scanner takes this file for a leak.
        let github = format!("curl -H ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
        let password = format!("--password {}", "x9K2mQ7vL4pR8wT3");
        let variable = format!("env DB_TOKEN=\"{}\"", "k3J9sL2mN8qW5xZ7");
        for (text, want) in [
            (github.as_str(), 1),
            (password.as_str(), 1),
            (variable.as_str(), 1),
            ("-----BEGIN RSA PRIVATE KEY-----", 1),
            ("--token-file secrets/token.txt", 0),
            ("tokenizer=bert-base-uncased-v2-2024", 0),
            ("max_tokens=4096 primary_key customer_id", 0),
            ("--password {{ env.DB_PASSWORD }}", 0),
            ("disk-partition-with-a-long-name-and-more-words-123", 0),
        ] {
            assert_eq!(secrets(FileId(0), text).len(), want, "{text}");
        }
    }
}
