//! Scripts that mean the same without a shell: plain words and redirections, joined by `&&`.
//!
//! Starting a shell costs more than most small commands. Whatever a shell could read as more than
//! a word is left to it: expansions, patterns, assignments, its own commands. Knows nothing of
//! processes.

/// A script as the commands to start one after the other, while each ends well.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Command<'a> {
    /// As it stands in the script, for the shell if the command cannot be started.
    pub(super) text: &'a str,
    /// Never empty: the program and its arguments.
    pub(super) words: Vec<String>,
    /// In the order written, which decides what `2>&1` means.
    pub(super) redirections: Vec<Redirection>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Redirection {
    Input(String),
    Output {
        stream: Stream,
        path: String,
        append: bool,
    },
    /// `2>&1`
    ErrorsToOutput,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Output,
    Errors,
}

/// Words that a shell takes for its own. `echo`, `true` and `false` are programs as well, which do
/// the same without options.
const OWN: &[&str] = &[
    ".",
    ":",
    "[",
    "[[",
    "]]",
    "!",
    "{",
    "}",
    "alias",
    "bg",
    "bind",
    "break",
    "builtin",
    "caller",
    "case",
    "cd",
    "command",
    "compgen",
    "complete",
    "compopt",
    "continue",
    "coproc",
    "declare",
    "dirs",
    "disown",
    "do",
    "done",
    "elif",
    "else",
    "enable",
    "esac",
    "eval",
    "exec",
    "exit",
    "export",
    "fc",
    "fg",
    "fi",
    "for",
    "function",
    "getopts",
    "hash",
    "help",
    "history",
    "if",
    "in",
    "jobs",
    "kill",
    "let",
    "local",
    "logout",
    "mapfile",
    "popd",
    "printf",
    "pushd",
    "pwd",
    "read",
    "readarray",
    "readonly",
    "return",
    "select",
    "set",
    "shift",
    "shopt",
    "source",
    "suspend",
    "test",
    "then",
    "time",
    "times",
    "trap",
    "type",
    "typeset",
    "ulimit",
    "umask",
    "unalias",
    "unset",
    "until",
    "wait",
    "while",
];

/// The commands of a script, or `None` when it needs a shell.
pub(super) fn parse(script: &str) -> Option<Vec<Command<'_>>> {
    let mut parser = Parser { text: script, at: 0 };
    let mut commands = Vec::new();
    loop {
        commands.push(parser.command()?);
        match parser.peek() {
            None => return Some(commands),
            Some('&') if parser.rest().starts_with("&&") => parser.at += 2,
            Some(_) => return None,
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    /// Byte offset of what comes next.
    at: usize,
}

impl<'a> Parser<'a> {
    /// Reads up to the end or to an operator that is not a redirection.
    fn command(&mut self) -> Option<Command<'a>> {
        self.skip_blanks();
        let start = self.at;
        let (mut words, mut redirections) = (Vec::new(), Vec::new());
        while let Some(next) = self.peek() {
            match next {
                '&' => break,
                '<' | '>' => redirections.push(self.redirection("")?),
                _ => {
                    let from = self.at;
                    let word = self.word()?;
                    let plain = self.text.get(from..self.at)?;
                    if is_number(plain) && matches!(self.peek(), Some('<' | '>')) {
                        redirections.push(self.redirection(plain)?);
                    } else if words.is_empty() && plain.contains('=') {
                        return None;
                    } else {
                        words.push(word);
                    }
                }
            }
            self.skip_blanks();
        }
        let text = self.text.get(start..self.at)?.trim_end();
        runs_without_shell(&words).then_some(Command { text, words, redirections })
    }

    /// Precondition: an angle bracket comes next. `number` stands right before it.
    fn redirection(&mut self, number: &str) -> Option<Redirection> {
        let operators = [">&1", ">>", ">", "<"];
        let operator = *operators.iter().find(|it| self.rest().starts_with(**it))?;
        self.at += operator.len();
        match (operator, number) {
            (">&1", "2") => return self.is_at_end_of_word().then_some(Redirection::ErrorsToOutput),
            (">&1", _) => return None,
            _ => {}
        }
        self.skip_blanks();
        let path = self.word().filter(|path| !path.is_empty() && !is_somebodys_stream(path))?;
        let stream = match (operator, number) {
            ("<", "" | "0") => return Some(Redirection::Input(path)),
            (">" | ">>", "" | "1") => Stream::Output,
            (">" | ">>", "2") => Stream::Errors,
            _ => return None,
        };
        Some(Redirection::Output { stream, path, append: operator == ">>" })
    }

    /// Reads one word; `None` when there is none, or when a shell would change it.
    fn word(&mut self) -> Option<String> {
        let (mut word, start) = (String::new(), self.at);
        while let Some(next) = self.peek() {
            match next {
                '\'' => word.push_str(self.quoted('\'', &[])?),
                '"' => word.push_str(self.quoted('"', &['$', '`', '\\'])?),
                ' ' | '\t' | '<' | '>' | '&' => break,
                _ if next.is_alphanumeric() || "_-./:,+@%=".contains(next) => {
                    word.push(next);
                    self.at += next.len_utf8();
                }
                _ => return None,
            }
        }
        (self.at > start).then_some(word)
    }

    /// What stands between quotes, unless it holds something that is special there.
    fn quoted(&mut self, quote: char, special: &[char]) -> Option<&'a str> {
        let rest = self.text.get(self.at + 1..)?;
        let inner = rest.get(..rest.find(quote)?)?;
        self.at += inner.len() + 2;
        let plain = !inner.contains(special) && !inner.contains(['\n', '\0']);
        plain.then_some(inner)
    }

    fn is_at_end_of_word(&self) -> bool {
        matches!(self.peek(), None | Some(' ' | '\t' | '<' | '>' | '&'))
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

/// Whether a path may name a stream of the process that opens it.
fn is_somebodys_stream(path: &str) -> bool {
    path != "/dev/null" && (path.starts_with("/dev/") || path.starts_with("/proc/"))
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn runs_without_shell(words: &[String]) -> bool {
    match words.split_first() {
        None => false,
        Some((program, arguments)) if program == "echo" => {
            arguments.iter().all(|it| !it.starts_with('-') && !it.contains('\\'))
        }
        Some((program, _)) => !program.is_empty() && !OWN.contains(&program.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(script: &str) -> Option<Vec<Vec<String>>> {
        parse(script).map(|commands| commands.into_iter().map(|it| it.words).collect())
    }

    #[test]
    fn plain_commands_need_no_shell() {
        let python = ["python", "src/train.py", "--lr=0.1", "a b", "it's"];
        assert_eq!(
            words("python  src/train.py --lr=0.1 'a b' \"it's\" "),
            Some(vec![python.map(str::to_owned).to_vec()])
        );
        let chained = parse("mkdir -p out&& cp a.csv out/b.csv").unwrap();
        assert_eq!(
            chained.iter().map(|it| it.text).collect::<Vec<_>>(),
            ["mkdir -p out", "cp a.csv out/b.csv"]
        );
    }

    #[test]
    fn redirections_keep_their_order() {
        let output = |path: &str, stream, append| Redirection::Output {
            stream,
            path: path.to_owned(),
            append,
        };
        let found = parse("sort 0<in >out 2>&1").unwrap();
        assert_eq!(
            found[0].redirections,
            [
                Redirection::Input("in".to_owned()),
                output("out", Stream::Output, false),
                Redirection::ErrorsToOutput,
            ]
        );
        let found = parse("make 2>> log file2>'o 1'").unwrap();
        assert_eq!(found[0].words, ["make", "file2"]);
        assert_eq!(
            found[0].redirections,
            [output("log", Stream::Errors, true), output("o 1", Stream::Output, false),]
        );
    }

    #[test]
    fn whatever_a_shell_would_read_is_left_to_it() {
        for script in [
            "",
            "   ",
            "cd src && python a.py",
            "A=1 python a.py",
            "python a.py | tee log",
            "python a.py; true",
            "python a.py &",
            "python a.py & true",
            "cp *.csv out",
            "cp a? out",
            "echo $HOME",
            "echo \"$HOME\"",
            "echo `date`",
            "cp ~/a b",
            "cp {a,b} c",
            "echo -n a",
            "echo 'a\\n'",
            "cp a\\ b c",
            "cat a # b",
            "cat <<E",
            "cat a >& b",
            "cat a &> b",
            "cat a >| b",
            "cat a 3> b",
            "cat a 2>&12",
            "cat a > $OUT",
            "cat a > /dev/stderr",
            "cat < /dev/stdin",
            "cat < /proc/self/fd/0",
            "cat a >",
            "cat 'a",
            "cat a\ncat b",
            "(cat a)",
            "! cat a",
            "> out",
            "printf x",
            "a &&",
        ] {
            assert_eq!(parse(script), None, "{script}");
        }
    }
}
