//! From a resolved stage to a step: commands, paths and params as DVC takes them.

use crate::base::diagnostic::Sink;
use crate::base::source::{FileId, Span};
use crate::base::value::Value;
use crate::dvcyaml::codes;
use crate::dvcyaml::groups::{Group, Resolved};
use crate::dvcyaml::paths::{Home, is_remote, joined};
use crate::dvcyaml::vars;
use crate::model::ids::StepId;
use crate::model::stage::Resources;
use crate::plan::step::{Command, PathRef, Step, StepOut, StepOutKind, StepParams};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;

/// Makes the steps of a group. Mistakes are reported, and what they concern is left out.
pub(crate) struct Maker<'a> {
    pub(crate) home: &'a Home,
    pub(crate) file: FileId,
    pub(crate) sink: &'a mut Sink,
}

/// Where Python's `str.splitlines` splits.
const LINE_ENDS: &[char] =
    &['\n', '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}'];

impl Maker<'_> {
    /// A step without a number and without what it needs; those come with the graph.
    pub(crate) fn step(&mut self, group: &Group<'_>, resolved: &Resolved) -> Option<Step> {
        let field = |name: &str| {
            resolved.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value)
        };
        let flag = |name: &str| matches!(field(name), Some(Value::Bool(true)));
        let list = |name: &str| match field(name) {
            Some(Value::List(items)) => items.as_slice(),
            _ => &[],
        };
        let wdir = match field("wdir") {
            Some(value) => joined(&self.home.folder, &self.text(value, group, "wdir")?),
            None => self.home.folder.clone(),
        };
        let cmd = self.command(field("cmd")?, group)?;
        let deps = self.deps(list("deps"), group, &wdir)?;
        let params = self.params(list("params"), group, &wdir)?;
        let mut outs = Vec::new();
        for (name, kind) in [
            ("outs", StepOutKind::Data),
            ("metrics", StepOutKind::Metrics),
            ("plots", StepOutKind::Plots),
        ] {
            self.outs(list(name), kind, (group, name), &wdir, &mut outs)?;
        }
        self.each_once(&deps, &outs, group, &resolved.name);
        Some(Step {
            id: StepId::new(0),
            name: resolved.name.clone(),
            cmd,
            wdir,
            deps,
            outs,
            params,
            frozen: flag("frozen"),
            always: flag("always_changed"),
            retry: None,
            timeout: None,
            mutex: Vec::new(),
            resources: Resources::default(),
            upstream: Vec::new(),
        })
    }

    /// Each line of a string is a process of its own; an item of a list is one whatever it holds.
    fn command(&mut self, value: &Value, group: &Group<'_>) -> Option<Command> {
        let Value::List(items) = value else {
            let text = self.text(value, group, "cmd")?;
            return Some(match text.contains(LINE_ENDS) || text.is_empty() {
                true => Command::Lines { scripts: lines(&text), text },
                false => Command::Line(text),
            });
        };
        let items: Option<Vec<String>> =
            items.iter().map(|item| self.text(item, group, "cmd")).collect();
        items.map(Command::List)
    }

    fn deps(
        &mut self,
        items: &[Value],
        group: &Group<'_>,
        wdir: &Utf8Path,
    ) -> Option<Vec<PathRef>> {
        items.iter().map(|item| self.path(item, group, "deps", wdir)).collect()
    }

    fn path(
        &mut self,
        value: &Value,
        group: &Group<'_>,
        field: &str,
        wdir: &Utf8Path,
    ) -> Option<PathRef> {
        let written = self.text(value, group, field)?;
        if is_remote(&written) {
            let message = format!("`{written}` is not a file on this machine");
            let help = "bring it in with `dvc import-url` and name the file, or run this stage with \
                        `dvc repro`";
            self.sink.report(codes::REMOTE.at(self.place(group, field), message).help(help));
            return None;
        }
        if written.is_empty() {
            let message = format!("a path in `{}.{field}` is empty", group.name);
            self.sink.report(codes::SHAPE.at(self.place(group, field), message));
            return None;
        }
        let (path, local) = self.home.place(wdir, &written);
        Some(PathRef { path, local })
    }

    fn outs(
        &mut self,
        items: &[Value],
        kind: StepOutKind,
        (group, field): (&Group<'_>, &str),
        wdir: &Utf8Path,
        outs: &mut Vec<StepOut>,
    ) -> Option<()> {
        let first = outs.len();
        for item in items {
            let single;
            let entries = match item.as_map() {
                Some(entries) => entries,
                None => {
                    single = [(self.text(item, group, field)?, Value::Map(Vec::new()))];
                    &single
                }
            };
            for (path, options) in entries {
                let path = self.path(&Value::Str(path.clone()), group, field, wdir)?;
                let known = outs.iter().skip(first).position(|out| out.path.local == path.local);
                let at = known.map_or(outs.len(), |at| first + at);
                if known.is_none() {
                    outs.push(StepOut { path, kind, cache: true, persist: false, push: true });
                }
                if let Some(out) = outs.get_mut(at) {
                    apply(options, out);
                }
            }
        }
        for out in outs.iter().skip(first).filter(|out| out.cache && is_outside(&out.path.path)) {
            let message =
                format!("`{}` is stored in the cache but outside of the project", out.path.local);
            let help = "write `cache: false`, or let the stage write below the project's root";
            self.sink.report(codes::REMOTE.at(self.place(group, field), message).help(help));
        }
        Some(())
    }

    /// Keys by file, those of the default file first named as they stand; a file that is wanted as
    /// a whole swallows its keys.
    fn params(
        &mut self,
        items: &[Value],
        group: &Group<'_>,
        wdir: &Utf8Path,
    ) -> Option<Vec<StepParams>> {
        let mut named: Vec<(String, Option<Vec<String>>)> = Vec::new();
        for item in items {
            let Value::Map(entries) = item else {
                let key = self.text(item, group, "params")?;
                add(&mut named, vars::DEFAULT, Some(vec![key]));
                continue;
            };
            for (file, keys) in entries {
                let keys = match keys {
                    Value::Null => None,
                    Value::List(keys) if keys.is_empty() => None,
                    Value::List(keys) => Some(
                        keys.iter()
                            .map(|key| self.text(key, group, "params"))
                            .collect::<Option<Vec<_>>>()?,
                    ),
                    Value::Bool(_)
                    | Value::Int(_)
                    | Value::Float(_)
                    | Value::Str(_)
                    | Value::Map(_) => {
                        let message = format!("the params of `{file}` are not a list of keys");
                        let wrong = codes::SHAPE.at(self.place(group, "params"), message);
                        self.sink.report(wrong.help("write `- file: [key, …]`"));
                        return None;
                    }
                };
                add(&mut named, file, keys);
            }
        }
        named.into_iter().map(|(file, keys)| self.params_of(&file, keys, group, wdir)).collect()
    }

    fn params_of(
        &mut self,
        file: &str,
        keys: Option<Vec<String>>,
        group: &Group<'_>,
        wdir: &Utf8Path,
    ) -> Option<StepParams> {
        let mut file = self.path(&Value::Str(file.to_owned()), group, "params", wdir)?;
        if file.path.extension() == Some("py") {
            let message =
                format!("`{}` is a params file in Python, which mlc does not read", file.local);
            let wrong = codes::REMOTE.at(self.place(group, "params"), message);
            self.sink.report(wrong.help("write YAML, JSON or TOML, or list the file under `deps`"));
            return None;
        }
        // Alone among all paths, DVC records this one normalized.
        file.local = joined(Utf8Path::new(""), &file.local).into_string();
        let mut keys = keys.unwrap_or_default();
        keys.sort_unstable();
        keys.dedup();
        Some(StepParams { file, keys })
    }

    fn each_once(&mut self, deps: &[PathRef], outs: &[StepOut], group: &Group<'_>, name: &str) {
        let mut seen: BTreeSet<&Utf8Path> = BTreeSet::new();
        let deps = deps.iter().map(|dep| (dep, "deps"));
        let outs = outs.iter().map(|out| (&out.path, "outs"));
        for (path, field) in deps.chain(outs) {
            if !seen.insert(&path.path) {
                let message = format!("`{name}` lists `{}` twice", path.local);
                self.sink.report(codes::GRAPH.at(self.place(group, field), message));
            }
        }
    }

    /// A text. Anything else got here through a `${…}` that is not one.
    fn text(&mut self, value: &Value, group: &Group<'_>, field: &str) -> Option<String> {
        if let Value::Str(text) = value {
            return Some(text.clone());
        }
        let noun = match value {
            Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Int(_) | Value::Float(_) => "a number",
            Value::List(_) => "a list",
            Value::Map(_) | Value::Str(_) => "a map",
        };
        let message = format!("`{}.{field}` holds {noun} where a string is wanted", group.name);
        let wrong = codes::SHAPE.at(self.place(group, field), message);
        self.sink.report(wrong.help("put the value in quotes where it is written"));
        None
    }

    fn place(&self, group: &Group<'_>, field: &str) -> Span {
        let node = group.field(field).unwrap_or(group.name_node);
        Span::new(self.file, node.start, node.end)
    }
}

fn apply(options: &Value, out: &mut StepOut) {
    let flag = |name: &str| match options.get(name) {
        Some(Value::Bool(flag)) => Some(*flag),
        _ => None,
    };
    out.cache = flag("cache").unwrap_or(out.cache);
    out.persist = flag("persist").unwrap_or(out.persist);
    out.push = flag("push").unwrap_or(out.push);
}

/// Adds keys to those of a file; `None` is the whole file.
fn add(named: &mut Vec<(String, Option<Vec<String>>)>, file: &str, keys: Option<Vec<String>>) {
    match named.iter_mut().find(|(known, _)| known == file) {
        None => named.push((file.to_owned(), keys)),
        Some((_, known)) => match (known.as_mut(), keys) {
            (Some(known), Some(keys)) => known.extend(keys),
            (None, _) => {}
            (Some(_), None) => *known = None,
        },
    }
}

fn is_outside(path: &Utf8PathBuf) -> bool {
    path.is_absolute() || path.starts_with("..")
}

/// As Python's `str.splitlines`: an end of a line at the very end begins no further one.
fn lines(text: &str) -> Vec<String> {
    let unified = text.replace("\r\n", "\n");
    let mut lines: Vec<String> = unified.split(LINE_ENDS).map(str::to_owned).collect();
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_as_python_splits_them() {
        for (text, want) in [
            ("", &[][..]),
            ("a", &["a"]),
            ("a\n", &["a"]),
            ("a\n\n", &["a", ""]),
            ("a\r\nb\rc\u{85}d", &["a", "b", "c", "d"]),
        ] {
            assert_eq!(lines(text), want, "{text:?}");
        }
    }
}
