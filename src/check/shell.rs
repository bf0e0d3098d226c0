//! The words of a shell script, as far as rules need them. Expands nothing.

use camino::{Utf8Path, Utf8PathBuf};
use std::iter::Peekable;
use std::str::Chars;

/// How a command follows the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Join {
    /// It is the first.
    #[default]
    Start,
    /// On a new line.
    Line,
    /// After `;` or `&`, or in parentheses.
    Semicolon,
    And,
    Or,
    Pipe,
}

/// A word without its quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Whether the shell puts something in, so that the text is not what the program sees.
    pub(super) expands: bool,
}

/// A program and its arguments. Where output goes is left out, where input comes from is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Simple {
    pub(super) join: Join,
    pub(super) words: Vec<Word>,
}

impl Simple {
    pub(super) fn program(&self) -> &str {
        self.words.first().map_or("", |word| word.text.as_str())
    }
}

/// All commands of a script in the order written.
pub(super) fn commands(script: &str) -> Vec<Simple> {
    let mut reader = Reader {
        rest: script.chars().peekable(),
        done: Vec::new(),
        current: Simple::default(),
        heredocs: Vec::new(),
        target: false,
    };
    while reader.step() {}
    reader.end(Join::Start);
    reader.done
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    done: Vec<Simple>,
    current: Simple,
    /// Words that end texts which start on the next line.
    heredocs: Vec<String>,
    /// Whether the next word is a file that is written to.
    target: bool,
}

impl Reader<'_> {
    /// Reads one word or operator.
    fn step(&mut self) -> bool {
        let Some(&c) = self.rest.peek() else { return false };
        match c {
            '\n' => {
                self.rest.next();
                self.end(Join::Line);
                self.skip_heredocs();
            }
            c if c.is_whitespace() => {
                self.rest.next();
            }
            '#' => while self.rest.next_if(|&it| it != '\n').is_some() {},
            ';' | '(' | ')' => {
                self.rest.next();
                self.end(Join::Semicolon);
            }
            '&' | '|' => self.operator(c),
            '<' => self.input(),
            '>' => {
                while self.rest.next_if(|&it| matches!(it, '>' | '&' | '|')).is_some() {}
                self.target = true;
            }
            _ => {
                let word = self.word();
                self.push(word);
            }
        }
        true
    }

    fn operator(&mut self, c: char) {
        self.rest.next();
        let doubled = self.rest.next_if_eq(&c).is_some();
        match (c, doubled) {
            ('&', true) => self.end(Join::And),
            ('|', true) => self.end(Join::Or),
            ('|', false) => self.end(Join::Pipe),
            _ if self.rest.next_if_eq(&'>').is_some() => self.target = true,
            _ => self.end(Join::Semicolon),
        }
    }

    /// `< file`, `<< END` or `<<< text`.
    fn input(&mut self) {
        let mut signs = 0;
        while self.rest.next_if_eq(&'<').is_some() {
            signs += 1;
        }
        if signs < 2 {
            return;
        }
        self.rest.next_if_eq(&'-');
        while self.rest.next_if(|&it| it == ' ').is_some() {}
        let word = self.word();
        if signs == 2 {
            self.heredocs.push(word.text);
        }
    }

    fn skip_heredocs(&mut self) {
        for end in std::mem::take(&mut self.heredocs) {
            loop {
                let mut line = String::new();
                while let Some(c) = self.rest.next_if(|&it| it != '\n') {
                    line.push(c);
                }
                if self.rest.next().is_none() || line.trim() == end {
                    break;
                }
            }
        }
    }

    fn word(&mut self) -> Word {
        let mut word = Word::default();
        while let Some(&c) = self.rest.peek() {
            if c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | ')' | '<' | '>') {
                break;
            }
            self.rest.next();
            match c {
                '\\' => match self.rest.next() {
                    Some('\n') | None => {}
                    Some(escaped) => word.text.push(escaped),
                },
                '\'' => word.text.extend(self.rest.by_ref().take_while(|&it| it != '\'')),
                '"' => self.double_quoted(&mut word),
                '$' | '`' => self.expansion(c, &mut word),
                '*' | '?' | '[' => {
                    word.expands = true;
                    word.text.push(c);
                }
                c => word.text.push(c),
            }
        }
        word
    }

    fn double_quoted(&mut self, word: &mut Word) {
        while let Some(c) = self.rest.next() {
            match c {
                '"' => break,
                '\\' => word.text.extend(self.rest.next()),
                '$' | '`' => self.expansion(c, word),
                c => word.text.push(c),
            }
        }
    }

    /// `$name`, `${…}`, `$(…)` or `` `…` ``: kept as text, but no longer to be trusted.
    fn expansion(&mut self, sign: char, word: &mut Word) {
        word.expands = true;
        word.text.push(sign);
        let (open, close) = match self.rest.peek() {
            _ if sign == '`' => ('`', '`'),
            Some('(') => ('(', ')'),
            Some('{') => ('{', '}'),
            _ => return,
        };
        let mut depth = usize::from(sign == '`');
        for c in self.rest.by_ref() {
            word.text.push(c);
            if c == close {
                depth = depth.saturating_sub(1);
            } else if c == open {
                depth += 1;
            }
            if depth == 0 {
                break;
            }
        }
    }

    fn push(&mut self, word: Word) {
        let number = word.text.bytes().all(|it| it.is_ascii_digit());
        let redirected = number && matches!(self.rest.peek(), Some('<' | '>'));
        if !std::mem::take(&mut self.target) && !redirected && !word.text.is_empty() {
            self.current.words.push(word);
        }
    }

    fn end(&mut self, next: Join) {
        self.target = false;
        let following = Simple { join: next, words: Vec::new() };
        if self.current.words.is_empty() {
            // `&&` at the end of a line holds for the next line.
            if matches!(self.current.join, Join::Start | Join::Semicolon) && !self.done.is_empty() {
                self.current.join = next;
            }
            return;
        }
        self.done.push(std::mem::replace(&mut self.current, following));
    }
}

/// A word that may be a file of the project, with its path from the project's root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) word: String,
    pub(super) path: Utf8PathBuf,
}

/// Every word that may name a file below the root, for a script that starts in `folder`.
pub(super) fn mentions(script: &str, folder: &Utf8Path) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut here = Some(folder.to_owned());
    for command in commands(script) {
        if command.program() == "cd" {
            let to = command.words.get(1).filter(|word| !word.expands);
            here = here.and_then(|here| joined(&here, &to?.text));
            continue;
        }
        let Some(here) = &here else { break };
        for word in command.words.iter().filter(|word| !word.expands) {
            let text = word.text.rsplit_once('=').map_or(word.text.as_str(), |(_, value)| value);
            if may_be_file(text)
                && let Some(path) = joined(here, text)
            {
                found.push(Mention { word: text.to_owned(), path });
            }
        }
        found.extend(module(&command, here));
    }
    found
}

/// `python -m package.module` as the file that it runs.
fn module(command: &Simple, here: &Utf8Path) -> Option<Mention> {
    let mut words = command.words.iter().skip_while(|it| !it.text.starts_with("python")).skip(1);
    let name = words.find(|it| !it.text.starts_with('-') || it.text == "-m")?;
    let name = if name.text == "-m" { words.next()? } else { return None };
    let path = joined(here, &format!("{}.py", name.text.replace('.', "/")))?;
    (!name.expands).then(|| Mention { word: name.text.clone(), path })
}

fn may_be_file(word: &str) -> bool {
    word.contains(['.', '/'])
        && !word.starts_with(['/', '~', '-'])
        && !word.contains("://")
        && word.bytes().any(|it| it.is_ascii_alphabetic())
        && word.parse::<f64>().is_err()
        && word.len() < 1000
}

/// A relative path, cleaned; `None` when it is absolute or leads out of the project.
fn joined(folder: &Utf8Path, path: &str) -> Option<Utf8PathBuf> {
    if path.starts_with(['/', '~']) {
        return None;
    }
    let mut parts: Vec<&str> = folder.as_str().split('/').filter(|it| !it.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(script: &str) -> Vec<(Join, Vec<String>)> {
        let texts = |it: Simple| it.words.into_iter().map(|word| word.text).collect();
        commands(script).into_iter().map(|it| (it.join, texts(it))).collect()
    }

    #[test]
    fn scripts_fall_into_commands_and_words() {
        for (script, want) in [
            (
                "python 'a b.py' --x=\"1 2\"",
                vec![(Join::Start, vec!["python", "a b.py", "--x=1 2"])],
            ),
            ("a > out 2>&1\nb", vec![(Join::Start, vec!["a"]), (Join::Line, vec!["b"])]),
            (
                "a &&\n b || c",
                vec![(Join::Start, vec!["a"]), (Join::And, vec!["b"]), (Join::Or, vec!["c"])],
            ),
            ("a \\\n  b # c", vec![(Join::Start, vec!["a", "b"])]),
            (
                "python - <<'E'\nx = 1\nE\nlast",
                vec![(Join::Start, vec!["python", "-"]), (Join::Line, vec!["last"])],
            ),
            (
                "x < in | y $(z a) `w`",
                vec![(Join::Start, vec!["x", "in"]), (Join::Pipe, vec!["y", "$(z a)", "`w`"])],
            ),
            (
                "a; b & c",
                vec![
                    (Join::Start, vec!["a"]),
                    (Join::Semicolon, vec!["b"]),
                    (Join::Semicolon, vec!["c"]),
                ],
            ),
        ] {
            let want: Vec<(Join, Vec<String>)> = want
                .into_iter()
                .map(|(join, words)| (join, words.into_iter().map(str::to_owned).collect()))
                .collect();
            assert_eq!(words(script), want, "{script}");
        }
    }

    #[test]
    fn words_that_may_be_files_are_seen_from_the_root() {
        for (script, folder, want) in [
            (
                "python src/a.py --lr 0.5 --in=data/x.csv $Y/z.py",
                "",
                vec!["src/a.py", "data/x.csv"],
            ),
            ("cd src && ./a.sh ../b.txt", "", vec!["src/a.sh", "b.txt"]),
            ("python -m pkg.train", "code", vec!["code/pkg.train", "code/pkg/train.py"]),
            ("cd $X; python a.py", "", vec![]),
            ("cat ../../x.txt /etc/passwd https://a.b/c", "sub", vec![]),
        ] {
            let found = mentions(script, Utf8Path::new(folder));
            let paths: Vec<&str> = found.iter().map(|it| it.path.as_str()).collect();
            assert_eq!(paths, want, "{script}");
        }
    }
}
