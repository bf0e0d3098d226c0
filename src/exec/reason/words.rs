//! Differences of two commands, word by word, as `git diff --word-diff` shows them.

use crate::exec::reason::window;
use similar::{Algorithm, DiffTag, capture_diff_slices};
use std::ops::Range;

/// How many unchanged words are shown at each side of a change.
const BESIDE: usize = 4;

/// What of a command went and what came.
pub(super) fn word_diff(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (words(old), words(new));
    let diff = capture_diff_slices(Algorithm::Myers, &old, &new);
    let mut out = String::new();
    let mut add = |text: &str| {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(text);
    };
    let last = diff.len().saturating_sub(1);
    for (index, op) in diff.iter().enumerate() {
        let words = |of: &[&str], range: Range<usize>| of.get(range).unwrap_or_default().join(" ");
        let (gone, came) = (words(&old, op.old_range()), words(&new, op.new_range()));
        match op.tag() {
            DiffTag::Equal => {
                add(&unchanged(
                    new.get(op.new_range()).unwrap_or_default(),
                    index == 0,
                    index == last,
                ));
            }
            DiffTag::Delete => add(&format!("[-{}-]", window(&gone))),
            DiffTag::Insert => add(&format!("{{+{}+}}", window(&came))),
            DiffTag::Replace => {
                add(&format!("[-{}-]{{+{}+}}", window(&gone), window(&came)));
            }
        }
    }
    out
}

/// Words between changes, without those that are far from any.
fn unchanged(words: &[&str], is_first: bool, is_last: bool) -> String {
    let after = if is_first { 0 } else { BESIDE };
    let before = if is_last { 0 } else { BESIDE };
    if words.len() <= after + before + 1 {
        return words.join(" ");
    }
    let (head, tail) = (words.get(..after), words.get(words.len() - before..));
    let pieces = head.unwrap_or_default().iter().chain(&["…"]).chain(tail.unwrap_or_default());
    pieces.copied().collect::<Vec<_>>().join(" ")
}

fn words(command: &str) -> Vec<&str> {
    command.split(' ').filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_far_from_any_change_are_left_out() {
        let long = "python src/train.py --data data/train.parquet --out models/m --lr";
        assert_eq!(
            word_diff(&format!("{long} 0.1"), &format!("{long} 0.2")),
            "… data/train.parquet --out models/m --lr [-0.1-]{+0.2+}"
        );
        assert_eq!(
            word_diff(&format!("{long} 1 -q"), &format!("A=1 {long} 1")),
            "{+A=1+} python src/train.py --data data/train.parquet --out models/m --lr 1 [--q-]"
        );
        assert_eq!(word_diff("a", "b c"), "[-a-]{+b c+}");
    }
}
