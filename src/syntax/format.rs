//! The canonical form of a spec: text in, text out. Unaware of what the nodes mean to the model.
//!
//! - Four spaces a level, LF, no blanks at line ends, one newline at the end, no byte order mark.
//! - One node a line. A block that was written on one line stays there if the line fits in 100
//!   columns, else it is broken; a block of several lines stays so; an empty one is `{}`.
//! - At most one blank line. At the top level exactly one around a node of several lines, except
//!   that a single line may stay directly above a longer node of the same name.
//! - In `columns` name, type, the rest and the block align, two blanks apart, the `?` of a type
//!   hanging into the gap and the block in the first free column; where children are named by the
//!   author (`thresholds`, `vars`, …) what follows the name aligns; elsewhere adjacent lines with
//!   the same name and the same kind of entries align. Blank and comment lines end a group.
//! - Comments behind a line stand at column 41 or, when a neighbour is longer, two blanks behind
//!   the longest; behind `}` two blanks.
//! - `>= 18` and `> 18` are joined, blanks around `=` and `;` at line ends go, `/-` is attached.
//!   Everything else is kept as written: numbers, quotes, escapes, order.
//! - A multi-line string moves with its node when its value cannot change by that.
//!
//! The `kdl` crate is not asked: printing with it loses comments, and parsing is 20 times slower.

mod lines;
mod literal;
mod multi_line;
mod print;
#[cfg(test)]
mod properties;
mod read;
mod table;
mod tree;

/// Why a text has no canonical form: it is not KDL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unformattable {
    /// Byte offset of the mistake.
    pub(crate) at: usize,
    pub(crate) what: &'static str,
}

/// Columns a level.
const INDENT: usize = 4;
/// A block stays on one line up to this column.
const MAX_WIDTH: usize = 100;

/// Formats a spec. Postcondition: formatting the result changes nothing.
pub(crate) fn format(text: &str) -> Result<String, Unformattable> {
    if text.len() > super::MAX_SIZE {
        return Err(Unformattable { at: 0, what: "a spec may be 16 MB large" });
    }
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let skipped = text.len() - body.len();
    let document = read::document(body)
        .map_err(|mistake| Unformattable { at: mistake.at + skipped, ..mistake })?;
    Ok(print::document(document))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::repair::MAX_DEPTH;

    fn check(cases: &[(&str, &str)]) {
        for (text, want) in cases {
            assert_eq!(format(text).as_deref(), Ok(*want), "{text}");
        }
    }

    #[test]
    fn entries_are_joined_and_spaced() {
        check(&[
            ("a   >= 18  < 120", "a >=18 <120\n"),
            ("a > -1 < \"5%\" > (u8)3", "a >-1 < \"5%\" > (u8)3\n"),
            ("a b = 1;", "a b=1\n"),
            ("a b /* c */ = /* d */ 1", "a /* c */ /* d */ b=1\n"),
            ("/- a /- b  /-  { c }", "/-a /-b /-{ c }\n"),
            ("( t ) a ( u ) 1 b=( v )2", "(t)a (u)1 b=(v)2\n"),
            ("\u{feff}a \t1 \r\nb\r\n\r\n\r\nc", "a 1\nb\n\nc\n"),
            ("", ""),
        ]);
    }

    #[test]
    fn comments_and_continuations_survive_in_odd_places() {
        check(&[
            ("a 1 \\\n\nb 3", "a 1\nb 3\n"),
            ("a \\ /* x */ // y\n 1", "a /* x */ \\ // y\n    1\n"),
            ("a \\ // x\n  1 \\\n 2", "a \\ // x\n    1 \\\n    2\n"),
            ("a \\ // x\n // y\n", "a                                       // x // y\n"),
            ("/- // x\n a", "// x\n/-a\n"),
            ("a /- // x\n 1", "a \\ // x\n    /-1\n"),
            ("a; /* x */\nb { /* y */ }", "a /* x */\nb { /* y */ }\n"),
            ("a { // x\n} // y", "a {                                     // x\n}  // y\n"),
        ]);
    }

    #[test]
    fn multi_line_strings_move_with_their_node() {
        check(&[
            (
                "a {\nb \"\"\"\n  x\n\n    y\n  \"\"\"\n}",
                "a {\n    b \"\"\"\n        x\n\n          y\n        \"\"\"\n}\n",
            ),
            ("b \"\"\"\n  x \\\n  y\n  \"\"\"", "b \"\"\"\n  x \\\n  y\n  \"\"\"\n"),
        ]);
    }

    #[test]
    fn broken_text_is_refused_where_it_is_broken() {
        for (text, at) in [
            ("a {", 2),
            ("a }", 2),
            ("a \"x", 2),
            ("a /* x", 2),
            ("a ./x", 2),
            ("a 30s", 2),
            ("a true", 2),
            ("a =1", 2),
            ("a b=", 4),
            ("a {} b", 5),
            ("a \"\\q\"", 2),
            ("a (", 3),
            ("/-", 2),
            ("{ a }", 0),
            ("1 2", 0),
            ("a\"b\"", 1),
        ] {
            assert_eq!(format(text).map_err(|error| error.at), Err(at), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| "a {\n".repeat(depth) + &"}\n".repeat(depth);
        assert!(format(&nested(MAX_DEPTH)).is_ok());
        assert!(format(&nested(MAX_DEPTH + 1)).is_err());
        assert!(format(&"a {".repeat(1_000_000)).is_err());
    }
}
