//! The registry of models: plain files that git tracks, a folder a model.
//!
//! `versions/1.2.0.json` is the card of a version and never changes, `aliases/production` holds
//! the version that the name stands for, `history.jsonl` has a line for each thing that was done
//! and only grows, so that two branches merge by keeping the lines of both.
#![expect(clippy::disallowed_methods, reason = "reads and writes the registry's own files")]

pub(crate) mod card;
pub(crate) mod identity;
pub(crate) mod mlflow;
pub(crate) mod signature;
pub(crate) mod verify;
pub(crate) mod version;

use crate::base::suggest::did_you_mean;
use crate::exec::atomic;
use crate::exec::md5::Md5;
use crate::exec::registry::card::Card;
use crate::exec::registry::version::Version;
use crate::exec::time::utc;
use crate::model::policy::{Registered, Registry};
use anyhow::{Context as _, bail};
use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::time::SystemTime;

/// The alias that `against=production` reads.
pub(crate) const PRODUCTION: &str = "production";

/// The versions of one model.
#[derive(Debug)]
pub(crate) struct Shelf {
    folder: Utf8PathBuf,
    pub(crate) model: String,
}

/// One thing that was done, a line of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<String>,
    pub(crate) action: Action,
    pub(crate) version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) alias: Option<String>,
    /// What the alias stood for before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<String>,
    /// MD5 of the card, so that a change of it is seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) card: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Action {
    Lock,
    Approve,
    Promote,
    Rollback,
}

impl Action {
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Approve => "approve",
            Self::Promote => "promote",
            Self::Rollback => "rollback",
        }
    }
}

impl Shelf {
    pub(crate) fn new(root: &Utf8Path, registry: &Registry, model: &Registered) -> Self {
        let folder = root.join(&registry.folder.value).join(&model.name.value);
        Self { folder, model: model.name.value.clone() }
    }

    /// Keeps other runs of mlc from changing the registry until the file is dropped.
    pub(crate) fn hold(&self) -> anyhow::Result<File> {
        let folder = self.folder.join("versions");
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {folder}"))?;
        let attributes = self.folder.join(".gitattributes");
        if !attributes.exists() {
            atomic::write(&attributes, b"history.jsonl merge=union\n")?;
        }
        let file = File::open(&folder)?;
        flock(&file, FlockOperation::LockExclusive)?;
        Ok(file)
    }

    /// All versions, the oldest first.
    pub(crate) fn versions(&self) -> anyhow::Result<Vec<Version>> {
        let folder = self.folder.join("versions");
        let entries = match folder.read_dir_utf8() {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.with_context(|| format!("cannot read {folder}"))?,
        };
        let mut versions = Vec::new();
        for entry in entries {
            let name = entry?.file_name().to_owned();
            versions.extend(name.strip_suffix(".json").and_then(Version::parse));
        }
        versions.sort_unstable();
        Ok(versions)
    }

    pub(crate) fn place(&self, version: Version) -> Utf8PathBuf {
        self.folder.join(format!("versions/{version}.json"))
    }

    /// The card of a version, and the MD5 of its text.
    pub(crate) fn card(&self, version: Version) -> anyhow::Result<(Card, String)> {
        let place = self.place(version);
        let text = fs::read_to_string(&place).with_context(|| format!("cannot read {place}"))?;
        let card = serde_json::from_str(&text).with_context(|| {
            format!("{place} is no card of a version: `git log -p` on it tells")
        })?;
        Ok((card, Md5::of(text.as_bytes()).to_string()))
    }

    /// Adds a version. Precondition: the shelf is held.
    pub(crate) fn add(&self, card: &Card) -> anyhow::Result<()> {
        let version = Version::parse(&card.version).context("a card has a version")?;
        let place = self.place(version);
        if place.exists() {
            bail!("`{}` {version} is locked already: versions never change", self.model);
        }
        let text = format!("{}\n", serde_json::to_string_pretty(card)?);
        atomic::write(&place, text.as_bytes())?;
        let card_md5 = Some(Md5::of(text.as_bytes()).to_string());
        let event =
            Event { card: card_md5, ..self.event(Action::Lock, version, card.locked_by.clone()) };
        self.tell(&event)
    }

    /// A line of the history, of now.
    pub(crate) fn event(&self, action: Action, version: Version, by: Option<String>) -> Event {
        Event {
            at: utc(SystemTime::now()),
            by,
            action,
            version: version.to_string(),
            alias: None,
            from: None,
            card: None,
        }
    }

    /// Precondition: the shelf is held.
    pub(crate) fn tell(&self, event: &Event) -> anyhow::Result<()> {
        let place = self.folder.join("history.jsonl");
        let mut text = self.history_text()?;
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&serde_json::to_string(event)?);
        text.push('\n');
        atomic::write(&place, text.as_bytes())
    }

    fn history_text(&self) -> anyhow::Result<String> {
        let place = self.folder.join("history.jsonl");
        match fs::read_to_string(&place) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
            text => text.with_context(|| format!("cannot read {place}")),
        }
    }

    /// All that was done, the oldest first.
    pub(crate) fn history(&self) -> anyhow::Result<Vec<Event>> {
        let text = self.history_text()?;
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let mut events: Vec<Event> = lines
            .map(|(at, line)| {
                serde_json::from_str(line).with_context(|| {
                    let place = self.folder.join("history.jsonl");
                    format!("{place}:{} is no line of a history", at + 1)
                })
            })
            .collect::<anyhow::Result<_>>()?;
        // Lines of two branches that were merged stand one branch behind the other.
        events.sort_by(|a, b| a.at.cmp(&b.at));
        Ok(events)
    }

    /// What each alias stands for.
    pub(crate) fn aliases(&self) -> anyhow::Result<BTreeMap<String, Version>> {
        let folder = self.folder.join("aliases");
        let entries = match folder.read_dir_utf8() {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
            entries => entries.with_context(|| format!("cannot read {folder}"))?,
        };
        let mut aliases = BTreeMap::new();
        for entry in entries {
            let entry = entry?;
            let text = fs::read_to_string(entry.path())?;
            let version = Version::parse(text.trim())
                .with_context(|| format!("{} holds no version", entry.path()))?;
            aliases.insert(entry.file_name().to_owned(), version);
        }
        Ok(aliases)
    }

    /// Lets an alias stand for a version, and says so in the history. Precondition: the shelf is
    /// held.
    pub(crate) fn point(&self, alias: &str, event: Event) -> anyhow::Result<()> {
        let from = self.aliases()?.get(alias).map(ToString::to_string);
        let text = format!("{}\n", event.version);
        // Who reads the history after a crash between the two sees what was meant.
        self.tell(&Event { alias: Some(alias.to_owned()), from, ..event })?;
        atomic::write(&self.folder.join("aliases").join(alias), text.as_bytes())
    }

    /// The version that is meant: `1.2.0`, an alias, or `latest`.
    pub(crate) fn find(&self, name: &str) -> anyhow::Result<Version> {
        let (versions, aliases) = (self.versions()?, self.aliases()?);
        let meant = match name {
            "latest" => versions.last().copied(),
            _ => Version::parse(name).or_else(|| aliases.get(name).copied()),
        };
        if let Some(version) = meant.filter(|it| versions.contains(it)) {
            return Ok(version);
        }
        if versions.is_empty() {
            bail!("no version of `{}` is locked yet: `mlc model lock` makes the first", self.model);
        }
        let names: Vec<String> =
            versions.iter().map(ToString::to_string).chain(aliases.into_keys()).collect();
        let help = did_you_mean(name, names.iter().map(String::as_str));
        let help = help.map(|it| format!("; {it}")).unwrap_or_default();
        bail!("`{}` has no version `{name}`{help}", self.model)
    }

    /// What the alias stood for before what it stands for now; what was taken back is forgotten.
    pub(crate) fn before(&self, alias: &str) -> anyhow::Result<Option<Version>> {
        let mut stood = Vec::new();
        for event in self.history()?.into_iter().filter(|it| it.alias.as_deref() == Some(alias)) {
            match event.action {
                Action::Promote => stood.push(event.version),
                Action::Rollback => drop(stood.pop()),
                Action::Lock | Action::Approve => {}
            }
        }
        let before = stood.len().checked_sub(2).and_then(|at| stood.get(at));
        Ok(before.and_then(|it| Version::parse(it)))
    }

    /// Who approved a version.
    pub(crate) fn approvals(&self, version: Version) -> anyhow::Result<Vec<String>> {
        let version = version.to_string();
        let events = self.history()?.into_iter();
        let approved = events.filter(|it| it.action == Action::Approve && it.version == version);
        Ok(approved.filter_map(|it| it.by).collect())
    }
}
