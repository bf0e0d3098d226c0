//! The page of a diagnostic as users see it. Its source says files of examples in fences of their
//! own; here they get a caption.

use crate::base::code::Code;

/// The page, with the way to silence the rule, which is the same for all.
pub(crate) fn of(code: &Code) -> String {
    let mut page = String::with_capacity(code.docs.len() + 160);
    let mut lines = code.docs.trim_end().lines();
    while let Some(line) = lines.next() {
        let Some((caption, has_text)) = line.strip_prefix("```").and_then(caption) else {
            page.push_str(line);
            page.push('\n');
            continue;
        };
        let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        page.push_str(&caption);
        page.push('\n');
        if has_text && !text.is_empty() {
            page.push_str(&format!("\n```text\n{}\n```\n", text.join("\n")));
        }
    }
    if code.allowable {
        page.push_str(&format!(
            "\n## How to allow it\n\n`allow \"{}\"` in the block of the node, or at the top level for \
             the whole file.\n",
            code.slug
        ));
    }
    page
}

/// What stands above a file of an example, and whether its text follows.
fn caption(info: &str) -> Option<(String, bool)> {
    let words: Vec<&str> = info.split_whitespace().collect();
    match *words.as_slice() {
        ["file", path] => Some((format!("`{path}`:"), true)),
        ["git", path] => Some((format!("`{path}`, tracked by git:"), true)),
        ["link", path, "->", target] => {
            Some((format!("`{path}` is a symbolic link to `{target}`."), false))
        }
        ["fifo", path] => Some((format!("`{path}` is a named pipe."), false)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_get_captions() {
        static CODE: Code = Code::warning(
            "lost-link",
            "",
            "# lost-link\n\n```kdl bad\nmlc 1\n```\n\n```file a.csv\nid\n```\n\n```link b -> c\n```\n",
        );
        let want = "# lost-link\n\n```kdl bad\nmlc 1\n```\n\n`a.csv`:\n\n```text\nid\n```\n\n\
                    `b` is a symbolic link to `c`.\n\n## How to allow it\n\n\
                    `allow \"lost-link\"` in the block of the node, or at the top level for the \
                    whole file.\n";
        assert_eq!(of(&CODE), want);
    }
}
