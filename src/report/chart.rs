//! Plots as pictures (SVG) without anything beside them: lines, points, bars, and a confusion matrix.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::error::Error;
use std::ops::Range;

/// Pixels.
const SIZE: (u32, u32) = (520, 300);

/// Colours that can be read on light and on dark paper.
const INK: RGBColor = RGBColor(0x6e, 0x77, 0x81);
const MARK: RGBColor = RGBColor(0x42, 0x7b, 0xd4);

/// What is drawn.
#[derive(Clone, Debug)]
pub(crate) enum Chart {
    /// Points that are joined, in the order of x.
    Line(Points),
    Scatter(Points),
    /// Names and lengths.
    Bars {
        values: Vec<(String, f64)>,
        x: String,
        y: String,
    },
    /// Counts by what was true and what was predicted, both in the order of the classes.
    Confusion {
        classes: Vec<String>,
        counts: Vec<Vec<u64>>,
        x: String,
        y: String,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Points {
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) x: String,
    pub(crate) y: String,
}

/// The picture, or why there is none.
pub(crate) fn render(chart: &Chart) -> Result<String, String> {
    let mut out = String::new();
    draw(chart, &mut out).map_err(|error| error.to_string())?;
    Ok(out)
}

fn draw(chart: &Chart, out: &mut String) -> Result<(), Box<dyn Error>> {
    let area = SVGBackend::with_string(out, SIZE).into_drawing_area();
    match chart {
        Chart::Line(points) => plot(&area, points, true)?,
        Chart::Scatter(points) => plot(&area, points, false)?,
        Chart::Bars { values, x, y } => bars(&area, values, (x, y))?,
        Chart::Confusion { classes, counts, x, y } => confusion(&area, classes, counts, (x, y))?,
    }
    area.present()?;
    Ok(())
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Drawn = Result<(), Box<dyn Error>>;

fn text(size: i32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&INK)
}

/// From the lowest to the highest value, with some air; never nothing.
fn span(values: impl Iterator<Item = f64>) -> Range<f64> {
    let (low, high) = values
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), it| (low.min(it), high.max(it)));
    if low > high {
        return 0.0..1.0;
    }
    let air = if high > low { (high - low) * 0.05 } else { low.abs().max(1.0) * 0.1 };
    low - air..high + air
}

fn plot(area: &Area<'_>, points: &Points, joined: bool) -> Drawn {
    let across = span(points.points.iter().map(|it| it.0));
    let up = span(points.points.iter().map(|it| it.1));
    let mut chart = ChartBuilder::on(area)
        .margin(10)
        .x_label_area_size(36)
        .y_label_area_size(56)
        .build_cartesian_2d(across, up)?;
    chart
        .configure_mesh()
        .x_desc(points.x.as_str())
        .y_desc(points.y.as_str())
        .axis_style(INK)
        .light_line_style(TRANSPARENT)
        .bold_line_style(INK.mix(0.25))
        .label_style(text(12))
        .axis_desc_style(text(13))
        .draw()?;
    if joined {
        let line = points.points.iter().copied();
        chart.draw_series(LineSeries::new(line, MARK.stroke_width(2)))?;
    }
    let few = !joined || points.points.len() <= 60;
    if few {
        let dot = |&at: &(f64, f64)| Circle::new(at, 3, MARK.mix(0.7).filled());
        chart.draw_series(points.points.iter().map(dot))?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "rows are few")]
fn bars(area: &Area<'_>, values: &[(String, f64)], (x, y): (&str, &str)) -> Drawn {
    let longest = values.iter().map(|it| it.1).fold(0.0, f64::max);
    let least = values.iter().map(|it| it.1).fold(0.0, f64::min);
    let across = least..(if longest > least { longest * 1.05 } else { 1.0 });
    let count = values.len();
    let mut chart = ChartBuilder::on(area)
        .margin(10)
        .x_label_area_size(36)
        .y_label_area_size(130)
        .build_cartesian_2d(across, 0.0..count.max(1) as f64)?;
    let name = |at: &f64| {
        let row = count.checked_sub(1 + at.floor().max(0.0) as usize);
        let name = row.and_then(|row| values.get(row)).map(|it| it.0.as_str());
        name.filter(|_| (at.fract() - 0.5).abs() < 0.01)
            .unwrap_or_default()
            .chars()
            .take(18)
            .collect()
    };
    chart
        .configure_mesh()
        .disable_y_mesh()
        .y_labels(2 * count.max(1) + 1)
        .y_label_formatter(&name)
        .x_desc(x)
        .y_desc(y)
        .axis_style(INK)
        .light_line_style(TRANSPARENT)
        .bold_line_style(INK.mix(0.25))
        .label_style(text(12))
        .axis_desc_style(text(13))
        .draw()?;
    let bar = |(row, it): (usize, &(String, f64))| {
        let low = (count - row - 1) as f64;
        Rectangle::new([(0.0, low + 0.15), (it.1, low + 0.85)], MARK.filled())
    };
    chart.draw_series(values.iter().enumerate().map(bar))?;
    Ok(())
}

fn confusion(
    area: &Area<'_>,
    classes: &[String],
    counts: &[Vec<u64>],
    (x, y): (&str, &str),
) -> Drawn {
    let (left, top) = (110, 28);
    let count = i32::try_from(classes.len().max(1))?;
    let (wide, tall) = ((SIZE.0 as i32 - left - 12) / count, (SIZE.1 as i32 - top - 52) / count);
    let most = counts.iter().flatten().copied().max().unwrap_or(0).max(1);
    let middle = |size: i32| text(size).pos(Pos::new(HPos::Center, VPos::Center));
    for (row, line) in counts.iter().enumerate() {
        for (column, number) in line.iter().enumerate() {
            let (at, down) = (i32::try_from(column)?, i32::try_from(row)?);
            let corner = (left + at * wide, top + down * tall);
            let other = (corner.0 + wide - 2, corner.1 + tall - 2);
            let part = *number as f64 / most as f64;
            area.draw(&Rectangle::new([corner, other], MARK.mix(0.08 + 0.72 * part).filled()))?;
            let place = (corner.0 + wide / 2, corner.1 + tall / 2);
            // Grey cannot be read on a strong colour.
            let ink = if part > 0.4 { WHITE } else { INK };
            area.draw(&Text::new(number.to_string(), place, middle(14).color(&ink)))?;
        }
    }
    let cropped = |name: &String| name.chars().take(14).collect::<String>();
    for (at, name) in classes.iter().enumerate() {
        let at = i32::try_from(at)?;
        let below = (left + at * wide + wide / 2, top + count * tall + 12);
        area.draw(&Text::new(cropped(name), below, middle(12)))?;
        let beside = (left - 8, top + at * tall + tall / 2);
        let style = text(12).pos(Pos::new(HPos::Right, VPos::Center));
        area.draw(&Text::new(cropped(name), beside, style))?;
    }
    let under = (left + count * wide / 2, SIZE.1 as i32 - 14);
    area.draw(&Text::new(x.to_owned(), under, middle(13)))?;
    area.draw(&Text::new(y.to_owned(), (10, 10), text(13)))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(points: &[(f64, f64)]) -> Points {
        Points { points: points.to_vec(), x: "a<b".to_owned(), y: "\"&".to_owned() }
    }

    #[test]
    fn names_are_text_and_odd_numbers_are_drawn() {
        for chart in [
            Chart::Line(points(&[(0.0, 1.0), (1.0, 1.0)])),
            Chart::Line(points(&[])),
            Chart::Scatter(points(&[(1e300, -1e300)])),
            Chart::Bars { values: vec![("<x>".into(), -2.0)], x: "v".into(), y: String::new() },
            Chart::Bars { values: Vec::new(), x: String::new(), y: String::new() },
            Chart::Confusion {
                classes: vec!["<a>".into(), "b".into()],
                counts: vec![vec![3, 0], vec![1, 2]],
                x: "predicted".into(),
                y: "actual".into(),
            },
        ] {
            let picture = render(&chart).expect("a picture");
            assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"));
            assert!(
                !picture.contains("a<b") && !picture.contains("<x>") && !picture.contains("<a>")
            );
        }
    }
}
