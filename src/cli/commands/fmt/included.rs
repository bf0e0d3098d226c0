//! The spec and the files that it includes, found by their patterns. What an include gets wrong
//! is told by `mlc check`, not here.
#![expect(clippy::disallowed_methods, reason = "follows includes through files and folders")]

use crate::base::diagnostic::Sink;
use crate::base::source::FileId;
use crate::cli::context::Context;
use crate::syntax;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;

/// Paths of the spec and its includes, each with the path to show.
pub(super) fn specs(context: &Context) -> anyhow::Result<Vec<(Utf8PathBuf, Utf8PathBuf)>> {
    let root = &context.root;
    anyhow::ensure!(
        root.join(&context.spec).is_file(),
        "there is no {} here or in a folder above; name the files to format",
        context.spec
    );
    let mut seen = BTreeSet::from([context.spec.clone()]);
    let mut found = vec![context.spec.clone()];
    let mut next = 0;
    while let Some(path) = found.get(next).cloned() {
        next += 1;
        let folder = path.parent().unwrap_or(Utf8Path::new(""));
        for pattern in patterns(&root.join(&path)) {
            let Some(pattern) = inside(folder, &pattern) else { continue };
            let segments: Vec<&str> = pattern.split('/').collect();
            let mut matches = Vec::new();
            expand(root, Utf8Path::new(""), &segments, &mut matches);
            matches.sort();
            found.extend(matches.into_iter().filter(|path| seen.insert(path.clone())));
        }
    }
    Ok(found.into_iter().map(|path| (root.join(&path), path)).collect())
}

/// What the `include` nodes of a file name.
fn patterns(path: &Utf8Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut sink = Sink::default();
    let cut = syntax::cut(FileId::default(), &text, &mut sink);
    let chunks = cut.chunks.iter().filter(|chunk| {
        cut.mended.text.get(chunk.range.clone()).is_some_and(|text| text.contains("include"))
    });
    let specs = chunks.map(|chunk| syntax::read(&cut, chunk, &mut Sink::default()));
    specs.flat_map(|spec| spec.includes).map(|pattern| pattern.value).collect()
}

/// A pattern written in `folder` as one from the root; `None` when it leaves the root.
fn inside(folder: &Utf8Path, pattern: &str) -> Option<String> {
    let mut segments: Vec<&str> = folder.as_str().split('/').collect();
    for segment in pattern.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()?),
            _ => segments.push(segment),
        }
    }
    segments.retain(|segment| !segment.is_empty());
    (!pattern.starts_with('/')).then(|| segments.join("/"))
}

/// Adds the `.kdl` files below `folder` that the rest of a pattern names; `**` is any depth.
fn expand(root: &Utf8Path, folder: &Utf8Path, segments: &[&str], found: &mut Vec<Utf8PathBuf>) {
    let Some((&segment, rest)) = segments.split_first() else { return };
    if segment == "**" {
        expand(root, folder, rest, found);
    }
    let entries = root.join(folder).read_dir_utf8();
    for entry in entries.into_iter().flatten().flatten() {
        let name = entry.file_name();
        let path = folder.join(name);
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if segment == "**" {
            if is_folder && !name.starts_with('.') {
                expand(root, &path, segments, found);
            }
        } else if !matches(segment, name) {
        } else if rest.is_empty() {
            let is_spec = path.extension() == Some("kdl") && root.join(&path).is_file();
            found.extend(is_spec.then_some(path));
        } else {
            expand(root, &path, rest, found);
        }
    }
}

/// Whether a name matches a pattern of `*` and `?`. Like a shell, neither takes a leading dot.
fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let letters: Vec<char> = name.chars().collect();
    let (mut at, mut seen) = (0, 0);
    // Behind the last `*`, and how much of the name it has taken.
    let mut star: Option<(usize, usize)> = None;
    while let Some(letter) = letters.get(seen) {
        match (pattern.get(at), star) {
            (Some('*'), _) => {
                at += 1;
                star = Some((at, seen));
            }
            (Some(want), _) if *want == '?' || want == letter => (at, seen) = (at + 1, seen + 1),
            (_, Some((behind, taken))) => {
                (at, seen) = (behind, taken + 1);
                star = Some((behind, taken + 1));
            }
            _ => return false,
        }
    }
    let rest = pattern.get(at..).unwrap_or_default();
    rest.iter().all(|&letter| letter == '*')
        && (!name.starts_with('.') || pattern.first() == Some(&'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_names_and_stay_inside() {
        for (pattern, name, want) in [
            ("*.kdl", "a.kdl", true),
            ("*.kdl", ".a.kdl", false),
            ("?-*.kdl", "é-.kdl", true),
            ("a", "ab", false),
            ("a*b*c", "a-b-b-cc", true),
            ("a*b", "a-bc", false),
        ] {
            assert_eq!(matches(pattern, name), want, "{pattern} {name}");
        }
        assert_eq!(inside("a/b".into(), "../c/*.kdl").as_deref(), Some("a/c/*.kdl"));
        assert_eq!(inside("a".into(), "../../c"), None);
        assert_eq!(inside("".into(), "/etc/x.kdl"), None);
    }
}
