//! `--set-param`: values for params files, written before anything else happens.
#![expect(clippy::disallowed_methods, reason = "reads params files")]

use crate::base::params;
use crate::cli::context::Context;
use crate::exec::atomic;
use anyhow::{Context as _, bail};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;

/// Writes the values; nothing is written when one of them cannot be. `default` is the params file
/// that is meant where none is named.
pub(crate) fn set_params(
    context: &Context,
    default: &Utf8Path,
    settings: &[String],
) -> anyhow::Result<()> {
    let mut texts: BTreeMap<Utf8PathBuf, (String, String)> = BTreeMap::new();
    for setting in settings {
        let Setting { file, key, value } = parse(setting, default)?;
        if !texts.contains_key(&file) {
            let path = context.root.join(&file);
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("`--set-param {setting}`: cannot read {file}"))?;
            texts.insert(file.clone(), (text.clone(), text));
        }
        let Some((_, text)) = texts.get_mut(&file) else { continue };
        match params::set(&file, text, key, value) {
            Ok(changed) => *text = changed,
            Err(error) => bail!("`--set-param {setting}`: {file}: {error}"),
        }
    }
    texts.retain(|_, (old, new)| old != new);
    for (file, (_, text)) in &texts {
        atomic::write(&context.root.join(file), text.as_bytes())?;
    }
    Ok(())
}

/// `[FILE:]KEY=VALUE`, taken apart.
struct Setting<'a> {
    /// Relative to the root.
    file: Utf8PathBuf,
    key: &'a str,
    value: &'a str,
}

fn parse<'a>(setting: &'a str, default: &Utf8Path) -> anyhow::Result<Setting<'a>> {
    let Some((place, value)) = setting.split_once('=') else {
        bail!("`--set-param {setting}`: write KEY=VALUE, or FILE:KEY=VALUE");
    };
    let (file, key) = match place.rsplit_once(':') {
        Some((file, key)) => (Utf8PathBuf::from(file), key),
        None => (default.to_owned(), place),
    };
    if key.is_empty() {
        bail!("`--set-param {setting}`: there is no key in front of `=`");
    }
    if file.is_absolute() || file.components().any(|part| part.as_str() == "..") {
        bail!("`--set-param {setting}`: name a file of the project, from its root");
    }
    Ok(Setting { file, key, value })
}
