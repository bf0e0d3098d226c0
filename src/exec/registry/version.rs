//! Versions of models, as Semantic Versioning has them, and how far one leads.

use crate::exec::registry::card::Card;
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version([u32; 3]);

/// Which number of a version grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bump {
    Major,
    Minor,
    Patch,
}

impl Version {
    pub(crate) const FIRST: Self = Self([1, 0, 0]);

    /// Reads `1.2.0`; a `v` before it is left out.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix('v').unwrap_or(text).split('.').map(|part| {
            let plain = part.bytes().all(|it| it.is_ascii_digit());
            let leading = part.len() > 1 && part.starts_with('0');
            part.parse().ok().filter(|_| plain && !leading)
        });
        let version = Self([parts.next()??, parts.next()??, parts.next()??]);
        parts.next().is_none().then_some(version)
    }

    pub(crate) fn next(self, bump: Bump) -> Self {
        let Self([major, minor, patch]) = self;
        Self(match bump {
            Bump::Major => [major + 1, 0, 0],
            Bump::Minor => [major, minor + 1, 0],
            Bump::Patch => [major, minor, patch + 1],
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([major, minor, patch]) = self;
        write!(f, "{major}.{minor}.{patch}")
    }
}

impl Bump {
    /// What the difference of two cards asks for: who calls the model must change when its data has
    /// another schema, the model is another one when code, params or libraries changed, and the
    /// same one of other data otherwise.
    pub(crate) fn between(old: &Card, new: &Card) -> Self {
        if old.schemas != new.schemas {
            return Self::Major;
        }
        let same = old.params == new.params
            && old.code == new.code
            && old.environment == new.environment
            && old.file.path == new.file.path;
        if same { Self::Patch } else { Self::Minor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_grow() {
        for (text, want) in [
            ("1.2.3", Some("1.2.3")),
            ("v10.0.1", Some("10.0.1")),
            ("1.2", None),
            ("1.2.3.4", None),
            ("1.02.3", None),
            ("1.-2.3", None),
            ("1.+2.3", None),
            ("production", None),
        ] {
            let read = Version::parse(text).map(|it| it.to_string());
            assert_eq!(read.as_deref(), want, "{text}");
        }
        let version = Version([1, 9, 4]);
        for (bump, want) in
            [(Bump::Major, "2.0.0"), (Bump::Minor, "1.10.0"), (Bump::Patch, "1.9.5")]
        {
            assert_eq!(version.next(bump).to_string(), want);
            assert!(version.next(bump) > version);
        }
    }
}
