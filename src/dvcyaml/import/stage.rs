//! One stage of a `dvc.yaml` as the text of one stage of a spec.

use crate::base::value::Value;
use crate::base::yaml::{Kind, Node};
use crate::dvcyaml::groups::Group;
use crate::dvcyaml::import::names::{Binding, Names, NoAxis};
use crate::dvcyaml::import::quoting;
use crate::dvcyaml::paths::joined;
use crate::dvcyaml::vars;
use camino::Utf8Path;

/// The text of a stage, and what of it could not be carried over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) losses: Vec<String>,
}

/// Writes a stage. `matrix` is the line of its axes, empty for a plain stage.
pub(crate) fn write(
    name: &str,
    group: &Group<'_>,
    matrix: &str,
    names: &mut Names<'_>,
    binding: &Binding,
) -> Result<Written, NoAxis> {
    let mut writer = Writer {
        group,
        names,
        binding,
        lines: Vec::new(),
        losses: Vec::new(),
        is_impossible: false,
    };
    writer.fields(matrix)?;
    let Writer { lines, losses, is_impossible, .. } = writer;
    let out = if is_impossible { "/-" } else { "" };
    let text = format!("{out}stage {name} {{\n{}\n}}\n", lines.join("\n"));
    Ok(Written { text, losses })
}

struct Writer<'a, 'n> {
    group: &'a Group<'a>,
    names: &'a mut Names<'n>,
    binding: &'a Binding,
    lines: Vec<String>,
    losses: Vec<String>,
    is_impossible: bool,
}

/// Options of an output that a spec has, by DVC's name and its own.
const OPTIONS: &[(&str, &str)] = &[
    ("cache", "cache"),
    ("persist", "persist"),
    ("push", "push"),
    ("desc", "desc"),
    ("template", "template"),
    ("x", "x"),
    ("y", "y"),
    ("title", "title"),
    ("x_label", "x-label"),
    ("y_label", "y-label"),
    ("header", "header"),
];

impl Writer<'_, '_> {
    fn fields(&mut self, matrix: &str) -> Result<(), NoAxis> {
        if let Some(desc) = self.group.field("desc").and_then(Node::as_str) {
            match desc.contains("${") {
                true => self.lose("`desc` takes no values in a spec"),
                false => self.lines.push(format!("desc {}", quoting::quoted(desc))),
            }
        }
        if !matrix.is_empty() {
            self.lines.push(matrix.to_owned());
        }
        self.command()?;
        let wdir = match self.group.field("wdir").and_then(Node::as_str) {
            Some(wdir) => self.names.text(wdir, self.binding)?,
            None => String::new(),
        };
        let folder = joined(Utf8Path::new(""), &wdir);
        if folder.starts_with("..") || folder.is_absolute() {
            self.lose_all(&wdir);
        }
        if !folder.as_str().is_empty() {
            self.lines.push(format!("wdir {}", quoting::quoted(folder.as_str())));
        }
        self.deps(&folder)?;
        self.params(&folder)?;
        for field in ["outs", "metrics", "plots"] {
            self.outs(field, &folder)?;
        }
        self.flags();
        Ok(())
    }

    fn command(&mut self) -> Result<(), NoAxis> {
        let Some(cmd) = self.group.field("cmd") else { return Ok(()) };
        let scripts = match cmd.as_list() {
            Some(items) => {
                let texts: Vec<&str> = items.iter().filter_map(Node::as_str).collect();
                if let [one] = texts.as_slice()
                    && !one.contains('\n')
                {
                    self.lose("`cmd` is a list of one line; in a spec that is a plain line");
                }
                texts.into_iter().map(|it| self.names.text(it, self.binding)).collect()
            }
            None => {
                let text = cmd.as_str().unwrap_or_default();
                let filled = self.names.text(text, self.binding)?;
                if filled.contains('\n') {
                    self.lose(
                        "`cmd` is text of several lines, each a process; in a spec that is a list",
                    );
                }
                filled.lines().map(|line| Ok(line.to_owned())).collect::<Result<Vec<_>, NoAxis>>()
            }
        }?;
        if scripts.is_empty() {
            self.lose("it has no command, which a spec wants");
        }
        match scripts.as_slice() {
            [one] => self.lines.push(format!("cmd {}", quoting::quoted(one))),
            several => {
                // Each is a process of its own, so each gets a line.
                let texts: Vec<String> = several.iter().map(|it| quoting::quoted(it)).collect();
                self.lines.push(format!("cmd {}", texts.join(" \\\n")));
            }
        }
        Ok(())
    }

    fn deps(&mut self, folder: &Utf8Path) -> Result<(), NoAxis> {
        let mut paths = Vec::new();
        for text in self.texts("deps") {
            paths.push(quoting::quoted(&self.path(&text, folder)?));
        }
        if !paths.is_empty() {
            self.lines.push(format!("deps {}", paths.join(" ")));
        }
        Ok(())
    }

    fn params(&mut self, folder: &Utf8Path) -> Result<(), NoAxis> {
        let items = self.group.field("params").and_then(Node::as_list).unwrap_or_default();
        let mut plain = Vec::new();
        let mut lines = Vec::new();
        for item in items {
            if let Some(key) = item.as_str() {
                plain.push(self.key(key)?);
                continue;
            }
            for (file, keys) in item.as_map().unwrap_or_default() {
                let file = self.path(file.as_str().unwrap_or_default(), folder)?;
                let mut found = Vec::new();
                for key in keys.as_list().unwrap_or_default().iter().filter_map(Node::as_str) {
                    found.push(self.key(key)?);
                }
                let file = quoting::quoted(&file);
                lines.push(match found.is_empty() {
                    true => format!("params {file}"),
                    false => format!("params {file} {{ {} }}", found.join("; ")),
                });
            }
        }
        let default = joined(folder, vars::DEFAULT);
        match (plain.is_empty(), default == vars::DEFAULT) {
            (true, _) => {}
            (false, true) => self.lines.push(format!("params {}", plain.join(" "))),
            (false, false) => {
                let file = quoting::quoted(default.as_str());
                self.lines.push(format!("params {file} {{ {} }}", plain.join("; ")));
            }
        }
        self.lines.extend(lines);
        Ok(())
    }

    fn key(&mut self, key: &str) -> Result<String, NoAxis> {
        let key = self.names.text(key, self.binding)?;
        // A spec names keys as they are.
        if key.contains("{{") { Err(NoAxis) } else { Ok(quoting::key(&key)) }
    }

    fn outs(&mut self, field: &str, folder: &Utf8Path) -> Result<(), NoAxis> {
        let mut plain = Vec::new();
        let mut lines = Vec::new();
        for item in self.group.field(field).and_then(Node::as_list).unwrap_or_default() {
            if let Some(path) = item.as_str() {
                plain.push(quoting::quoted(&self.path(path, folder)?));
                continue;
            }
            for (path, options) in item.as_map().unwrap_or_default() {
                let path = quoting::quoted(&self.path(path.as_str().unwrap_or_default(), folder)?);
                match self.options(options, &path) {
                    words if words.is_empty() => plain.push(path),
                    words => lines.push(format!("{field} {path} {}", words.join(" "))),
                }
            }
        }
        if !plain.is_empty() {
            self.lines.push(format!("{field} {}", plain.join(" ")));
        }
        self.lines.extend(lines);
        Ok(())
    }

    fn options(&mut self, options: &Node, path: &str) -> Vec<String> {
        let mut words = Vec::new();
        for (key, value) in options.as_map().unwrap_or_default() {
            let name = key.as_str().unwrap_or_default();
            let known = OPTIONS.iter().find(|(theirs, _)| *theirs == name);
            match (known, &value.kind) {
                (Some(("cache" | "push", _)), Kind::Bool(true))
                | (Some(("persist", _)), Kind::Bool(false)) => {}
                (Some((_, ours)), Kind::Bool(flag)) => words.push(format!("{ours}=#{flag}")),
                (Some((_, ours)), Kind::Str(text)) if !text.contains("${") => {
                    words.push(format!("{ours}={}", quoting::quoted(text)));
                }
                _ => self.lose(&format!("`{name}` of {path} has no place in a spec")),
            }
        }
        words
    }

    fn flags(&mut self) {
        for (theirs, ours) in [("frozen", "frozen"), ("always_changed", "always")] {
            if let Some(Kind::Bool(true)) = self.group.field(theirs).map(|node| &node.kind) {
                self.lines.push(ours.to_owned());
            }
        }
        let Some(meta) = self.group.field("meta") else { return };
        let value = meta.to_value();
        let fits = value.as_map().is_some() && !has_hole(&value);
        let line = fits.then(|| quoting::node("meta", &value)).flatten();
        match line {
            Some(line) => self.lines.push(line),
            None => self.lose("`meta` holds what a spec cannot note"),
        }
    }

    fn path(&mut self, text: &str, folder: &Utf8Path) -> Result<String, NoAxis> {
        let text = self.names.text(text, self.binding)?;
        let path = joined(folder, &text);
        if path.starts_with("..") || path.is_absolute() {
            self.lose_all(&text);
        } else if folder.as_str().is_empty() && path != text {
            self.lose(&format!("`{text}` is `{path}` in a spec, and so in `dvc.lock`"));
        }
        Ok(path.into_string())
    }

    /// No spec can have this stage, so it is taken out by `/-`.
    fn lose_all(&mut self, path: &str) {
        self.is_impossible = true;
        self.lose(&format!(
            "`{path}` lies outside of the folder of `dvc.yaml`, so of the spec's project"
        ));
    }

    fn texts(&self, field: &str) -> Vec<String> {
        let items = self.group.field(field).and_then(Node::as_list).unwrap_or_default();
        items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    }

    fn lose(&mut self, what: &str) {
        if !self.losses.iter().any(|known| known == what) {
            self.losses.push(what.to_owned());
        }
    }
}

fn has_hole(value: &Value) -> bool {
    match value {
        Value::Str(text) => text.contains("${"),
        Value::List(items) => items.iter().any(has_hole),
        Value::Map(entries) => entries.iter().any(|(key, it)| key.contains("${") || has_hole(it)),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => false,
    }
}
