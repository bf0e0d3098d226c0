//! Which program a shell could not start, and what to do about it. Reads what shells say.

/// Explains the exit codes by which shells say that they could not start a program.
///
/// `output` is what the script wrote last, where shells name the program.
pub(crate) fn explain(code: i32, output: &[String]) -> Option<String> {
    if code != 126 && code != 127 {
        return None;
    }
    let (program, missing) =
        output.iter().rev().find_map(|line| Some((named(line)?, is_missing(line))))?;
    Some(if missing { not_found(&program) } else { not_executable(&program) })
}

/// Whether a complaint is that something is not there, rather than that it may not be executed.
fn is_missing(complaint: &str) -> bool {
    ["not found", "No such file", "Unknown command"].iter().any(|it| complaint.contains(it))
}

fn not_found(program: &str) -> String {
    if program.contains('/') {
        format!(
            "`{program}` is not there, or the program that its first line names is not: \
             correct the path, or that line"
        )
    } else {
        format!(
            "`{program}` is not on PATH: install it, activate the environment that has it, \
             or write its path"
        )
    }
}

fn not_executable(program: &str) -> String {
    format!(
        "`{program}` cannot be executed: `chmod +x {program}`, or put the program that reads it \
         in front, such as `python {program}`"
    )
}

/// The program that a shell, or `env`, complains of on this line.
fn named(line: &str) -> Option<String> {
    let line = line.trim_end();
    // zsh and fish name it last: `zsh:1: command not found: foo`.
    for said in ["command not found: ", "Unknown command: ", "permission denied: "] {
        if let Some((_, program)) = line.split_once(said) {
            return clean(program);
        }
    }
    // bash, dash and env name it before: `bash: line 1: foo: command not found`.
    let endings = [
        ": command not found",
        ": not found",
        ": No such file or directory",
        ": Permission denied",
        ": cannot execute: required file not found",
        ": cannot execute binary file: Exec format error",
        ": cannot execute: Is a directory",
        ": Is a directory",
    ];
    let rest = endings.iter().find_map(|ending| line.strip_suffix(ending))?;
    let rest = rest.strip_suffix(": bad interpreter").unwrap_or(rest);
    clean(rest.rsplit(": ").next()?)
}

/// Without the quotes of `env`, which differ between languages.
fn clean(program: &str) -> Option<String> {
    let program = program.trim_matches(|c: char| "'`\"‘’“”".contains(c));
    (!program.is_empty()).then(|| program.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shells_name_what_they_miss() {
        for (line, program) in [
            ("bash: line 1: foo: command not found", "foo"),
            ("/bin/sh: 1: foo: not found", "foo"),
            ("zsh:1: command not found: foo", "foo"),
            ("fish: Unknown command: foo", "foo"),
            ("/usr/bin/env: ‘python4’: No such file or directory", "python4"),
            ("env: 'python4': No such file or directory", "python4"),
            (
                "bash: line 1: ./x.py: /opt/py: bad interpreter: No such file or directory",
                "/opt/py",
            ),
            ("bash: line 1: ./x.py: cannot execute: required file not found", "./x.py"),
            ("bash: line 1: ./x: Permission denied", "./x"),
            ("/bin/sh: 1: ./x: Permission denied", "./x"),
        ] {
            assert_eq!(named(line).as_deref(), Some(program), "{line}");
        }
        assert_eq!(named("Traceback (most recent call last):"), None);
    }

    #[test]
    fn only_what_a_shell_said_is_explained() {
        let said = |line: &str| vec!["training".to_owned(), line.to_owned()];
        assert_eq!(explain(127, &[]), None);
        assert_eq!(explain(1, &said("/bin/sh: 1: foo: not found")), None);
        let text = explain(127, &said("/bin/sh: 1: foo: not found")).expect("an explanation");
        assert!(text.starts_with("`foo` is not on PATH: install it"), "{text}");
        let bad = "bash: line 1: ./x.py: /opt/py: bad interpreter: No such file or directory";
        let text = explain(126, &said(bad)).expect("an explanation");
        assert!(text.starts_with("`/opt/py` is not there"), "{text}");
    }
}
