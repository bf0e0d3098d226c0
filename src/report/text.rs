//! Text measured in columns of a terminal.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Columns that `text` takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// Columns that `c` takes.
pub(crate) fn char_width(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// Text inside XML, HTML or a label of Mermaid, which reads quotes and markup in it.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Breaks `text` at spaces into lines of at most `limit` columns; line breaks in it are kept.
///
/// A word wider than a line gets a line of its own, so that paths and names stay copyable.
pub(crate) fn wrap(text: &str, limit: usize) -> Vec<String> {
    text.lines().flat_map(|line| wrap_line(line, limit)).collect()
}

fn wrap_line(text: &str, limit: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && width(&line) + 1 + width(word) > limit {
            lines.push(std::mem::take(&mut line));
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// Cuts `text` to at most `limit` columns, the last of them `…` when something was cut.
pub(crate) fn crop(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += char_width(c);
        if used > limit {
            break;
        }
        cut.push(c);
    }
    cut.push('…');
    cut
}

/// `1 error`, `2 errors`.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// Replaces characters that a terminal would obey, a line break or an escape, by pictures.
pub(crate) fn printable(c: char) -> char {
    match c {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        // Directions of text can make a line look like another one.
        '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ => c,
    }
}

/// Text without what XML cannot hold, however it is written.
pub(crate) fn attribute(text: &str) -> String {
    let allowed = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    escaped(&text.chars().filter(allowed).collect::<String>())
}

/// Text as it is: in as many backticks as it needs, on one line, without ending a cell.
pub(crate) fn cell(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let text: String = text.chars().map(plain).collect::<String>().replace('|', "\\|");
    let mut fence = String::from("`");
    while text.contains(&fence) {
        fence.push('`');
    }
    let room = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    match text.is_empty() {
        true => String::new(),
        false => format!("{fence}{room}{text}{room}{fence}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrap_breaks_at_spaces_and_keeps_long_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a/very/long/path x", 5), ["a/very/long/path", "x"]);
        assert_eq!(wrap("日本 語", 4), ["日本", "語"]);
        assert_eq!(wrap("a\n\nb", 9), ["a", "", "b"]);
    }

    #[test]
    fn crop_counts_columns() {
        assert_eq!(crop("abcdef", 6), "abcdef");
        assert_eq!(crop("abcdefg", 6), "abcde…");
        assert_eq!(crop("日本語", 5), "日本…");
    }

    #[test]
    fn printable_disarms_escapes() {
        assert_eq!("a\x1b[2J\u{202e}".chars().map(printable).collect::<String>(), "a␛[2J\u{fffd}");
    }
}
