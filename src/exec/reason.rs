//! Why a step is out of date: what was recorded, what is there, and one line that says so.

mod words;

use self::words::word_diff;
use crate::base::value::Value;
use crate::exec::cache::Corrupt;
use crate::exec::lock::Cmd;
use std::fmt;

/// One difference between a step and what `dvc.lock` holds of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reason {
    /// `dvc.lock` does not know the step.
    NeverRan,
    /// Asked for with `--force`.
    Forced,
    /// A step upstream changed, and `--force-downstream` asks to let that count.
    Behind,
    /// It says `always`.
    Always,
    /// It has neither deps nor params nor outs, so nothing tells whether it is up to date.
    Callback,
    Command {
        old: Cmd,
        new: Cmd,
    },
    /// `old` is `None` when the lock does not hold it, `new` when there is nothing at the path.
    Dep {
        path: String,
        old: Option<String>,
        new: Option<String>,
    },
    /// `old` is `None` when the lock does not hold it, `new` when the file has no such key.
    Param {
        file: String,
        key: String,
        old: Option<Value>,
        new: Option<Value>,
    },
    /// As for a dep.
    Out {
        path: String,
        old: Option<String>,
        new: Option<String>,
    },
    /// Files of the directory that the reason before is about.
    Members {
        path: String,
        added: Vec<String>,
        removed: Vec<String>,
        changed: Vec<String>,
    },
    /// The output is as recorded, or can be, but the cache does not hold it.
    NotCached {
        path: String,
        md5: String,
    },
    /// The output would have come from the cache.
    Corrupt(Corrupt),
    /// Another step, which will run, writes this dep: nobody can know yet.
    Follows {
        path: String,
        step: String,
    },
}

impl Reason {
    /// The kind of difference, in machine output.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::NeverRan => "never-ran",
            Self::Forced => "forced",
            Self::Behind => "forced-downstream",
            Self::Always => "always",
            Self::Callback => "no-deps",
            Self::Command { .. } => "cmd",
            Self::Dep { .. } => "dep",
            Self::Param { .. } => "param",
            Self::Out { .. } => "out",
            Self::Members { .. } => "members",
            Self::NotCached { .. } => "not-cached",
            Self::Corrupt(_) => "corrupt",
            Self::Follows { .. } => "follows",
        }
    }

    /// Whether the user asks to run the step, so that the cache is not asked.
    pub(crate) fn is_order(&self) -> bool {
        matches!(self, Self::Forced | Self::Behind)
    }

    /// Whether the step is certainly out of date.
    pub(crate) fn is_certain(&self) -> bool {
        !matches!(self, Self::Follows { .. })
    }

    /// Whether outputs from the cache would mend it: everything the step reads is as recorded.
    pub(crate) fn is_mended_by_outputs(&self) -> bool {
        matches!(
            self,
            Self::Out { old: Some(_), .. } | Self::NotCached { .. } | Self::Members { .. }
        )
    }

    /// Versioned machine output: always `kind` and `text`; the rest as far as it applies.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        let mut json = serde_json::json!({ "kind": self.kind(), "text": self.to_string() });
        let mut set = |key: &str, value: serde_json::Value| {
            if let Some(map) = json.as_object_mut() {
                map.insert(key.to_owned(), value);
            }
        };
        match self {
            Self::NeverRan | Self::Forced | Self::Behind | Self::Always | Self::Callback => {}
            Self::Command { old, new } => {
                set("old", command_json(old));
                set("new", command_json(new));
            }
            Self::Dep { path, old, new } | Self::Out { path, old, new } => {
                set("path", path.as_str().into());
                set("old", old.as_deref().into());
                set("new", new.as_deref().into());
            }
            Self::Param { file, key, old, new } => {
                set("path", file.as_str().into());
                set("key", key.as_str().into());
                set("old", old.as_ref().map_or(serde_json::Value::Null, value_json));
                set("new", new.as_ref().map_or(serde_json::Value::Null, value_json));
            }
            Self::Members { path, added, removed, changed } => {
                set("path", path.as_str().into());
                set("added", added.clone().into());
                set("removed", removed.clone().into());
                set("changed", changed.clone().into());
            }
            Self::NotCached { path, md5 } => {
                set("path", path.as_str().into());
                set("old", md5.as_str().into());
            }
            Self::Corrupt(corrupt) => {
                set("old", corrupt.oid.as_str().into());
                set("path", corrupt.quarantined.as_ref().map(|it| it.as_str()).into());
            }
            Self::Follows { path, step } => {
                set("path", path.as_str().into());
                set("step", step.as_str().into());
            }
        }
        json
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeverRan => f.write_str("it is not in dvc.lock"),
            Self::Forced => f.write_str("`--force`"),
            Self::Behind => f.write_str("a stage upstream changed (`--force-downstream`)"),
            Self::Always => f.write_str("it runs every time (`always`)"),
            Self::Callback => f.write_str("it has no deps and no outs, so it runs every time"),
            Self::Command { old, new } => command_line(f, old, new),
            Self::Dep { path, old, new } => file_line(f, "dep", path, (old, new)),
            Self::Out { path, old, new } => file_line(f, "out", path, (old, new)),
            Self::Param { file, key, old, new } => match (old, new) {
                (_, None) => write!(f, "param `{key}` is not in `{file}`"),
                (None, Some(new)) => {
                    write!(f, "param `{key}` of `{file}` is new: {}", value_text(new))
                }
                (Some(old), Some(new)) => write!(
                    f,
                    "param `{key}` of `{file}` changed from {} to {}",
                    value_text(old),
                    value_text(new)
                ),
            },
            Self::Members { path, added, removed, changed } => {
                write!(f, "in `{path}`: {}", members(added, removed, changed))
            }
            Self::NotCached { path, md5 } => {
                write!(f, "out `{path}` is not in the cache (md5 {})", short(md5))
            }
            Self::Corrupt(corrupt) => write!(f, "{corrupt}"),
            Self::Follows { path, step } => write!(f, "dep `{path}` comes from `{step}`"),
        }
    }
}

fn file_line(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    path: &str,
    (old, new): (&Option<String>, &Option<String>),
) -> fmt::Result {
    match (old, new) {
        (_, None) => write!(f, "{what} `{path}` is missing"),
        (None, Some(_)) => write!(f, "{what} `{path}` is new"),
        (Some(old), Some(new)) => {
            write!(f, "{what} `{path}` changed (md5 {} to {})", short(old), short(new))
        }
    }
}

/// Enough of a digest to tell two apart, with the mark of a directory.
fn short(md5: &str) -> String {
    let (hex, mark) = md5.strip_suffix(".dir").map_or((md5, ""), |hex| (hex, ".dir"));
    format!("{}{mark}", hex.get(..8).unwrap_or(hex))
}

/// How many names of each kind are shown.
const NAMES: usize = 3;

/// `2 files added (a, b), 5 changed (c, d, e, …)`
fn members(added: &[String], removed: &[String], changed: &[String]) -> String {
    let part = |verb: &str, names: &[String]| {
        let noun = if names.len() == 1 { "file" } else { "files" };
        let shown: Vec<String> = names.iter().take(NAMES).map(|name| format!("`{name}`")).collect();
        let more = if names.len() > NAMES { ", …" } else { "" };
        (!names.is_empty())
            .then(|| format!("{} {noun} {verb} ({}{more})", names.len(), shown.join(", ")))
    };
    let parts = [part("added", added), part("removed", removed), part("changed", changed)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "the same files".to_owned() } else { parts.join(", ") }
}

/// Shows what of a command went and what came, word by word, as `git diff --word-diff` does.
fn command_line(f: &mut fmt::Formatter<'_>, old: &Cmd, new: &Cmd) -> fmt::Result {
    let (old, new) = (command_text(old), command_text(new));
    if old == new {
        return write!(f, "the command is now split differently: `{}`", window(&new));
    }
    if old.split_whitespace().eq(new.split_whitespace()) {
        return write!(f, "the command changed in its blanks alone: `{}`", window(&new));
    }
    write!(f, "the command changed: `{}`", word_diff(&old, &new))
}

/// How many characters of a value, or of a part of a command, are shown.
const WINDOW: usize = 60;

fn window(text: &str) -> String {
    match text.char_indices().nth(WINDOW) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn command_text(command: &Cmd) -> String {
    match command {
        Cmd::Text(text) => text.clone(),
        Cmd::List(items) => {
            let texts =
                items.iter().map(|it| it.as_str().map_or_else(|| value_text(it), Into::into));
            texts.collect::<Vec<String>>().join("\n")
        }
    }
    .replace('\n', " ⏎ ")
}

pub(crate) fn command_json(command: &Cmd) -> serde_json::Value {
    match command {
        Cmd::Text(text) => text.as_str().into(),
        Cmd::List(items) => items.iter().map(value_json).collect(),
    }
}

/// A value on one line, as JSON writes it, cut when it is long.
pub(crate) fn value_text(value: &Value) -> String {
    window(&value_json(value).to_string())
}

/// A value as JSON; what JSON cannot hold (`inf`, integers beyond 64 bits) becomes text.
pub(crate) fn value_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(it) => (*it).into(),
        Value::Int(it) => i64::try_from(*it).map_or_else(|_| it.to_string().into(), Into::into),
        Value::Float(it) => serde_json::Number::from_f64(*it)
            .map_or_else(|| it.to_string().into(), serde_json::Value::Number),
        Value::Str(it) => it.as_str().into(),
        Value::List(items) => items.iter().map(value_json).collect(),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| (key.clone(), value_json(value)));
            serde_json::Value::Object(entries.collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Cmd {
        Cmd::Text(text.to_owned())
    }

    #[test]
    fn every_reason_is_one_line_with_old_and_new() {
        let md5 = |text: &str| Some(text.to_owned());
        let cases = [
            (
                Reason::Command { old: line("a 1"), new: line("a 2") },
                "the command changed: `a [-1-]{+2+}`",
            ),
            (
                Reason::Command {
                    old: line("a"),
                    new: Cmd::List(vec![Value::Str("a".to_owned())]),
                },
                "the command is now split differently: `a`",
            ),
            (
                Reason::Command { old: line("a  1"), new: line("a 1") },
                "the command changed in its blanks alone: `a 1`",
            ),
            (
                Reason::Members {
                    path: "d".to_owned(),
                    added: ["a", "b", "c", "e"].map(str::to_owned).to_vec(),
                    removed: Vec::new(),
                    changed: vec!["f/g".to_owned()],
                },
                "in `d`: 4 files added (`a`, `b`, `c`, …), 1 file changed (`f/g`)",
            ),
            (
                Reason::Dep {
                    path: "d".to_owned(),
                    old: md5("0123456789abcdef.dir"),
                    new: md5("fedcba9876543210"),
                },
                "dep `d` changed (md5 01234567.dir to fedcba98)",
            ),
            (
                Reason::Param {
                    file: "params.yaml".to_owned(),
                    key: "lr".to_owned(),
                    old: Some(Value::Float(0.1)),
                    new: Some(Value::Str("0.1".to_owned())),
                },
                "param `lr` of `params.yaml` changed from 0.1 to \"0.1\"",
            ),
            (
                Reason::Out { path: "m".to_owned(), old: md5("01234567"), new: None },
                "out `m` is missing",
            ),
        ];
        for (reason, text) in cases {
            assert_eq!(reason.to_string(), text);
        }
    }
}
