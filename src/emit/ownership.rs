//! Whose file is it? A stamp in the first lines tells, on any clone and without other records.
//!
//! The stamp holds a digest of everything below it, so a file that was edited by hand shows.

use sha2::{Digest as _, Sha256};

/// What stands on disk where a target wants to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Missing,
    /// Exactly what would be written.
    Same,
    /// Written by mlc and not touched since.
    Ours,
    /// Written by mlc and edited since.
    Edited,
    /// Not written by mlc.
    Foreign,
}

impl State {
    pub(crate) fn of(on_disk: Option<&str>, wanted: &str) -> Self {
        match on_disk {
            None => Self::Missing,
            Some(text) if text == wanted => Self::Same,
            Some(text) => Self::without(text),
        }
    }

    /// The state of a file that no target wants.
    pub(crate) fn without(on_disk: &str) -> Self {
        match digests(on_disk) {
            None => Self::Foreign,
            Some((written, actual)) if written == actual => Self::Ours,
            Some(_) => Self::Edited,
        }
    }

    /// Whether writing would lose something.
    pub(crate) fn is_precious(self) -> bool {
        matches!(self, Self::Edited | Self::Foreign)
    }
}

const MARK: &str = "written by `mlc build` from ";
const DIGEST: &str = "digest ";

/// Puts a stamp above `body`, as comments that start with `comment`.
pub(crate) fn stamped(body: &str, comment: &str, spec: &str) -> String {
    format!(
        "{comment} {MARK}{spec}; edit that, not this\n{comment} {DIGEST}{}\n{body}",
        digest(body)
    )
}

/// The digest in the stamp and that of the text below it.
fn digests(text: &str) -> Option<(&str, String)> {
    let (first, rest) = text.split_once('\n')?;
    let (second, body) = rest.split_once('\n')?;
    let written = second.split_once(DIGEST)?.1.trim();
    first.contains(MARK).then(|| (written, digest(&body.replace("\r\n", "\n"))))
}

/// The first 16 hexadecimal digits of SHA-256.
fn digest(body: &str) -> String {
    Sha256::digest(body.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_tells_ours_from_edited_and_foreign() {
        let old = stamped("a: 1\n", "#", "mlc.kdl");
        let new = stamped("a: 2\n", "#", "mlc.kdl");
        for (on_disk, want) in [
            (None, State::Missing),
            (Some(new.clone()), State::Same),
            (Some(old.clone()), State::Ours),
            (Some(old.replace('\n', "\r\n")), State::Ours),
            (Some(old + "b: 3\n"), State::Edited),
            (Some("a: 1\n".to_owned()), State::Foreign),
            (Some(String::new()), State::Foreign),
        ] {
            assert_eq!(State::of(on_disk.as_deref(), &new), want, "{on_disk:?}");
        }
    }
}
