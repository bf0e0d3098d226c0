//! Cards signed with an SSH key, beside them as `1.2.0.json.sig`: made and checked by `ssh-keygen`
//! in the namespace `mlc` (`man ssh-keygen`, `-Y sign`), against a file of allowed signers.
#![expect(clippy::disallowed_methods, reason = "starts ssh-keygen")]

use anyhow::{Context as _, bail};
use camino::{Utf8Path, Utf8PathBuf};
use std::fs::File;
use std::process::{Command, Output, Stdio};

/// So that a signature of something else is none of a card.
const NAMESPACE: &str = "mlc";

fn place(card: &Utf8Path) -> Utf8PathBuf {
    format!("{card}.sig").into()
}

/// Signs a card with the private key in a file, or the one of the agent for a public key.
pub(crate) fn sign(card: &Utf8Path, key: &str) -> anyhow::Result<()> {
    let mut command = Command::new("ssh-keygen");
    command.args(["-Y", "sign", "-f", key, "-n", NAMESPACE, card.as_str()]);
    let output = command.stdin(Stdio::null()).output().context("ssh-keygen cannot be started")?;
    if !output.status.success() {
        bail!("the version is not signed: {}", said(&output));
    }
    Ok(())
}

/// Who signed a card, of those whom the file of allowed signers names. An error is a sentence.
pub(crate) fn signer(
    card: &Utf8Path,
    (root, signers): (&Utf8Path, &Utf8Path),
) -> Result<String, String> {
    let allowed = root.join(signers);
    let signature = place(card);
    if !signature.is_file() {
        return Err("nobody signed it".to_owned());
    }
    if !allowed.is_file() {
        return Err(format!("`{signers}`, which names the signers, is not there"));
    }
    let files = ["-f", allowed.as_str(), "-s", signature.as_str()];
    let mut command = Command::new("ssh-keygen");
    let found = run(command.args(["-Y", "find-principals"]).args(files))?;
    let names = String::from_utf8_lossy(&found.stdout).into_owned();
    let Some(name) = names.lines().next().filter(|_| found.status.success()) else {
        return Err("who signed it is none of the signers".to_owned());
    };
    let content = File::open(card).map_err(|error| format!("cannot be read: {error}"))?;
    let mut command = Command::new("ssh-keygen");
    command.args(["-Y", "verify", "-n", NAMESPACE, "-I", name]).args(files).stdin(content);
    let checked =
        command.output().map_err(|error| format!("ssh-keygen cannot be started: {error}"))?;
    if checked.status.success() {
        Ok(name.to_owned())
    } else {
        Err("its signature is of something else".to_owned())
    }
}

fn run(command: &mut Command) -> Result<Output, String> {
    let output = command.stdin(Stdio::null()).output();
    output.map_err(|error| format!("ssh-keygen cannot be started: {error}"))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ")
}
