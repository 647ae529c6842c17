//! The report as bars: how many times as fast this project is as each peer, or how many times less memory it takes.

use std::fs;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::markdown::significant;
use super::{Comparison, Report, Row};
use crate::contest::Measure;

/// Of a column.
const WIDTH: u32 = 900;
const LINE: u32 = 22;
/// Room for the title.
const HEAD: u32 = 40;
/// Room for the axis under the bars.
const FOOT: u32 = 64;
/// Room for the names, to the left of the bars.
const NAMES: u32 = 220;
/// A column with more lines is parted.
const TALL: usize = 60;
/// Lines by which a column may be taller than its share, so that a row that just does not fit begins no new one.
const SLACK: usize = 5;

const MET: RGBColor = RGBColor(46, 125, 50);
const MISSED: RGBColor = RGBColor(198, 40, 40);
const WITHOUT_TARGET: RGBColor = RGBColor(96, 125, 139);

/// Where the reader's surroundings are dark, so is the picture: what is drawn in black and white changes sides. The
/// bars' colours can be told from either.
const DARK: &str = r##"<style>@media (prefers-color-scheme: dark) {
  [fill="#FFFFFF"] { fill: #16181d } [fill="#000000"] { fill: #e4e6eb } [stroke="#000000"] { stroke: #e4e6eb }
}</style>
"##;

/// A line of the plot; a bar takes one, and so does the name of the work above its bars.
enum Line<'a> {
    Work(&'a Row),
    Peer(&'a Comparison),
}

/// Draws the report to an SVG file.
pub(crate) fn draw(report: &Report, path: &Path) -> Result<()> {
    fs::write(path, picture(report)?)?;
    Ok(())
}

fn picture(report: &Report) -> Result<String> {
    let columns = columns(&report.rows);
    let tallest = columns.iter().map(|rows| lines(rows).len()).max().unwrap_or(0);
    let size = (WIDTH * u32::try_from(columns.len())?, HEAD + LINE * u32::try_from(tallest)? + FOOT);
    let mut text = String::new();
    let drawn = draw_on(&SVGBackend::with_string(&mut text, size).into_drawing_area(), report, &columns);
    // The error borrows the text, which `anyhow` does not take.
    drawn.map_err(|error| anyhow!("{error}"))?;
    let start_of_picture = text.find(">\n").context("a picture without a root")? + 2;
    text.insert_str(start_of_picture, DARK);
    Ok(text)
}

/// Parts the rows among columns of about the same height.
fn columns(rows: &[Row]) -> Vec<&[Row]> {
    let count = lines(rows).len().div_ceil(TALL).max(1);
    let fair = lines(rows).len().div_ceil(count);
    let mut columns = Vec::new();
    let mut rest = rows;
    while !rest.is_empty() {
        let fitting = (1..=rest.len()).take_while(|&rows| lines(&rest[..rows]).len() <= fair + SLACK).count();
        // A row that is taller than any column has one to itself.
        let (column, others) = rest.split_at(fitting.max(1));
        columns.push(column);
        rest = others;
    }
    columns
}

fn lines(rows: &[Row]) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for row in rows {
        lines.push(Line::Work(row));
        lines.extend(row.peers.iter().map(Line::Peer));
    }
    lines
}

type Outcome<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

fn draw_on<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    report: &Report,
    columns: &[&[Row]],
) -> Outcome<DB> {
    area.fill(&WHITE)?;
    let quick = if report.quick { " (a smoke test)" } else { "" };
    let counts_bytes = report.rows.iter().any(|row| row.measure == Measure::Bytes);
    let small = if counts_bytes { ", or as small," } else { "" };
    let title = format!("{}: times as fast{small} as its peers{quick}", report.subject);
    let area = area.titled(&title, ("sans-serif", 18))?;
    for (part, rows) in area.split_evenly((1, columns.len())).iter().zip(columns) {
        draw_column(part, reach(report), &lines(rows))?;
    }
    area.present()
}

fn draw_column<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    reach: Range<f64>,
    lines: &[Line<'_>],
) -> Outcome<DB> {
    // Lines are as high in a short column as in a tall one.
    let (width, _) = area.dim_in_pixel();
    let area = &area.clone().shrink((0, 0), (width, LINE * lines.len() as u32 + FOOT));
    let mut chart = ChartBuilder::on(area)
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(NAMES)
        // The first line is at the top.
        .build_cartesian_2d(reach.log_scale(), lines.len() as f64..0.0)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .y_labels(0)
        .light_line_style(TRANSPARENT)
        .x_desc("theirs : ours, logarithmic; a black tick is a target")
        .x_label_formatter(&|times| format!("{times}"))
        .draw()?;
    chart.draw_series([PathElement::new(vec![(1.0, 0.0), (1.0, lines.len() as f64)], BLACK)])?;

    let left = Pos::new(HPos::Left, VPos::Center);
    let text = ("sans-serif", 13).into_text_style(area).pos(left);
    let bold = ("sans-serif", 13, FontStyle::Bold).into_text_style(area).pos(left);
    for (index, line) in lines.iter().enumerate() {
        let top = index as f64;
        let (_, middle) = chart.backend_coord(&(1.0, top + 0.5));
        // The chart's coordinates are those of the whole picture.
        let at = |x: i32| (x, middle - area.get_base_pixel().1);
        match line {
            // At the very left of the column.
            Line::Work(row) => area.draw(&Text::new(headline(row), at(12), bold.clone()))?,
            Line::Peer(comparison) => {
                area.draw(&Text::new(comparison.peer.name.clone(), at(24), text.clone()))?;
                let Some(ratio) = comparison.ratio else {
                    chart.draw_series([Text::new(" absent".to_owned(), (1.0, top + 0.5), text.clone())])?;
                    continue;
                };
                let times = 1.0 / ratio.median;
                let bar = [(1.0, top + 0.2), (times, top + 0.8)];
                chart.draw_series([Rectangle::new(bar, colour(comparison).filled())])?;
                let target = comparison.target.map(|target| 1.0 / target);
                let tick = target.map(|at| {
                    PathElement::new(vec![(at, top + 0.1), (at, top + 0.9)], BLACK.stroke_width(3))
                });
                chart.draw_series(tick)?;
                // Right of whatever is drawn in this line.
                let end = times.max(target.unwrap_or(1.0)).max(1.0) * 1.05;
                let mut label = significant(times);
                if let (Some(target), Some(met)) = (target, comparison.is_met()) {
                    label = format!("{label} (target {}: {})", significant(target), verdict(met));
                }
                chart.draw_series([Text::new(label, (end, top + 0.5), text.clone())])?;
            }
        }
    }
    Ok(())
}

/// The work, and what a unit of it takes this project.
fn headline(row: &Row) -> String {
    // Markdown's marks mean nothing here.
    let mut text = row.work.replace('`', "");
    if let Some(spread) = row.ours.spread {
        text += &format!(": {} per {}", row.measure.shown(spread.median), row.unit);
    }
    if let (Some(limit), Some(met)) = (row.limit, row.is_within_limit()) {
        text += &format!(" (at most {}: {})", row.measure.shown(limit), verdict(met));
    }
    text
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "missed" }
}

fn colour(comparison: &Comparison) -> RGBColor {
    match comparison.is_met() {
        Some(true) => MET,
        Some(false) => MISSED,
        None => WITHOUT_TARGET,
    }
}

/// From the slowest to the fastest comparison, with room for the figures.
fn reach(report: &Report) -> Range<f64> {
    let all = || report.rows.iter().flat_map(|row| &row.peers);
    let ratios =
        all().filter_map(|peer| Some(peer.ratio?.median)).chain(all().filter_map(|peer| peer.target));
    let (low, high) = ratios
        .map(|ratio| 1.0 / ratio)
        .fold((1.0, 1.0), |(low, high), times| (times.min(low), times.max(high)));
    low / 1.5..high * 4.0
}

#[cfg(test)]
mod tests {
    use super::super::tests::report;
    use super::*;

    #[test]
    fn picture_has_names_ratios_and_both_grounds() {
        let picture = picture(&report()).unwrap();
        for text in ["slow", "4.00 (target 2.00: met)", "at most 5.00 us: met", "prefers-color-scheme: dark"]
        {
            assert!(picture.contains(text), "no `{text}` in {picture}");
        }
    }

    #[test]
    fn tall_tables_get_columns() {
        let mut report = report();
        let lines_of_row = lines(&report.rows).len();
        while report.rows.len() * lines_of_row <= 2 * TALL {
            report.rows.extend(super::super::tests::report().rows);
        }
        let heights: Vec<_> = columns(&report.rows).iter().map(|rows| lines(rows).len()).collect();
        assert_eq!(heights.len(), 3);
        assert!(heights.iter().all(|height| *height <= TALL), "{heights:?}");
        assert_eq!(heights.iter().sum::<usize>(), lines(&report.rows).len());
    }
}
