//! DVC's own configuration: the folder `.dvc`, and where the cache is.
#![expect(clippy::disallowed_methods, reason = "reads DVC's configuration and its environment")]

use crate::exec::atomic;
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;
use std::env;
use std::fs;

/// Makes `.dvc` below `root` as `dvc init` does, when there is none.
pub(crate) fn ensure_dvc_folder(root: &Utf8Path) -> anyhow::Result<()> {
    let folder = root.join(".dvc");
    let temporary = folder.join("tmp");
    fs::create_dir_all(&temporary).with_context(|| format!("cannot create {temporary}"))?;
    if !folder.join("config").exists() {
        let config = if in_git(root) { "" } else { "[core]\n    no_scm = True\n" };
        atomic::write(&folder.join("config"), config.as_bytes())?;
        if !folder.join(".gitignore").exists() {
            atomic::write(&folder.join(".gitignore"), b"/config.local\n/tmp\n/cache\n")?;
        }
    }
    Ok(())
}

/// Puts files into git's index when `core.autostage` is on, as DVC does.
pub(crate) fn stage_in_git(root: &Utf8Path, files: &BTreeSet<Utf8PathBuf>) -> anyhow::Result<()> {
    if files.is_empty() || !in_git(root) || !is_on(root, "core", "autostage") {
        return Ok(());
    }
    let mut git = std::process::Command::new("git");
    let added = git.arg("add").arg("--").args(files).current_dir(root).output();
    let added = added.context("`core.autostage` is on, but `git` cannot be started")?;
    let why = String::from_utf8_lossy(&added.stderr);
    anyhow::ensure!(added.status.success(), "`git add`, for `core.autostage`: {}", why.trim());
    Ok(())
}

/// Whether the nearest configuration that has the setting says yes.
fn is_on(root: &Utf8Path, section: &str, key: &str) -> bool {
    let found = |file: Utf8PathBuf| setting(&fs::read_to_string(file).ok()?, section, key);
    let value = files(root).into_iter().rev().find_map(found);
    value.is_some_and(|it| matches!(it.to_lowercase().as_str(), "true" | "yes" | "on" | "1"))
}

fn in_git(root: &Utf8Path) -> bool {
    root.ancestors().any(|folder| folder.join(".git").exists())
}

/// The folder of the cache: `cache.dir` of the nearest configuration that has one.
pub(crate) fn cache_dir(root: &Utf8Path) -> anyhow::Result<Utf8PathBuf> {
    let mut found = root.join(".dvc/cache");
    for file in files(root) {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let Some(dir) = setting(&text, "cache", "dir") else { continue };
        let folder = file.parent().unwrap_or(root);
        found = resolve(folder, &dir).with_context(|| format!("`cache.dir` in {file}"))?;
    }
    Ok(found)
}

/// A setting of the cache, from the nearest configuration that has it.
pub(crate) fn cache_setting(root: &Utf8Path, key: &str) -> Option<String> {
    let texts = files(root).into_iter().filter_map(|file| fs::read_to_string(file).ok());
    texts.filter_map(|text| setting(&text, "cache", key)).next_back()
}

/// The folder of the default remote, where it is one of this machine.
pub(crate) fn remote_folder(root: &Utf8Path) -> Option<Utf8PathBuf> {
    let texts = || {
        let read = |file: Utf8PathBuf| Some((fs::read_to_string(&file).ok()?, file));
        files(root).into_iter().filter_map(read)
    };
    let name = texts().filter_map(|(text, _)| setting(&text, "core", "remote")).next_back()?;
    let section = format!("'remote \"{name}\"'");
    let url = |(text, file): (String, Utf8PathBuf)| Some((setting(&text, &section, "url")?, file));
    let (url, file) = texts().filter_map(url).next_back()?;
    resolve(file.parent()?, &url).ok()
}

/// Where DVC looks for its configuration; the nearest comes last and wins.
pub(crate) fn files(root: &Utf8Path) -> Vec<Utf8PathBuf> {
    let folder = |name: &str| env::var(name).ok().map(Utf8PathBuf::from);
    let system = folder("DVC_SYSTEM_CONFIG_DIR").unwrap_or_else(|| "/etc/xdg/dvc".into());
    let global = folder("DVC_GLOBAL_CONFIG_DIR")
        .or_else(|| folder("XDG_CONFIG_HOME").map(|it| it.join("dvc")))
        .or_else(|| folder("HOME").map(|it| it.join(".config/dvc")));
    let own = root.join(".dvc");
    let mut files = vec![system.join("config")];
    files.extend(global.map(|it| it.join("config")));
    files.extend([own.join("config"), own.join("config.local")]);
    files
}

fn resolve(folder: &Utf8Path, dir: &str) -> anyhow::Result<Utf8PathBuf> {
    anyhow::ensure!(!dir.contains("://"), "`{dir}` is not a local folder");
    match dir.strip_prefix("~/") {
        Some(rest) => Ok(Utf8PathBuf::from(env::var("HOME")?).join(rest)),
        None => Ok(folder.join(dir)),
    }
}

/// A value of DVC's configuration files: `[section]` lines, `key = value` lines, `#` comments.
fn setting(text: &str, section: &str, key: &str) -> Option<String> {
    let mut inside = false;
    let mut found = None;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            inside = name.trim().eq_ignore_ascii_case(section);
        } else if inside
            && let Some((name, value)) = line.split_once('=')
            && name.trim().eq_ignore_ascii_case(key)
        {
            found = Some(unquote(value.trim()).to_owned());
        }
    }
    found
}

fn unquote(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote) {
            return inner.split(quote).next().unwrap_or(inner);
        }
    }
    value.split(" #").next().unwrap_or(value).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_folder_is_found_as_dvc_finds_it() {
        let text = "# cache\n[core]\n    dir = no\n['remote \"x\"']\n    url = s3://a\n\
                    [cache]\n    type = copy\n    dir = \"../my cache\" # shared\n";
        assert_eq!(setting(text, "cache", "dir").as_deref(), Some("../my cache"));
        assert_eq!(setting(text, "cache", "type").as_deref(), Some("copy"));
        assert_eq!(setting(text, "cache", "shared"), None);
    }
}
