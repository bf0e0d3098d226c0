//! The plots of stages, read as DVC's templates read them.
#![expect(clippy::disallowed_methods, reason = "reads pictures that stages wrote")]

use crate::base::base64::base64;
use crate::base::value::Value;
use crate::exec::table::Table;
use crate::model::stage::OutKind;
use crate::plan::Plan;
use crate::report::chart::{Chart, Points};
use crate::report::project::{Drawn, Plot};
use camino::Utf8Path;

/// A picture larger than this stays where it is.
const LARGEST: usize = 4_000_000;

/// Most classes of a confusion matrix, and most bars.
const CLASSES: usize = 20;

/// What a spec says of a plot.
#[derive(Default)]
struct Wanted {
    template: String,
    x: Option<String>,
    y: Option<String>,
    x_label: Option<String>,
    y_label: Option<String>,
}

pub(super) fn plots(root: &Utf8Path, plan: &Plan) -> Vec<Plot> {
    let mut plots = Vec::new();
    for stage in &plan.project.stages {
        for instance in &stage.instances {
            for (out, path) in stage.outs.iter().zip(&instance.outs) {
                let OutKind::Plots { properties } = &out.kind else { continue };
                let mut wanted = Wanted::default();
                for (name, value) in properties {
                    let Value::Str(text) = value else { continue };
                    let named = || Some(text.clone());
                    match name.as_str() {
                        "template" => wanted.template.clone_from(text),
                        "x" => wanted.x = named(),
                        "y" => wanted.y = named(),
                        "x_label" | "x-label" => wanted.x_label = named(),
                        "y_label" | "y-label" => wanted.y_label = named(),
                        _ => {}
                    }
                }
                let drawn = drawn(root, path, &wanted).unwrap_or_else(Drawn::Nothing);
                plots.push(Plot { path: path.to_string(), drawn });
            }
        }
    }
    plots
}

fn drawn(root: &Utf8Path, path: &Utf8Path, wanted: &Wanted) -> Result<Drawn, String> {
    let kind = match path.extension() {
        Some("png") => Some("image/png"),
        Some("jpg" | "jpeg") => Some("image/jpeg"),
        Some("gif") => Some("image/gif"),
        Some("svg") => Some("image/svg+xml"),
        _ => None,
    };
    if let Some(kind) = kind {
        let bytes =
            std::fs::read(root.join(path)).map_err(|error| format!("cannot be read: {error}"))?;
        if bytes.len() > LARGEST {
            return Err("is too large for a report".to_owned());
        }
        return Ok(Drawn::Picture(kind, base64(&bytes)));
    }
    chart(&Table::read(root, path)?, wanted).map(Drawn::Chart)
}

fn chart(table: &Table, wanted: &Wanted) -> Result<Chart, String> {
    let last = table.names().last().unwrap_or_default();
    let y = wanted.y.as_deref().unwrap_or(last);
    let label =
        |label: &Option<String>, name: &str| label.clone().unwrap_or_else(|| name.to_owned());
    let labels = |x: &str| (label(&wanted.x_label, x), label(&wanted.y_label, y));
    let template = wanted.template.as_str();
    if template.starts_with("confusion") {
        let x = wanted.x.as_deref().unwrap_or("actual");
        return confusion(table, x, y, labels(x));
    }
    if template.starts_with("bar") {
        // Bars lie: their lengths are x, their names y.
        let x = wanted.x.as_deref().ok_or("bars need `x=`, the column of their lengths")?;
        let (x_label, y_label) = labels(x);
        let mut values: Vec<(String, f64)> =
            table.column(y)?.iter().cloned().zip(table.numbers(x)?).collect();
        if template.ends_with("sorted") {
            values.sort_by(|a, b| b.1.total_cmp(&a.1));
        }
        values.truncate(CLASSES);
        return Ok(Chart::Bars { values, x: x_label, y: y_label });
    }
    let up = table.numbers(y)?;
    let (across, x) = match wanted.x.as_deref() {
        Some(x) => (table.numbers(x)?, x),
        None => (steps(up.len()), "step"),
    };
    let (x, y) = labels(x);
    let mut points = Points { points: across.into_iter().zip(up).collect(), x, y };
    if template.starts_with("scatter") {
        return Ok(Chart::Scatter(points));
    }
    points.points.sort_by(|a, b| a.0.total_cmp(&b.0));
    Ok(Chart::Line(points))
}

#[expect(clippy::cast_precision_loss, reason = "rows of a plot are few")]
fn steps(count: usize) -> Vec<f64> {
    (0..count).map(|it| it as f64).collect()
}

/// Counts by class: rows are what was true, `x`, columns what was predicted, `y`.
fn confusion(
    table: &Table,
    x: &str,
    y: &str,
    (x_label, y_label): (String, String),
) -> Result<Chart, String> {
    let (actual, predicted) = (table.column(x)?, table.column(y)?);
    let mut classes: Vec<String> = actual.iter().chain(predicted).cloned().collect();
    classes.sort();
    classes.dedup();
    if classes.len() > CLASSES {
        return Err(format!("{} classes are too many to draw", classes.len()));
    }
    let mut counts = vec![vec![0; classes.len()]; classes.len()];
    let place = |name: &String| classes.binary_search(name).unwrap_or_default();
    for (actual, predicted) in actual.iter().zip(predicted) {
        let cell = counts.get_mut(place(actual)).and_then(|row| row.get_mut(place(predicted)));
        if let Some(cell) = cell {
            *cell += 1;
        }
    }
    Ok(Chart::Confusion { classes, counts, x: y_label, y: x_label })
}
