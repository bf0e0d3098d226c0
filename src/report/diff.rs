//! The difference of two texts as a unified diff. Unaware of where they come from.

use similar::TextDiff;

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// Shows what turns `old` into `new`, with headers that `git apply` takes; empty when equal.
pub(crate) fn unified(path: &str, old: &str, new: &str, color: bool) -> String {
    let (before, after) = (format!("a/{path}"), format!("b/{path}"));
    let diff = TextDiff::from_lines(old, new);
    let text = diff.unified_diff().context_radius(CONTEXT).header(&before, &after).to_string();
    if color { text.split_inclusive('\n').map(painted).collect() } else { text }
}

fn painted(line: &str) -> String {
    let ink = match line.as_bytes() {
        [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] => "1",
        [b'+', ..] => "32",
        [b'-', ..] => "31",
        [b'@', ..] => "36",
        _ => return line.to_owned(),
    };
    let code = line.trim_end_matches('\n');
    let end = line.get(code.len()..).unwrap_or_default();
    format!("\x1b[{ink}m{code}\x1b[0m{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_has_headers_context_and_colours() {
        let want = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n\\ No newline at end of file\n";
        assert_eq!(unified("x", "a\nb\n", "a\nc", false), want);
        assert!(
            unified("x", "a\n", "b\n", true).contains("\x1b[31m-a\x1b[0m\n\x1b[32m+b\x1b[0m\n")
        );
        assert_eq!(unified("x", "a\n", "a\n", false), "");
    }
}
