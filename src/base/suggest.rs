//! Did-you-mean: the nearest of a few names.

/// Returns the candidate nearest to `word`, if one is near enough to be what was meant.
///
/// Near enough: optimal string alignment distance (insert, delete, replace, swap of neighbours;
/// case and `_`/`-` ignored) of at most a third of the longer word, and at least 1.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let folded = fold(word);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let other = fold(candidate);
            let limit = (folded.len().max(other.len()) / 3).max(1);
            // Lengths alone already tell most words apart.
            if folded.len().abs_diff(other.len()) > limit {
                return None;
            }
            let distance = distance(&folded, &other);
            (distance <= limit).then_some((distance, candidate))
        })
        .min_by_key(|&(distance, candidate)| (distance, candidate.len().abs_diff(word.len())))
        .map(|(_, candidate)| candidate)
}

/// Returns help text that names the nearest candidate, or lists a few of them.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<String> {
    if let Some(near) = nearest(word, candidates.clone()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let mut all: Vec<&str> = candidates.into_iter().collect();
    all.sort_unstable();
    all.dedup();
    match all.len() {
        0 => None,
        1..=8 => Some(format!("known: {}", quoted(&all))),
        _ => None,
    }
}

/// Joins names as `` `a`, `b`, `c` ``.
pub(crate) fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn fold(word: &str) -> Vec<char> {
    word.chars().map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect()
}

/// Optimal string alignment distance with three rolling rows.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut a_previous = None;
    for (row, &a_char) in a.iter().enumerate() {
        let mut current = Vec::with_capacity(b.len() + 1);
        current.push(row + 1);
        let mut b_previous = None;
        for (column, &b_char) in b.iter().enumerate() {
            let get = |cells: &[usize], at: usize| cells.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut best = (get(&last, column) + usize::from(a_char != b_char))
                .min(get(&last, column + 1) + 1)
                .min(get(&current, column) + 1);
            if a_previous == Some(b_char) && b_previous == Some(a_char) {
                best = best.min(get(&before_last, column - 1) + 1);
            }
            current.push(best);
            b_previous = Some(b_char);
        }
        a_previous = Some(a_char);
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_finds_typos_and_ignores_strangers() {
        let names = ["deps", "outs", "params", "metrics", "timeout"];
        for (word, want) in [
            ("dep", Some("deps")),
            ("otus", Some("outs")),
            ("Params", Some("params")),
            ("metrisc", Some("metrics")),
            ("time_out", Some("timeout")),
            ("banana", None),
            ("x", None),
        ] {
            assert_eq!(nearest(word, names), want, "{word}");
        }
    }
}
