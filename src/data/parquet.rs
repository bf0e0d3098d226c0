//! Parquet: files, and folders of files whose `key=value` names are columns. Row groups are read on
//! all cores; a column that the schema does not name is not read at all.

mod column;

use crate::base::guard;
use crate::data::field::{self, Fields};
use crate::data::follow::{Follower, Part, Seen, Task};
use crate::data::pool;
use crate::data::text::unkept;
use crate::data::validate::Report;
use crate::schema::column::ColumnType;
use crate::schema::watch::Batch;
use crate::schema::watch::across::Numbers;
use camino::{Utf8Path, Utf8PathBuf};
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use std::collections::BTreeSet;
use std::fmt::Display;
use std::fs::File;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Rows that are looked at together.
const BATCH: u32 = 8192;
/// How many groups a core may be ahead: they can be large, and take about as long as each other.
const AHEAD: u64 = 2;

/// One file of a table.
pub(crate) struct Member {
    pub(crate) path: Utf8PathBuf,
    /// As messages name it.
    pub(crate) shown: Utf8PathBuf,
    /// What the names of its folders say: column and text.
    pub(crate) keys: Vec<(String, String)>,
}

/// An open file. Each worker has its own: one that is shared has one place to read from.
struct Opened {
    reader: SerializedFileReader<File>,
    member: Arc<Member>,
}

/// A group of rows of a file.
type Piece = Result<(Arc<Member>, usize), String>;

/// What a worker keeps from piece to piece.
struct Worker<'a> {
    follower: Follower<'a>,
    types: Vec<(&'a str, ColumnType)>,
    batches: Vec<Batch>,
    open: Option<Opened>,
}

/// Checks the files of a table as one. An error is one sentence that says why they cannot be read.
pub(crate) fn check(members: Vec<Member>, task: Task<'_>) -> Result<Report, String> {
    let follower = Follower::new(task);
    let mut whole = follower.part();
    let mut fault = None;
    let mut members = members.into_iter();
    let mut open: Option<(Opened, usize)> = None;
    let next = || -> Option<Piece> {
        loop {
            if let Some((file, group)) = &mut open
                && *group < file.reader.num_row_groups()
            {
                *group += 1;
                return Some(Ok((Arc::clone(&file.member), *group - 1)));
            }
            match Opened::new(Arc::new(members.next()?)) {
                Ok(file) => open = Some((file, 0)),
                Err(error) => return Some(Err(error)),
            }
        }
    };
    let worker = || {
        let follower = Follower::new(task);
        let types: Vec<(&str, ColumnType)> = follower.columns().collect();
        let batches = types.iter().map(|(_, ty)| Batch::new(*ty)).collect();
        Worker { follower, types, batches, open: None }
    };
    pool::fold(
        AHEAD,
        next,
        worker,
        |worker, piece: Piece| {
            let (member, group) = piece?;
            let look = guard::tried(|| worker.look(&member, group));
            look.unwrap_or_else(|| Err(broken(&member.shown, "its pages contradict each other")))
        },
        |part: Result<Part, String>| match part {
            Ok(part) => {
                whole.join(part);
                ControlFlow::Continue(())
            }
            Err(it) => {
                fault = Some(it);
                ControlFlow::Break(())
            }
        },
    );
    if let Some(fault) = fault {
        return Err(fault);
    }
    // A file without row groups has columns, too.
    if whole.rows == 0
        && let Some((file, _)) = &open
    {
        for ((name, _), seen) in follower.columns().zip(&mut whole.columns) {
            seen.present |= file.place(name).is_some();
        }
    }
    let rows = whole.rows;
    let results = follower.findings(whole, None).map_err(|error| unkept(&error))?;
    Ok(Report { rows, lines: None, results })
}

/// The columns of a table and the types that hold their values; none where its files differ.
pub(crate) fn columns(members: Vec<Member>) -> Result<Vec<(String, Option<ColumnType>)>, String> {
    let mut columns: Vec<(String, Option<ColumnType>)> = Vec::new();
    for member in members {
        let file = Opened::new(Arc::new(member))?;
        let keys = file.member.keys.iter().map(|(key, _)| (key.clone(), Some(ColumnType::Str)));
        let own = file.reader.metadata().file_metadata().schema_descr().columns().iter();
        let own = own.map(|column| {
            let name = column.path().parts().first().cloned().unwrap_or_default();
            (name, column::type_of(column))
        });
        for (name, ty) in keys.chain(own) {
            match columns.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) if *known != ty => *known = None,
                Some(_) => {}
                None => columns.push((name, ty)),
            }
        }
    }
    Ok(columns)
}

impl Opened {
    fn new(member: Arc<Member>) -> Result<Self, String> {
        #[expect(clippy::disallowed_methods, reason = "reads data, which is no part of a spec")]
        let file = File::open(&member.path)
            .map_err(|error| format!("{} cannot be read: {error}", member.shown))?;
        let length = file.metadata().map_or(0, |it| it.len());
        let shown = &member.shown;
        let reader = guard::tried(|| SerializedFileReader::new(file))
            .ok_or_else(|| broken(shown, "its footer contradicts itself"))?
            .map_err(|error| broken(shown, error))?;
        let metadata = reader.metadata();
        if !metadata.row_groups().iter().flat_map(|it| it.columns()).all(|it| within(it, length)) {
            return Err(broken(shown, "a column lies outside of it"));
        }
        let mut names = BTreeSet::new();
        let columns = metadata.file_metadata().schema_descr().root_schema().get_fields();
        match columns.iter().find(|it| !names.insert(it.name())) {
            Some(twice) => Err(format!("{shown} has two columns `{}`", twice.name())),
            None => Ok(Self { reader, member }),
        }
    }

    /// The names of all columns, those that folders name last.
    fn names(&self) -> impl Iterator<Item = &str> {
        let columns = self.reader.metadata().file_metadata().schema_descr().root_schema();
        let own = columns.get_fields().iter().map(|it| it.name());
        own.chain(self.member.keys.iter().map(|(key, _)| key.as_str()))
    }

    /// Which column has this name; one that is nested has the name of what it is in.
    fn place(&self, name: &str) -> Option<usize> {
        let columns = self.reader.metadata().file_metadata().schema_descr().columns();
        columns.iter().position(|it| it.path().parts().first().is_some_and(|it| it == name))
    }
}

/// Whether the bytes of a column are in the file; the crate takes that for granted.
fn within(column: &ColumnChunkMetaData, length: u64) -> bool {
    let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
    let start = u64::try_from(start).ok();
    let end = start.zip(u64::try_from(column.compressed_size()).ok());
    end.and_then(|(start, size)| start.checked_add(size)).is_some_and(|end| end <= length)
}

fn broken(shown: &Utf8Path, error: impl Display) -> String {
    let error = error.to_string();
    let error = error.trim_start_matches("Parquet error: ");
    format!("{shown} is no Parquet file, or a damaged one: {error}")
}

impl Worker<'_> {
    fn look(&mut self, member: &Arc<Member>, group: usize) -> Result<Part, String> {
        let open = self.open.take().filter(|it| Arc::ptr_eq(&it.member, member));
        let file = match open {
            Some(file) => self.open.insert(file),
            None => self.open.insert(Opened::new(Arc::clone(member))?),
        };
        let fail = |error: ParquetError| broken(&file.member.shown, error);
        let group = file.reader.get_row_group(group).map_err(fail)?;
        let rows = u32::try_from(group.metadata().num_rows())
            .map_err(|_| format!("{} has a group of too many rows", file.member.shown))?;
        let mut part = self.follower.part();
        part.rows = rows.into();
        self.follower.note(file.names(), &mut part);
        let mut sources = Vec::new();
        for ((name, ty), seen) in self.types.iter().zip(&mut part.columns) {
            let folder = file.member.keys.iter().find(|(key, _)| key == name);
            let place = file.place(name);
            seen.present = folder.is_some() || place.is_some();
            sources.push(match (folder, place) {
                (Some((_, text)), _) => Source::Folder(text),
                (None, Some(place)) => {
                    let column = group.metadata().column(place).column_descr_ptr();
                    let reader = group.get_column_reader(place).map_err(fail)?;
                    Source::Column(column::rows(reader, &column, *ty))
                }
                (None, None) => Source::Nowhere,
            });
        }
        for before in (0..rows).step_by(BATCH as usize) {
            let count = BATCH.min(rows - before);
            let columns = part.columns.iter_mut().zip(&mut self.batches).zip(&self.types);
            for (((seen, batch), (name, ty)), source) in columns.zip(&mut sources) {
                batch.begin(before);
                match source {
                    // A table may be of several files, of which this one lacks the column.
                    Source::Nowhere => {
                        let rows = before + 1..=before + count;
                        rows.for_each(|row| seen.missing.count(row.into(), String::new));
                    }
                    Source::Folder(text) => same_in_all(text, *ty, (before, count), seen, batch),
                    Source::Column(rows) => {
                        let read =
                            rows.read(before, count as usize, (seen, batch)).map_err(fail)?;
                        if read != count as usize {
                            let shown = &file.member.shown;
                            return Err(broken(shown, format_args!("`{name}` ends early")));
                        }
                    }
                }
            }
            part.look(&mut self.batches, Numbers::Behind(before, count));
        }
        Ok(part)
    }
}

/// Where the values of a column come from.
enum Source<'a> {
    Nowhere,
    /// The name of a folder says it of all rows.
    Folder(&'a str),
    Column(Box<dyn column::Rows>),
}

/// Reads the text of a folder's name as the value of some rows.
fn same_in_all(
    text: &str,
    ty: ColumnType,
    (before, count): (u32, u32),
    seen: &mut Seen,
    batch: &mut Batch,
) {
    let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let numbers: Vec<u32> = (before + 1..=before + count).collect();
    let places = vec![(0, end); numbers.len()];
    let fields =
        Fields { text, places: &places, width: 1, place: 0, numbers: &numbers, nulls: &[] };
    field::read(fields, ty, &mut seen.target(batch));
}
