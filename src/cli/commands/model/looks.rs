//! Looks at versions of a model: whether one is as locked, all of them, one, how two differ, and what
//! was done.

use crate::cli::commands::model::Desk;
use crate::cli::context;
use crate::cli::exit::Exit;
use crate::exec::disk::Disk;
use crate::exec::registry::Action;
use crate::exec::registry::card::Card;
use crate::exec::registry::verify::{Part, Where, short, verify};
use crate::exec::registry::version::Version;
use crate::report::paint::Ink;
use crate::report::table::{Align, Cell, Table};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

impl Desk<'_> {
    pub(super) fn verify(&self, name: &str, stored: bool, json: bool) -> anyhow::Result<Exit> {
        let version = self.shelf.find(name)?;
        let disk = Disk::look(&self.context.root)?;
        let place = if stored { Where::Stored } else { Where::Project };
        let parts = verify(&disk, self.plan, &self.shelf, version, place)?;
        let wrong: Vec<&Part> = parts.iter().filter(|it| it.wrong.is_some()).collect();
        if json {
            let part = |it: &Part| json!({ "kind": it.kind, "name": it.name, "holds": it.wrong.is_none(), "note": it.wrong });
            let all: Vec<Value> = parts.iter().map(part).collect();
            let (model, version) = (&self.shelf.model, version.to_string());
            let whole = json!({
                "format": 1, "model": model, "version": version, "holds": wrong.is_empty(), "parts": all,
            });
            context::print(&format!("{whole:#}\n"));
        } else {
            context::print(&self.verdict(version, &parts, &wrong));
        }
        Ok(if wrong.is_empty() { Exit::Success } else { Exit::Rejected })
    }

    fn verdict(&self, version: Version, parts: &[Part], wrong: &[&Part]) -> String {
        let paint = self.paint();
        let mut out = String::new();
        if !wrong.is_empty() {
            let columns = [("part", Align::Left), ("name", Align::Left), ("found", Align::Left)];
            let mut table = Table::new(&columns);
            for it in wrong {
                let found = it.wrong.clone().unwrap_or_default();
                table.row([
                    Cell::new(it.kind),
                    Cell::new(&*it.name),
                    Cell::new(found).ink(Ink::Error),
                ]);
            }
            out = format!("{}\n", table.render(paint));
        }
        let (all, some, model) = (parts.len(), wrong.len(), &self.shelf.model);
        let text = match some {
            0 => paint.text(
                Ink::Good,
                &format!("verified: all {all} parts of {model} {version} are as locked"),
            ),
            1 => paint.text(
                Ink::Error,
                &format!("rejected: 1 of {all} parts of {model} {version} is not as locked"),
            ),
            _ => paint.text(
                Ink::Error,
                &format!("rejected: {some} of {all} parts of {model} {version} are not as locked"),
            ),
        };
        let _ = writeln!(out, "{text}");
        out
    }

    pub(super) fn list(&self, json: bool) -> anyhow::Result<Exit> {
        let (versions, aliases) = (self.shelf.versions()?, self.shelf.aliases()?);
        if json {
            let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
            let aliases: Value = aliases
                .iter()
                .map(|(name, it)| (name.clone(), json!(it.to_string())))
                .collect::<serde_json::Map<_, _>>()
                .into();
            let whole = json!({
                "format": 1, "model": self.shelf.model, "versions": versions, "aliases": aliases,
            });
            context::print(&format!("{whole:#}\n"));
            return Ok(Exit::Success);
        }
        if versions.is_empty() {
            let text = format!("no version of {} is locked: `mlc model lock`", self.shelf.model);
            context::print_line(&text);
            return Ok(Exit::Success);
        }
        let columns = [
            (self.shelf.model.as_str(), Align::Left),
            ("locked", Align::Left),
            ("commit", Align::Left),
            ("thresholds", Align::Left),
            ("", Align::Left),
        ];
        let mut table = Table::new(&columns);
        for version in versions.into_iter().rev() {
            let (card, _) = self.shelf.card(version)?;
            let names: Vec<&str> = aliases
                .iter()
                .filter(|(_, it)| **it == version)
                .map(|(name, _)| name.as_str())
                .collect();
            let mark = if card.dirty == Some(true) { "+" } else { "" };
            let commit =
                card.commit.as_deref().map_or("-".to_owned(), |it| format!("{}{mark}", short(it)));
            let gates = match (card.broken_gates().count(), card.gates.len()) {
                (_, 0) => Cell::new("none"),
                (0, _) => Cell::new("hold").ink(Ink::Good),
                _ => Cell::new("do not hold").ink(Ink::Error),
            };
            table.row([
                Cell::new(card.version),
                Cell::new(card.locked_at),
                Cell::new(commit),
                gates,
                Cell::new(names.join(", ")).ink(Ink::Strong),
            ]);
        }
        context::print(&table.render(self.paint()));
        Ok(Exit::Success)
    }

    pub(super) fn show(&self, name: &str, json: bool) -> anyhow::Result<Exit> {
        let (card, _) = self.shelf.card(self.shelf.find(name)?)?;
        if json {
            context::print(&format!("{}\n", serde_json::to_string_pretty(&card)?));
            return Ok(Exit::Success);
        }
        let paint = self.paint();
        let mut out = format!("{} {}\n", paint.text(Ink::Strong, &card.model), card.version);
        let mut line = |label: &str, text: &str| {
            let _ = writeln!(out, "  {} {text}", paint.text(Ink::Faint, &format!("{label:<11}")));
        };
        line("file", &format!("{} (md5 {})", card.file.path, short(&card.file.md5)));
        let by = card.locked_by.as_ref().map(|it| format!(" by {it}")).unwrap_or_default();
        line("locked", &format!("{}{by}", card.locked_at));
        if let Some(at) = &card.trained_at {
            let run = card.run.as_ref().map(|it| format!(" in run {it}")).unwrap_or_default();
            line("trained", &format!("{at}{run}"));
        }
        if let Some(commit) = &card.commit {
            let dirty =
                if card.dirty == Some(true) { " with changes that are not committed" } else { "" };
            line("commit", &format!("{commit}{dirty}"));
        }
        for (kind, contents) in
            [("data", &card.data), ("code", &card.code), ("environment", &card.environment)]
        {
            for (at, it) in contents.iter().enumerate() {
                line(
                    if at == 0 { kind } else { "" },
                    &format!("{} (md5 {})", it.path, short(&it.md5)),
                );
            }
        }
        for (at, (key, value)) in params_of(&card).into_iter().enumerate() {
            line(if at == 0 { "params" } else { "" }, &format!("{key} = {value}"));
        }
        for (at, (key, value)) in metrics_of(&card).into_iter().enumerate() {
            line(if at == 0 { "metrics" } else { "" }, &format!("{key} = {value}"));
        }
        for gate in &card.gates {
            let word = if gate.holds { "holds" } else { "does not hold" };
            line("thresholds", &format!("{} {word}", gate.name));
        }
        context::print(&out);
        Ok(Exit::Success)
    }

    pub(super) fn diff(&self, old: &str, new: &str) -> anyhow::Result<Exit> {
        let (old, new) = (self.shelf.find(old)?, self.shelf.find(new)?);
        let (old, new) = (self.shelf.card(old)?.0, self.shelf.card(new)?.0);
        let columns = [
            ("", Align::Left),
            (old.version.as_str(), Align::Right),
            (new.version.as_str(), Align::Right),
        ];
        let mut table = Table::new(&columns);
        let mut rows = 0;
        let sides = [all_of(&old), all_of(&new)];
        let names: BTreeSet<&String> = sides.iter().flat_map(|it| it.keys()).collect();
        for name in names {
            let [before, after] = sides.each_ref().map(|it| it.get(name));
            if before != after {
                rows += 1;
                let cell = |it: Option<&String>| Cell::new(it.map_or("-", String::as_str));
                table.row([Cell::new(name.clone()), cell(before), cell(after)]);
            }
        }
        if rows == 0 {
            context::print_line(&format!("{} and {} are the same model", old.version, new.version));
        } else {
            context::print(&table.render(self.paint()));
        }
        Ok(Exit::Success)
    }

    pub(super) fn history(&self, json: bool) -> anyhow::Result<Exit> {
        let events = self.shelf.history()?;
        if json {
            let whole = json!({ "format": 1, "model": self.shelf.model, "events": events });
            context::print(&format!("{whole:#}\n"));
            return Ok(Exit::Success);
        }
        for it in events {
            let what = match (it.action, &it.alias, &it.from) {
                (Action::Promote | Action::Rollback, Some(alias), Some(from)) => {
                    format!("{alias}: {from} to {}", it.version)
                }
                (Action::Promote | Action::Rollback, Some(alias), None) => {
                    format!("{alias}: {}", it.version)
                }
                _ => it.version.clone(),
            };
            let by = it.by.map(|by| format!("  {by}")).unwrap_or_default();
            context::print_line(&format!("{}  {:<8}  {what}{by}", it.at, it.action.slug()));
        }
        Ok(Exit::Success)
    }
}

/// The params of a card by file and key.
pub(super) fn params_of(card: &Card) -> Vec<(String, String)> {
    let params = card.params.iter().flat_map(|(file, values)| {
        values.iter().map(move |(key, value)| (format!("{file}: {key}"), value.to_string()))
    });
    params.collect()
}

/// The numbers among the metrics of a card, by dotted key.
pub(super) fn metrics_of(card: &Card) -> Vec<(String, String)> {
    fn walk(prefix: &str, value: &Value, found: &mut Vec<(String, String)>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| {
                let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                walk(&key, value, found);
            }),
            Value::Number(number) => found.push((prefix.to_owned(), number.to_string())),
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) => {}
        }
    }
    let mut found = Vec::new();
    if let Some(metrics) = &card.metrics {
        walk("", &metrics.values, &mut found);
    }
    found
}

/// All that a card says, by what it is about.
fn all_of(card: &Card) -> BTreeMap<String, String> {
    let contents = std::iter::once(("model", &card.file))
        .chain(card.data.iter().map(|it| ("data", it)))
        .chain(card.code.iter().map(|it| ("code", it)))
        .chain(card.environment.iter().map(|it| ("environment", it)));
    let contents =
        contents.map(|(kind, it)| (format!("{kind} {}", it.path), short(&it.md5).to_owned()));
    let params = params_of(card).into_iter().map(|(key, value)| (format!("param {key}"), value));
    let metrics = metrics_of(card).into_iter().map(|(key, value)| (format!("metric {key}"), value));
    let schemas = card.schemas.iter();
    let schemas = schemas.map(|(name, it)| (format!("schema {name}"), short(it).to_owned()));
    let commit = card.commit.as_deref().map(|it| ("commit".to_owned(), short(it).to_owned()));
    contents.chain(params).chain(metrics).chain(schemas).chain(commit).collect()
}
