//! Did-you-mean: the nearest of a few names.

/// Returns the candidate nearest to `word`, if one is near enough to be what was meant.
///
/// Near enough: optimal string alignment distance (insert, delete, replace, swap of neighbours;
/// case and `_`/`-` ignored) of at most a third of the longer word, and at least 1.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let folded: Vec<char> = word.chars().map(fold).collect();
    let mut best: Option<((usize, usize), &str)> = None;
    for candidate in candidates {
        let length = candidate.chars().count();
        let limit = (folded.len().max(length) / 3).max(1);
        let limit = best.map_or(limit, |((distance, _), _)| limit.min(distance));
        // Lengths alone already tell most words apart.
        if folded.len().abs_diff(length) > limit {
            continue;
        }
        let Some(distance) = distance(&folded, candidate, limit) else { continue };
        let rank = (distance, candidate.len().abs_diff(word.len()));
        if best.is_none_or(|(known, _)| rank < known) {
            best = Some((rank, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
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

fn fold(c: char) -> char {
    if c == '_' { '-' } else { c.to_ascii_lowercase() }
}

/// Optimal string alignment distance, or `None` when it is larger than `limit`.
///
/// What both start and end with is left out: names of one project have much in common.
fn distance(word: &[char], candidate: &str, limit: usize) -> Option<usize> {
    let mut other = candidate.chars().map(fold);
    let mut ahead = other.clone();
    let mut a = word;
    while let (Some((first, rest)), Some(c)) = (a.split_first(), ahead.next())
        && *first == c
    {
        other.next();
        a = rest;
    }
    while let (Some((last, rest)), Some(c)) = (a.split_last(), other.clone().next_back())
        && *last == c
    {
        other.next_back();
        a = rest;
    }
    let b: Vec<char> = other.collect();
    let longer = a.len().max(b.len());
    // Both ends differ: one edit mends one character, or swaps two.
    if a.is_empty() || b.is_empty() || limit < 2 && longer > 2 {
        return (longer <= limit).then_some(longer);
    }
    // An edit changes at most two characters of those that occur.
    if (occurring(a) ^ occurring(&b)).count_ones() as usize > 2 * limit {
        return None;
    }
    let distance = alignment(a, &b);
    (distance <= limit).then_some(distance)
}

/// A bit for each character that occurs; some share one.
fn occurring(word: &[char]) -> u64 {
    word.iter().fold(0, |bits, &c| bits | 1 << (u32::from(c) % 64))
}

/// Optimal string alignment distance with three rolling rows.
fn alignment(a: &[char], b: &[char]) -> usize {
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
