//! `mlc model`: versions of models in the registry.

use crate::base::suggest::did_you_mean;
use crate::cli::commands::modelcard;
use crate::cli::context::{self, Context, complain};
use crate::cli::exit::Exit;
use crate::cli::loading::load_or_report;
use crate::exec::disk::Disk;
use crate::exec::registry::card::Card;
use crate::exec::registry::verify::{Part, Where, short, verify};
use crate::exec::registry::version::{Bump, Version};
use crate::exec::registry::{Action, PRODUCTION, Shelf, identity};
use crate::model::policy::{Registered, Registry};
use crate::plan::Plan;
use crate::report::paint::{Ink, Paint};
use crate::report::table::{Align, Cell, Table};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Lock versions of a model, prove them, put them into production and take them back
///
/// A version is locked with its commit, data, code, params, metrics, schemas and thresholds, in
/// plain files below the registry's folder, to be committed like any other.
///
/// Exit codes: 0 done, 1 an error, 2 usage, 3 a part is not as locked, or a version may not be
/// promoted.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  mlc model lock                    lock what lies in the project as the next version
  mlc model verify                  prove that its data, code, params and model are as locked
  mlc model promote latest          put it into production
  mlc model rollback                take the version before it again
  mlc model diff production latest  say how two versions differ")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Verb,
    /// The model, where the registry has several
    #[arg(long, global = true, value_name = "NAME")]
    model: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Lock the model as it lies in the project as a new version
    Lock {
        /// Name the version instead of counting up
        #[arg(long, value_name = "VERSION", conflicts_with = "bump")]
        version: Option<String>,
        /// Which number grows; by default what changed decides
        #[arg(long, value_name = "PART")]
        bump: Option<Part3>,
    },
    /// Prove that each part of a version is still there and as it was locked
    Verify {
        /// A version, an alias, or `latest`
        #[arg(default_value = "latest")]
        version: String,
        /// Ask whether it could be brought back, not whether it lies in the project
        #[arg(long)]
        stored: bool,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Let an alias stand for a version
    Promote {
        /// A version, an alias, or `latest`
        #[arg(default_value = "latest")]
        version: String,
        /// The alias
        #[arg(long, value_name = "ALIAS", default_value = PRODUCTION)]
        to: String,
    },
    /// Say yes to a version, as someone whom `approve-by` names
    Approve {
        /// A version, an alias, or `latest`
        #[arg(default_value = "latest")]
        version: String,
        /// Who approves; by default whom git knows
        #[arg(long, value_name = "WHO")]
        by: Option<String>,
    },
    /// Let an alias stand again for what it stood for before
    Rollback {
        #[arg(default_value = PRODUCTION)]
        alias: String,
    },
    /// Show all versions, or the card of one
    Show {
        /// A version, an alias, or `latest`
        version: Option<String>,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Say how two versions differ
    Diff {
        old: String,
        #[arg(default_value = "latest")]
        new: String,
    },
    /// List what was done, the newest last
    History {
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Write a model card in Markdown
    Card {
        /// A version, an alias, or `latest`
        #[arg(default_value = "latest")]
        version: String,
    },
}

/// Which number of a version grows.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Part3 {
    Major,
    Minor,
    Patch,
}

impl From<Part3> for Bump {
    fn from(part: Part3) -> Self {
        match part {
            Part3::Major => Self::Major,
            Part3::Minor => Self::Minor,
            Part3::Patch => Self::Patch,
        }
    }
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let ready = match load_or_report(context)? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let plan = &ready.plan;
    let (registry, model) = match chosen(plan, args.model.as_deref()) {
        Ok(chosen) => chosen,
        Err(message) => {
            complain(&message);
            return Ok(Exit::Usage);
        }
    };
    let shelf = Shelf::new(&context.root, registry, model);
    let desk = Desk { context, plan, registry, model, shelf };
    match &args.action {
        Verb::Lock { version, bump } => desk.lock(version.as_deref(), *bump),
        Verb::Verify { version, stored, json } => desk.verify(version, *stored, *json),
        Verb::Promote { version, to } => desk.promote(version, to),
        Verb::Approve { version, by } => desk.approve(version, by.as_deref()),
        Verb::Rollback { alias } => desk.rollback(alias),
        Verb::Show { version: None, json } => desk.list(*json),
        Verb::Show { version: Some(version), json } => desk.show(version, *json),
        Verb::Diff { old, new } => desk.diff(old, new),
        Verb::History { json } => desk.history(*json),
        Verb::Card { version } => desk.card(version),
    }
}

/// The registry and the model that is meant.
fn chosen<'a>(
    plan: &'a Plan,
    name: Option<&str>,
) -> Result<(&'a Registry, &'a Registered), String> {
    let Some(registry) = &plan.project.registry else {
        return Err("the spec has no `registry`: write `registry { model NAME from=\"…\" }`".into());
    };
    let names = || registry.models.iter().map(|it| it.name.value.as_str());
    let found = match (name, registry.models.as_slice()) {
        (None, [only]) => Some(only),
        (None, []) => return Err("the registry has no model: write `model NAME from=\"…\"`".into()),
        (None, _) => {
            let names: Vec<&str> = names().collect();
            return Err(format!("which model? `--model` takes {}", names.join(", ")));
        }
        (Some(name), models) => models.iter().find(|it| it.name.value == name),
    };
    found.map(|model| (registry, model)).ok_or_else(|| {
        let name = name.unwrap_or_default();
        let help = did_you_mean(name, names()).map(|it| format!("; {it}")).unwrap_or_default();
        format!("the registry has no model `{name}`{help}")
    })
}

/// One model and what is needed to work on it.
struct Desk<'a> {
    context: &'a Context,
    plan: &'a Plan,
    registry: &'a Registry,
    model: &'a Registered,
    shelf: Shelf,
}

impl Desk<'_> {
    fn lock(&self, wanted: Option<&str>, bump: Option<Part3>) -> anyhow::Result<Exit> {
        let wanted = match wanted.map(|it| (it, Version::parse(it))) {
            Some((text, None)) => {
                complain(&format!("`{text}` is no version: write three numbers, as in `1.2.0`"));
                return Ok(Exit::Usage);
            }
            wanted => wanted.and_then(|(_, version)| version),
        };
        let disk = Disk::open(&self.context.root)?;
        let mut card = identity::card(&disk, self.plan, self.model)?;
        let _held = self.shelf.hold()?;
        let last = match self.shelf.versions()?.last() {
            Some(version) => Some((*version, self.shelf.card(*version)?.0)),
            None => None,
        };
        if let Some((version, old)) = &last
            && wanted.is_none()
            && bump.is_none()
            && old.is_same_model(&card)
        {
            context::print_line(&format!("{} {version} is this model already", self.shelf.model));
            return Ok(Exit::Success);
        }
        let version = match (wanted, &last) {
            (Some(version), _) => version,
            (None, None) => Version::FIRST,
            (None, Some((version, old))) => {
                version.next(bump.map_or_else(|| Bump::between(old, &card), Bump::from))
            }
        };
        card.version = version.to_string();
        self.shelf.add(&card)?;
        let _ = disk.hasher.save();
        let gates = match card.broken_gates().next() {
            Some(gate) => format!("; `{}` does not hold, so it cannot be promoted", gate.name),
            None => String::new(),
        };
        context::print_line(&format!("locked {} {version}{gates}", self.shelf.model));
        if card.dirty == Some(true) {
            context::note(
                "warning: git has changes that are not committed: the commit does not say all",
            );
        }
        let folder = self.registry.folder.value.join(&self.shelf.model).join("versions");
        if identity::is_ignored(&self.context.root, &folder) {
            context::note(&format!(
                "warning: a .gitignore leaves `{folder}` out: versions are kept in git, add `!/{}/`",
                self.registry.folder.value
            ));
        }
        if card.commit.is_none() {
            context::note("warning: without git the version has no commit");
        }
        Ok(Exit::Success)
    }

    fn verify(&self, name: &str, stored: bool, json: bool) -> anyhow::Result<Exit> {
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

    fn promote(&self, name: &str, alias: &str) -> anyhow::Result<Exit> {
        if let Some(why) = bad_alias(alias) {
            complain(&why);
            return Ok(Exit::Usage);
        }
        let _held = self.shelf.hold()?;
        let version = self.shelf.find(name)?;
        if let Some(why) = self.refusal(version, alias)? {
            complain(&why);
            return Ok(Exit::Rejected);
        }
        if self.shelf.aliases()?.get(alias) == Some(&version) {
            let text = format!("`{alias}` of {} is {version} already", self.shelf.model);
            context::print_line(&text);
            return Ok(Exit::Success);
        }
        let who = identity::who(&self.context.root);
        self.shelf.point(alias, self.shelf.event(Action::Promote, version, who))?;
        context::print_line(&format!("`{alias}` of {} is {version} now", self.shelf.model));
        Ok(Exit::Success)
    }

    /// Why a version may not have an alias.
    fn refusal(&self, version: Version, alias: &str) -> anyhow::Result<Option<String>> {
        let (card, _) = self.shelf.card(version)?;
        if let Some(gate) = card.broken_gates().next() {
            let row = gate.rows.iter().find(|it| !it.holds);
            let row = row.map(|it| {
                let value = it.value.map(|it| format!(" is {it}")).unwrap_or_default();
                format!(": `{}`{value}, and must be {}", it.quantity, it.bound)
            });
            let why = row.unwrap_or_default();
            return Ok(Some(format!(
                "`{}` did not hold when {version} was locked{why}",
                gate.name
            )));
        }
        if alias != PRODUCTION || self.registry.approvers.is_empty() {
            return Ok(None);
        }
        let approved = self.shelf.approvals(version)?;
        if approved.iter().any(|who| self.may_approve(who)) {
            return Ok(None);
        }
        let names: Vec<&str> = self.registry.approvers.iter().map(|it| it.value.as_str()).collect();
        let names = names.join(", ");
        let model = &self.shelf.model;
        Ok(Some(format!(
            "nobody approved {model} {version}: {names} can, by `mlc model approve {version}`"
        )))
    }

    fn may_approve(&self, who: &str) -> bool {
        let address = who.split_once('<').map_or(who, |(_, rest)| rest.trim_end_matches('>'));
        self.registry.approvers.iter().any(|it| it.value == who || it.value == address)
    }

    fn approve(&self, name: &str, by: Option<&str>) -> anyhow::Result<Exit> {
        let _held = self.shelf.hold()?;
        let version = self.shelf.find(name)?;
        let who = by.map(str::to_owned).or_else(|| identity::who(&self.context.root));
        let Some(who) = who else {
            complain("who approves? git knows nobody here: write `--by`");
            return Ok(Exit::Usage);
        };
        if !self.registry.approvers.is_empty() && !self.may_approve(&who) {
            complain(&format!("`approve-by` does not name {who}"));
            return Ok(Exit::Rejected);
        }
        self.shelf.tell(&self.shelf.event(Action::Approve, version, Some(who.clone())))?;
        context::print_line(&format!("{} {version} is approved by {who}", self.shelf.model));
        Ok(Exit::Success)
    }

    fn rollback(&self, alias: &str) -> anyhow::Result<Exit> {
        let _held = self.shelf.hold()?;
        let Some(before) = self.shelf.before(alias)? else {
            let model = &self.shelf.model;
            complain(&format!(
                "`{alias}` of {model} stood for nothing before: there is no way back"
            ));
            return Ok(Exit::Failure);
        };
        let who = identity::who(&self.context.root);
        self.shelf.point(alias, self.shelf.event(Action::Rollback, before, who))?;
        context::print_line(&format!("`{alias}` of {} is {before} again", self.shelf.model));
        Ok(Exit::Success)
    }

    fn list(&self, json: bool) -> anyhow::Result<Exit> {
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

    fn show(&self, name: &str, json: bool) -> anyhow::Result<Exit> {
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

    fn diff(&self, old: &str, new: &str) -> anyhow::Result<Exit> {
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

    fn history(&self, json: bool) -> anyhow::Result<Exit> {
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

    fn card(&self, name: &str) -> anyhow::Result<Exit> {
        let (card, _) = self.shelf.card(self.shelf.find(name)?)?;
        context::print(&modelcard::markdown(&card, &self.plan.project));
        Ok(Exit::Success)
    }

    fn paint(&self) -> Paint {
        Paint { color: self.context.color }
    }
}

/// Why a word cannot be an alias, which is the name of a file.
fn bad_alias(alias: &str) -> Option<String> {
    let plain = alias.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it));
    if alias.is_empty() || !plain || alias == "latest" {
        return Some(format!("`{alias}` cannot be an alias: take letters, digits, `-` and `_`"));
    }
    None
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
fn all_of(card: &Card) -> std::collections::BTreeMap<String, String> {
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
