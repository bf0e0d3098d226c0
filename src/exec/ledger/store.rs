//! Opens the ledger's file, makes it, and moves it aside when it is damaged. Unaware of what the
//! rows mean.
#![expect(clippy::disallowed_methods, reason = "opens the folder to lock it")]

use crate::exec::ledger::RunId;
use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use rustix::fs::{FlockOperation, flock};
use std::fmt;
use std::fs::{self, File};
use std::time::Duration;

/// Version of the tables, in SQLite's `user_version`. A change of a table raises it.
const VERSION: i64 = 2;

/// Relative to the root.
pub(super) const NAME: &str = ".mlc/ledger.db";

const TABLES: &str = "
CREATE TABLE runs (
    id TEXT NOT NULL PRIMARY KEY,
    project TEXT NOT NULL,
    command TEXT NOT NULL,
    version TEXT NOT NULL,
    jobs INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER,
    commit_id TEXT,
    dirty INTEGER,
    outcome TEXT,
    commands_ms INTEGER NOT NULL,
    counts TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE steps (
    stage TEXT NOT NULL,
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    key TEXT,
    start INTEGER NOT NULL,
    end INTEGER,
    exit_code INTEGER,
    signal INTEGER,
    attempts INTEGER NOT NULL,
    peak_memory INTEGER,
    cpu_ms INTEGER,
    log TEXT,
    message TEXT,
    reasons TEXT NOT NULL,
    record TEXT,
    data TEXT,
    PRIMARY KEY (stage, run)
) WITHOUT ROWID;
CREATE INDEX steps_of_run ON steps (run);
CREATE TABLE stages (
    stage TEXT NOT NULL PRIMARY KEY,
    run TEXT NOT NULL,
    took_ms INTEGER NOT NULL
) WITHOUT ROWID;
";

/// What the tables of version 1 lack.
const SINCE_1: &str = "ALTER TABLE steps ADD COLUMN data TEXT";

/// Why the ledger cannot be used just now.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Its text is no database, or lacks what must be in it.
    Damaged,
    /// A later mlc wrote it.
    TooNew,
    /// Another program has it for itself.
    Busy,
    Other(String),
}

impl fmt::Display for Trouble {
    /// What is wrong and what helps, without what follows from it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged => write!(f, "`{NAME}` is damaged; the next `mlc run` starts a new one"),
            Self::TooNew => write!(
                f,
                "`{NAME}` is from a newer mlc; use that one, or delete the file and what it knows"
            ),
            Self::Busy => {
                write!(f, "another program keeps `{NAME}` locked; end it, or close its transaction")
            }
            Self::Other(why) => write!(f, "`{NAME}` cannot be used ({why}); make it writable"),
        }
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(_) | None => Self::Other(error.to_string()),
        }
    }
}

/// Opens the ledger to write, and makes it when there is none. A damaged one is moved aside, of
/// which the text tells.
pub(super) fn open(root: &Utf8Path, run: RunId) -> Result<(Connection, Option<String>), Trouble> {
    match connect(root) {
        Err(Trouble::Damaged) => {
            let aside = move_aside(root, run)?;
            let told = aside.map(|name| {
                format!(
                    "`{NAME}` was damaged: it is now `{name}`, and a new one begins with this run"
                )
            });
            Ok((connect(root)?, told))
        }
        other => Ok((other?, None)),
    }
}

fn connect(root: &Utf8Path) -> Result<Connection, Trouble> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = Connection::open_with_flags(root.join(NAME), flags)?;
    be_patient(&db, Duration::from_secs(1))?;
    if version(&db)? == 0 {
        // Readers and a second run do not wait for a writer, and a kill leaves it whole.
        db.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        let making = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another run may have made the tables meanwhile.
        if version(&making)? == 0 {
            making.execute_batch(TABLES)?;
            making.pragma_update(None, "user_version", VERSION)?;
        }
        making.commit()?;
    }
    renew(&mut db)?;
    check(&db)?;
    db.pragma_update(None, "synchronous", "NORMAL")?;
    db.pragma_update(None, "foreign_keys", true)?;
    Ok(db)
}

/// Makes the tables of an earlier version those of this one.
fn renew(db: &mut Connection) -> Result<(), Trouble> {
    if version(db)? == 1 {
        let making = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another run may have done it meanwhile.
        if version(&making)? == 1 {
            making.execute_batch(SINCE_1)?;
            making.pragma_update(None, "user_version", VERSION)?;
        }
        making.commit()?;
    }
    Ok(())
}

/// Opens the ledger to read; `None` when there is none.
pub(super) fn look(root: &Utf8Path) -> Result<Option<Connection>, Trouble> {
    let path = root.join(NAME);
    if !path.exists() {
        return Ok(None);
    }
    let opened = Connection::open_with_flags(
        &path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    );
    let opened = opened.map_err(Trouble::from).and_then(|mut db| {
        be_patient(&db, Duration::from_secs(1))?;
        renew(&mut db)?;
        check(&db).map(|()| db)
    });
    match opened {
        Ok(db) => Ok(Some(db)),
        Err(Trouble::Other(_)) => unchanging(&path).map(Some),
        Err(trouble) => Err(trouble),
    }
}

/// Opens a file in a folder in which nothing can be written, and so nobody writes.
fn unchanging(path: &Utf8Path) -> Result<Connection, Trouble> {
    let escaped = path.as_str().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags)?;
    check(&db)?;
    Ok(db)
}

/// How long a statement waits for other writers.
pub(super) fn be_patient(db: &Connection, patience: Duration) -> Result<(), Trouble> {
    Ok(db.busy_timeout(patience)?)
}

fn version(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Precondition: the tables were made.
fn check(db: &Connection) -> Result<(), Trouble> {
    let version = version(db)?;
    if version > VERSION {
        return Err(Trouble::TooNew);
    }
    let tables: i64 = db.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE name IN ('runs', 'steps', 'stages')",
        [],
        |row| row.get(0),
    )?;
    if version < VERSION || tables != 3 { Err(Trouble::Damaged) } else { Ok(()) }
}

/// Gives the damaged file another name, with the files beside it; `None` when another run did.
fn move_aside(root: &Utf8Path, run: RunId) -> Result<Option<Utf8PathBuf>, Trouble> {
    let other = |error: std::io::Error| Trouble::Other(error.to_string());
    let folder = File::open(root.join(".mlc")).map_err(other)?;
    flock(&folder, FlockOperation::LockExclusive).map_err(|error| other(error.into()))?;
    if !matches!(connect(root), Err(Trouble::Damaged)) {
        return Ok(None);
    }
    let aside = format!(".mlc/ledger.damaged-{run}");
    for ending in ["", "-wal", "-shm"] {
        let moved =
            fs::rename(root.join(format!("{NAME}{ending}")), root.join(format!("{aside}{ending}")));
        if ending.is_empty() {
            moved.map_err(other)?;
        }
    }
    Ok(Some(aside.into()))
}
