//! `mlc model sync`, and the same after each change of the registry, where a server is named.
#![expect(clippy::disallowed_methods, reason = "reads the variable that says where the server is")]

use super::Desk;
use crate::cli::context::{self, complain};
use crate::cli::exit::Exit;
use crate::exec::registry::mlflow::{self, Server, Synced};
use crate::model::policy::{Address, Tracking};
use std::time::Duration;

/// The longest that a change of the registry waits for a server.
const PATIENCE: Duration = Duration::from_secs(20);

impl Desk<'_> {
    pub(super) fn sync(&self) -> anyhow::Result<Exit> {
        let Some(tracking) = &self.registry.mlflow else {
            complain(
                "the registry names no server: write `mlflow env=MLFLOW_TRACKING_URI` into it",
            );
            return Ok(Exit::Usage);
        };
        let address = match address(tracking) {
            Ok(address) => address,
            Err(why) => {
                complain(&why);
                return Ok(Exit::Usage);
            }
        };
        let synced = self.bring(&address, tracking, None)?;
        if synced.versions.is_empty() && synced.aliases.is_empty() {
            context::print_line(&format!("{address} has all of {} already", self.shelf.model));
        }
        Ok(Exit::Success)
    }

    /// The registry in git is what counts: a server that does not answer gets it later.
    pub(super) fn sync_if_it_answers(&self) {
        let Some(tracking) = &self.registry.mlflow else { return };
        let brought = address(tracking)
            .map_err(anyhow::Error::msg)
            .and_then(|address| self.bring(&address, tracking, Some(PATIENCE)));
        if let Err(error) = brought {
            context::note(&format!(
                "warning: not in MLflow yet: {error:#}; `mlc model sync` brings it there"
            ));
        }
    }

    fn bring(
        &self,
        address: &str,
        tracking: &Tracking,
        budget: Option<Duration>,
    ) -> anyhow::Result<Synced> {
        let server = Server::new(address, budget)?;
        let synced = mlflow::sync(&server, &self.context.root, &self.shelf, &tracking.experiment)?;
        let model = &self.shelf.model;
        for (version, number) in &synced.versions {
            context::print_line(&format!("MLflow has {model} {version} as version {number}"));
        }
        for (alias, version) in &synced.aliases {
            context::print_line(&format!("MLflow has `{alias}` of {model} at {version}"));
        }
        for left in &synced.left {
            context::note(&format!("warning: MLflow lacks {left}"));
        }
        Ok(synced)
    }
}

/// Where the server is; an error is a sentence.
fn address(tracking: &Tracking) -> Result<String, String> {
    match &tracking.address {
        Address::Url(url) => Ok(url.clone()),
        Address::Variable(name) => {
            let value = std::env::var(name).ok().filter(|it| !it.is_empty());
            value.ok_or_else(|| format!("${name} is not set, which says where MLflow is"))
        }
    }
}
