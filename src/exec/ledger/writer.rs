//! Writes one run down while it goes on: in memory first, then about once a second in one
//! transaction. A run for which nothing had to be done is not recorded, and costs nothing.
#![expect(clippy::disallowed_methods, reason = "reads the clock and the command line")]

use crate::exec::boundary::inspection::Inspection;
use crate::exec::ledger::alive::Sign;
use crate::exec::ledger::git::Checkout;
use crate::exec::ledger::store::{self, Trouble};
use crate::exec::ledger::{Outcome, Record, RunId, prune};
use crate::exec::lock::Entry;
use crate::exec::progress::{Detail, Status};
use crate::exec::reason::Reason;
use crate::exec::usage::Usage;
use crate::model::ids::StepId;
use crate::plan::step::Step;
use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::{Connection, TransactionBehavior, params};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Rows wait this long for others at most.
const DELAY: Duration = Duration::from_millis(800);

/// How long a write waits for another program: briefly while stages run, longer at the end.
const PATIENCE: Duration = Duration::from_millis(20);
const LAST_PATIENCE: Duration = Duration::from_secs(2);

/// The record of a run that goes on.
#[derive(Debug)]
pub(crate) struct Writer {
    root: Utf8PathBuf,
    run: RunId,
    project: String,
    jobs: usize,
    rows: BTreeMap<StepId, Row>,
    /// Rows that are not in the file as they are now.
    waiting: BTreeSet<StepId>,
    waiting_since: Option<Instant>,
    /// Set with the first row.
    begun: Option<Begun>,
    file: File,
    /// What the user must know.
    remark: Option<String>,
}

/// What a run has that did something.
#[derive(Debug)]
struct Begun {
    checkout: Checkout,
    /// `None` when the folder for logs cannot be made, of which the first log will tell.
    _sign: Option<Sign>,
}

#[derive(Debug)]
enum File {
    Closed,
    Open(Connection),
    /// It cannot be used; the user was told.
    Unusable,
}

/// A stage in this run.
#[derive(Debug, Default)]
struct Row {
    stage: String,
    status: &'static str,
    start: i64,
    end: Option<i64>,
    exit_code: Option<i32>,
    signal: Option<i32>,
    attempts: u32,
    usage: Option<Usage>,
    log: Option<String>,
    message: Option<String>,
    reasons: Vec<String>,
    key: Option<String>,
    record: Option<String>,
    data: Vec<Inspection>,
}

/// The end of a run.
#[derive(Debug)]
pub(crate) struct Close<'a> {
    pub(crate) outcome: Outcome,
    pub(crate) counts: &'a BTreeMap<Status, usize>,
    /// How long commands ran, counting those that ran at once only once.
    pub(crate) commands: Duration,
}

impl Writer {
    pub(crate) fn new(root: &Utf8Path, run: RunId, project: &str, jobs: usize) -> Self {
        Self {
            root: root.to_owned(),
            run,
            project: project.to_owned(),
            jobs,
            rows: BTreeMap::new(),
            waiting: BTreeSet::new(),
            waiting_since: None,
            begun: None,
            file: File::Closed,
            remark: None,
        }
    }

    /// A command is about to run.
    pub(crate) fn started(&mut self, step: &Step, reasons: &[Reason], log: &Utf8Path) {
        let row = self.row(step);
        row.status = "running";
        row.attempts = 1;
        row.log = Some(log.to_string());
        row.reasons = lines(reasons);
    }

    pub(crate) fn retrying(&mut self, step: &Step, attempt: u32) {
        self.row(step).attempts = attempt;
    }

    /// What the commands used, and how the last one ended.
    pub(crate) fn used(&mut self, step: &Step, usage: Usage, exit: (Option<i32>, Option<i32>)) {
        let row = self.row(step);
        row.usage = Some(usage);
        (row.exit_code, row.signal) = exit;
    }

    /// What came of its data.
    pub(crate) fn inspected(&mut self, step: &Step, data: Vec<Inspection>) {
        if !data.is_empty() {
            self.row(step).data = data;
        }
    }

    /// What the lock now holds of the step.
    pub(crate) fn recorded(&mut self, step: &Step, entry: &Entry) {
        let record = Record::new(step, entry);
        let row = self.row(step);
        row.key = Some(record.key());
        row.record = serde_json::to_string(&record).ok();
    }

    /// Nothing more will be heard of the step. What was up to date, or never had its turn, is
    /// only counted.
    pub(crate) fn ended(
        &mut self,
        step: &Step,
        status: Status,
        took: Duration,
        detail: &Detail<'_>,
    ) {
        if matches!(status, Status::UpToDate | Status::NotRun) {
            return;
        }
        let row = self.row(step);
        row.status = status.slug();
        row.end = Some(now());
        if row.attempts == 0 {
            row.start = now() - i64::try_from(took.as_millis()).unwrap_or_default();
        }
        match detail {
            Detail::None => {}
            Detail::Reasons(reasons) => row.reasons = lines(reasons),
            Detail::Failure(report) => row.message = Some(report.text.clone()),
            Detail::Because(stage) => row.message = Some(format!("`{stage}` did not succeed")),
        }
    }

    /// Writes what has waited long enough.
    pub(crate) fn flush_if_due(&mut self) {
        if self.waiting_since.is_some_and(|since| since.elapsed() >= DELAY) {
            self.flush(None);
        }
    }

    /// Writes everything, forgets old runs, and returns what the user must know.
    pub(crate) fn finish(&mut self, close: &Close<'_>) -> Option<String> {
        if self.begun.is_some() {
            for (id, row) in self.rows.iter_mut().filter(|(_, row)| row.status == "running") {
                (row.status, row.end) = (Status::Interrupted.slug(), Some(now()));
                self.waiting.insert(*id);
            }
            self.flush(Some(close));
            self.begun = None;
        }
        self.remark.take()
    }

    fn row(&mut self, step: &Step) -> &mut Row {
        if self.begun.is_none() {
            let sign = Sign::raise(&self.root, &self.run.to_string()).ok();
            self.begun = Some(Begun { checkout: Checkout::look(&self.root), _sign: sign });
        }
        self.waiting.insert(step.id);
        self.waiting_since.get_or_insert_with(Instant::now);
        let new = || Row { stage: step.name.clone(), start: now(), ..Row::default() };
        self.rows.entry(step.id).or_insert_with(new)
    }

    fn flush(&mut self, close: Option<&Close<'_>>) {
        // SQLite waits for others by itself, but not while one of them makes the file or puts it
        // away, which runs that begin and end together do.
        let deadline = close.map(|_| Instant::now() + LAST_PATIENCE);
        let trouble = loop {
            match self.attempt(close) {
                Err(Trouble::Busy) if deadline.is_some_and(|it| Instant::now() < it) => {
                    std::thread::sleep(PATIENCE);
                }
                Err(trouble) => break trouble,
                Ok(()) => return,
            }
        };
        self.suffer(trouble, close);
    }

    fn attempt(&mut self, close: Option<&Close<'_>>) -> Result<(), Trouble> {
        if matches!(self.file, File::Closed) {
            let (db, told) = store::open(&self.root, self.run)?;
            self.file = File::Open(db);
            self.remark = self.remark.take().or(told);
        }
        let File::Open(_) = &self.file else { return Ok(()) };
        self.write(close)?;
        let waiting = std::mem::take(&mut self.waiting);
        self.rows.retain(|id, row| row.end.is_none() || !waiting.contains(id));
        self.waiting_since = None;
        Ok(())
    }

    /// Goes on without the ledger, for now or for good.
    fn suffer(&mut self, trouble: Trouble, close: Option<&Close<'_>>) {
        match (trouble, close) {
            // Whoever has it will let go of it.
            (Trouble::Busy, None) => self.waiting_since = Some(Instant::now()),
            // It was whole when it was opened: opened again, it is moved aside.
            (Trouble::Damaged, _) if matches!(self.file, File::Open(_)) => {
                self.file = File::Closed;
                match store::open(&self.root, self.run) {
                    Ok((db, told)) => {
                        self.file = File::Open(db);
                        self.remark = told.or_else(|| self.remark.take());
                        if self.write(close).is_err() {
                            self.file = File::Unusable;
                        }
                    }
                    Err(_) => self.file = File::Unusable,
                }
            }
            (trouble, _) => {
                self.file = File::Unusable;
                self.remark = Some(format!("this run is not recorded: {trouble}"));
            }
        }
    }

    fn write(&mut self, close: Option<&Close<'_>>) -> Result<(), Trouble> {
        let File::Open(db) = &mut self.file else { return Ok(()) };
        let Some(begun) = &mut self.begun else { return Ok(()) };
        let dirty = begun.checkout.dirty(close.is_some());
        store::be_patient(db, if close.is_some() { LAST_PATIENCE } else { PATIENCE })?;
        let writing = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let command = std::iter::once("mlc".to_owned())
            .chain(std::env::args_os().skip(1).map(|it| it.to_string_lossy().into_owned()));
        let counts: BTreeMap<&str, usize> = close
            .iter()
            .flat_map(|close| close.counts.iter().map(|(status, &count)| (status.slug(), count)))
            .collect();
        writing
            .prepare(
                "INSERT INTO runs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
                 ON CONFLICT (id) DO UPDATE SET end = ?7, dirty = ?9, outcome = ?10,
                 commands_ms = ?11, counts = ?12",
            )?
            .execute(params![
                self.run.to_string(),
                self.project,
                serde_json::Value::from_iter(command).to_string(),
                env!("CARGO_PKG_VERSION"),
                integer(self.jobs),
                self.run.start(),
                close.map(|_| now()),
                begun.checkout.commit,
                dirty,
                close.map(|close| close.outcome.slug()),
                integer(close.map_or(0, |close| close.commands.as_millis())),
                serde_json::json!(counts).to_string(),
            ])?;
        let run = self.run.to_string();
        write_rows(&writing, &run, self.waiting.iter().filter_map(|id| self.rows.get(id)))?;
        let forgotten = match close {
            Some(_) => prune::excess(&writing, prune::keep())?,
            None => Vec::new(),
        };
        prune::delete(&writing, &forgotten)?;
        writing.commit()?;
        if close.is_some() {
            prune::delete_logs(&self.root, &forgotten);
        }
        Ok(())
    }
}

fn write_rows<'a>(
    db: &Connection,
    run: &str,
    rows: impl Iterator<Item = &'a Row>,
) -> Result<(), Trouble> {
    let mut step = db.prepare(
        "INSERT OR REPLACE INTO steps VALUES
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    )?;
    let mut stage = db.prepare("INSERT OR REPLACE INTO stages VALUES (?1, ?2, ?3)")?;
    for row in rows {
        step.execute(params![
            row.stage,
            run,
            row.status,
            row.key,
            row.start,
            row.end,
            row.exit_code,
            row.signal,
            row.attempts,
            row.usage.map(|usage| integer(usage.peak_memory)),
            row.usage.map(|usage| integer(usage.cpu.as_millis())),
            row.log,
            row.message,
            serde_json::json!(row.reasons).to_string(),
            row.record,
            serde_json::to_string(&row.data).ok(),
        ])?;
        if row.status == Status::Ran.slug() {
            stage.execute(params![row.stage, run, row.end.unwrap_or(row.start) - row.start])?;
        }
    }
    Ok(())
}

fn lines(reasons: &[Reason]) -> Vec<String> {
    reasons.iter().map(ToString::to_string).collect()
}

/// SQLite's integers have a sign.
fn integer(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    integer(since.as_millis())
}
