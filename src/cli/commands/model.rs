//! `mlc model`: versions of models in the registry.
#![expect(clippy::disallowed_methods, reason = "reads the variable that names the key")]

mod card;
mod looks;
mod sync;

use crate::base::suggest::did_you_mean;
use crate::cli::context::{self, Context, complain};
use crate::cli::exit::Exit;
use crate::cli::loading::load_or_report;
use crate::exec::disk::Disk;
use crate::exec::registry::version::{Bump, Version};
use crate::exec::registry::{Action, PRODUCTION, Shelf, identity, signature};
use crate::model::policy::{Registered, Registry};
use crate::plan::Plan;
use crate::report::paint::Paint;

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
  mlc model diff production latest  say how two versions differ
  mlc model sync                    bring to MLflow what it does not have")]
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
        bump: Option<Grows>,
        /// Sign it with this SSH key; `$MLC_SIGNING_KEY` by default
        #[arg(long, value_name = "KEY")]
        sign: Option<String>,
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
    /// Bring versions and aliases to MLflow that it does not have
    Sync,
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
enum Grows {
    Major,
    Minor,
    Patch,
}

impl From<Grows> for Bump {
    fn from(part: Grows) -> Self {
        match part {
            Grows::Major => Self::Major,
            Grows::Minor => Self::Minor,
            Grows::Patch => Self::Patch,
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
        Verb::Lock { version, bump, sign } => desk.lock(version.as_deref(), *bump, sign.clone()),
        Verb::Verify { version, stored, json } => desk.verify(version, *stored, *json),
        Verb::Promote { version, to } => desk.promote(version, to),
        Verb::Approve { version, by } => desk.approve(version, by.as_deref()),
        Verb::Rollback { alias } => desk.rollback(alias),
        Verb::Show { version: None, json } => desk.list(*json),
        Verb::Show { version: Some(version), json } => desk.show(version, *json),
        Verb::Diff { old, new } => desk.diff(old, new),
        Verb::Sync => desk.sync(),
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
    fn lock(
        &self,
        wanted: Option<&str>,
        bump: Option<Grows>,
        key: Option<String>,
    ) -> anyhow::Result<Exit> {
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
        let unsigned = self.sign(version, key);
        self.sync_if_it_answers();
        unsigned?;
        Ok(Exit::Success)
    }

    /// Signs a version with the key that is named here or in the environment.
    fn sign(&self, version: Version, key: Option<String>) -> anyhow::Result<()> {
        match key.or_else(|| std::env::var("MLC_SIGNING_KEY").ok().filter(|it| !it.is_empty())) {
            Some(key) => signature::sign(&self.shelf.place(version), &key),
            None => {
                if self.registry.signers.is_some() {
                    context::note("warning: the version is not signed: `--sign KEY` does it");
                }
                Ok(())
            }
        }
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
        self.sync_if_it_answers();
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
        if let Some(signers) = &self.registry.signers {
            let allowed = (self.context.root.as_path(), signers.value.as_path());
            if let Err(why) = signature::signer(&self.shelf.place(version), allowed) {
                return Ok(Some(format!("{version} may not be promoted: {why}")));
            }
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
        self.sync_if_it_answers();
        Ok(Exit::Success)
    }

    fn card(&self, name: &str) -> anyhow::Result<Exit> {
        let (card, _) = self.shelf.card(self.shelf.find(name)?)?;
        context::print(&card::markdown(&card, &self.plan.project));
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
