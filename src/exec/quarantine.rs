//! Rows that break their schema, moved out of a table into a file beside it, each as it stood with
//! the reasons. The table keeps the other rows, byte for byte.
#![expect(clippy::disallowed_methods, reason = "rewrites data beside itself")]

use crate::data::follow::Task;
use crate::data::source::{self, Opened, Packed, Packing, Trouble};
use crate::data::validate::{self, Report};
use crate::exec::atomic;
use crate::model::project::NamedSchema;
use anyhow::{Context as _, bail};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write as _};
use tempfile::NamedTempFile;

/// What was moved.
#[derive(Debug)]
pub(crate) struct Moved {
    pub(crate) rows: u64,
    /// How many there were.
    pub(crate) of: u64,
    /// Where they are now, relative to the root.
    pub(crate) to: Utf8PathBuf,
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// A header and records, with this byte between fields.
    Delimited(u8),
    /// A JSON object a line.
    Lines,
}

/// The file that takes the bad rows of a table: `data/raw.quarantine.csv` of `data/raw.csv.gz`.
pub(crate) fn place(path: &Utf8Path) -> Utf8PathBuf {
    let plain = if path.extension() == Some("gz") { path.with_extension("") } else { path.into() };
    plain.with_extension(format!("quarantine.{}", plain.extension().unwrap_or("csv")))
}

/// Moves the rows that fail by themselves; `None` when there are none, so that what is wrong with
/// the table is wrong with it as a whole.
///
/// Rows that were moved earlier stay in their file when `adds`, as the table they came from has
/// them no longer.
pub(crate) fn sift(
    root: &Utf8Path,
    path: &Utf8Path,
    schema: &NamedSchema,
    adds: bool,
) -> anyhow::Result<Option<Moved>> {
    let full = root.join(path);
    let task = Task { all: true, ..Task::from(&schema.schema) };
    let report = validate::table(&full, path, task).map_err(into_error)?;
    let bad = report.bad_rows();
    if bad.is_empty() {
        return Ok(None);
    }
    let (text, form) = match source::open(&full, path).map_err(into_error)? {
        Opened::Delimited { text, delimiter } => (text, Form::Delimited(delimiter)),
        Opened::Lines(text) => (text, Form::Lines),
        Opened::Parquet(_) => bail!("Parquet files are not taken apart: quarantine moves lines"),
    };
    let Some(packing) = source::packing(&full)? else {
        bail!("files packed with zstd are not taken apart");
    };
    let to = place(path);
    let mut split = Split::new(root, &to, &full, form, packing)?;
    split.divide(BufReader::new(text), &report, &bad, adds)?;
    split.keep(&full)?;
    Ok(Some(Moved { rows: bad.len() as u64, of: report.rows, to }))
}

/// Removes the rows that an earlier version of a table had moved.
pub(crate) fn forget(root: &Utf8Path, path: &Utf8Path) -> anyhow::Result<()> {
    let place = root.join(place(path));
    match fs::remove_file(&place) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {place}"))
        }
        _ => Ok(()),
    }
}

fn into_error(trouble: Trouble) -> anyhow::Error {
    anyhow::anyhow!(trouble.into_text())
}

/// Both halves of a table while they are written.
struct Split {
    form: Form,
    good: Packed<BufWriter<NamedTempFile>>,
    bad: BufWriter<NamedTempFile>,
    /// The file of the bad rows.
    place: Utf8PathBuf,
}

impl Split {
    fn new(
        root: &Utf8Path,
        to: &Utf8Path,
        full: &Utf8Path,
        form: Form,
        packing: Packing,
    ) -> anyhow::Result<Self> {
        let folder = full.parent().context("the path has no folder")?;
        let beside = || tempfile::Builder::new().prefix(atomic::PREFIX).tempfile_in(folder);
        let good = Packed::new(BufWriter::new(beside()?), packing);
        Ok(Self { form, good, bad: BufWriter::new(beside()?), place: root.join(to) })
    }

    /// Sends each line of the table to its half. A blank line goes with the row before it.
    fn divide(
        &mut self,
        mut text: impl BufRead,
        report: &Report,
        bad: &BTreeMap<u64, Vec<String>>,
        adds: bool,
    ) -> anyhow::Result<()> {
        let earlier = adds.then(|| File::open(&self.place).ok()).flatten();
        let copied = match earlier {
            Some(mut file) => io::copy(&mut file, &mut self.bad)?,
            None => 0,
        };
        let begins = copied == 0;
        let (mut row, mut number, mut line, mut reasons) = (0, 0, Vec::new(), None);
        let line_of = |row| report.line(row).unwrap_or(row);
        loop {
            line.clear();
            if text.read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            number += 1;
            if row < report.rows && number == line_of(row + 1) {
                row += 1;
                reasons = bad.get(&row);
                if let Some(reasons) = reasons {
                    self.tell(number, reasons)?;
                    self.bad.write_all(&self.form.row(&line))?;
                    continue;
                }
            }
            if row == 0 && begins && self.form != Form::Lines {
                self.header(&line)?;
            }
            match reasons {
                // A quoted field goes on.
                Some(_) => self.bad.write_all(&ended(&line))?,
                None => self.good.write_all(&line)?,
            }
        }
    }

    /// The names of the columns behind those of ours.
    fn header(&mut self, line: &[u8]) -> anyhow::Result<()> {
        let Form::Delimited(delimiter) = self.form else { return Ok(()) };
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        let names = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        let comma = char::from(delimiter);
        write!(self.bad, "_line{comma}_reasons{comma}")?;
        Ok(self.bad.write_all(&ended(names))?)
    }

    /// Where a row stood and what it fails, before the row itself.
    fn tell(&mut self, line: u64, reasons: &[String]) -> anyhow::Result<()> {
        match self.form {
            Form::Delimited(delimiter) => {
                let comma = char::from(delimiter);
                let text = reasons.join("; ").replace('"', "\"\"");
                write!(self.bad, "{line}{comma}\"{text}\"{comma}")?;
            }
            Form::Lines => {
                let reasons = serde_json::to_string(reasons)?;
                write!(self.bad, "{{\"_line\":{line},\"_reasons\":{reasons},\"row\":")?;
            }
        }
        Ok(())
    }

    /// Puts both halves in place, the bad rows first: whatever happens between, no row is lost.
    fn keep(self, full: &Utf8Path) -> anyhow::Result<()> {
        let mode = fs::metadata(full)?.permissions();
        let whole = |half: BufWriter<NamedTempFile>| {
            half.into_inner().map_err(io::IntoInnerError::into_error)
        };
        let (bad, good) = (whole(self.bad)?, whole(self.good.end()?)?);
        for (file, place) in [(bad, self.place.as_path()), (good, full)] {
            file.as_file().set_permissions(mode.clone())?;
            file.as_file().sync_all()?;
            file.persist(place).with_context(|| format!("cannot write {place}"))?;
        }
        let folder = full.parent().context("the path has no folder")?;
        Ok(File::open(folder)?.sync_all()?)
    }
}

impl Form {
    /// A row as its line among the bad ones.
    fn row(self, line: &[u8]) -> Vec<u8> {
        match self {
            Self::Delimited(_) => ended(line),
            Self::Lines => [line.trim_ascii(), b"}\n"].concat(),
        }
    }
}

/// A line with its end, which the last of a file may lack.
fn ended(line: &[u8]) -> Vec<u8> {
    let mut line = line.to_vec();
    if line.last() != Some(&b'\n') {
        line.push(b'\n');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::sample;

    fn named(text: &str) -> NamedSchema {
        let span = crate::base::source::Span::default();
        let name = crate::base::source::Spanned::new("s".to_owned(), span);
        let schema = sample::schema(text);
        NamedSchema { name, span, schema, extends: None, problems: Vec::new() }
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut packed = Packed::new(Vec::new(), Packing::Gzip);
        packed.write_all(text).unwrap();
        packed.end().unwrap()
    }

    #[test]
    fn a_packed_table_stays_packed() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let path = Utf8Path::new("raw.csv.gz");
        fs::write(root.join(path), gzip("\u{feff}a,b\r\n1,x\r\n-1,\"y\r\n\"\r\n2,z".as_bytes()))
            .unwrap();
        let moved = sift(root, path, &named("a int >0\nb str"), true).unwrap().unwrap();
        assert_eq!((moved.rows, moved.of, moved.to.as_str()), (1, 3, "raw.quarantine.csv"));
        let side = fs::read_to_string(root.join("raw.quarantine.csv")).unwrap();
        assert_eq!(side, "_line,_reasons,a,b\r\n3,\"a: >0\",-1,\"y\r\n\"\r\n");
        assert_eq!(
            fs::read(root.join(path)).unwrap(),
            gzip("\u{feff}a,b\r\n1,x\r\n2,z".as_bytes())
        );
        assert!(sift(root, path, &named("a int >0\nb str"), true).unwrap().is_none());
    }

    /// A bad row that stands last has no line end, and neither has what comes before it lost one.
    #[test]
    fn more_than_are_shown_are_moved() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let path = Utf8Path::new("raw.csv");
        let mut text = "a\n".to_owned();
        (0..90).for_each(|it| text += &format!("{}\n", it % 3 - 1));
        text += "-5";
        fs::write(root.join(path), &text).unwrap();
        let moved = sift(root, path, &named("a int >=0 { notin 0 }"), false).unwrap().unwrap();
        assert_eq!((moved.rows, moved.of), (61, 91));
        assert_eq!(
            fs::read_to_string(root.join(path)).unwrap(),
            format!("a\n{}", "1\n".repeat(30))
        );
        let side = fs::read_to_string(root.join(place(path))).unwrap();
        assert_eq!(side.lines().count(), 62);
        assert!(side.ends_with("92,\"a: >=0\",-5\n"));
        forget(root, path).unwrap();
        forget(root, path).unwrap();
        assert!(!root.join(place(path)).exists());
    }
}
