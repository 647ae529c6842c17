//! The report as bars: how many times as fast this project is as each peer.

use std::path::Path;

use anyhow::{Result, anyhow};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::markdown::significant;
use super::{Comparison, Report};

const WIDTH: u32 = 900;
const LINE: u32 = 26;
/// Room for the names, to the left of the bars.
const NAMES: u32 = 150;

const MET: RGBColor = RGBColor(46, 125, 50);
const MISSED: RGBColor = RGBColor(198, 40, 40);
const WITHOUT_TARGET: RGBColor = RGBColor(96, 125, 139);

/// A line of the plot; a bar takes one, and so does the name of the work above its bars.
enum Line<'a> {
    Work(&'a str),
    Peer(&'a Comparison),
}

/// Draws the report to an SVG file.
pub(crate) fn draw(report: &Report, path: &Path) -> Result<()> {
    let lines = lines(report);
    let height = LINE * (u32::try_from(lines.len())? + 4);
    let area = SVGBackend::new(path, (WIDTH, height)).into_drawing_area();
    // The error borrows the path, which `anyhow` does not take.
    draw_on(&area, report, &lines).map_err(|error| anyhow!("{error}"))
}

fn lines(report: &Report) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for row in &report.rows {
        lines.push(Line::Work(&row.work));
        lines.extend(row.peers.iter().map(Line::Peer));
    }
    lines
}

type Outcome<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

fn draw_on<DB: DrawingBackend>(
    area: &DrawingArea<DB, plotters::coord::Shift>,
    report: &Report,
    lines: &[Line<'_>],
) -> Outcome<DB> {
    area.fill(&WHITE)?;
    let quick = if report.quick { " (a smoke test)" } else { "" };
    let title = format!("{}: times as fast as its peers{quick}", report.subject);
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(NAMES)
        // The first line is at the top.
        .build_cartesian_2d(reach(report).log_scale(), lines.len() as f64..0.0)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .y_labels(0)
        .light_line_style(TRANSPARENT)
        .x_desc("peer's time : ours, logarithmic; a black tick is a target")
        .x_label_formatter(&|times| format!("{times}"))
        .draw()?;
    chart.draw_series([PathElement::new(vec![(1.0, 0.0), (1.0, lines.len() as f64)], BLACK)])?;

    let left = Pos::new(HPos::Left, VPos::Center);
    let text = ("sans-serif", 13).into_text_style(area).pos(left);
    let bold = ("sans-serif", 13, FontStyle::Bold).into_text_style(area).pos(left);
    for (index, line) in lines.iter().enumerate() {
        let top = index as f64;
        // Above all bars, at the very left of the picture.
        let (_, middle) = chart.backend_coord(&(1.0, top + 0.5));
        match line {
            // Markdown's marks mean nothing here.
            Line::Work(work) => area.draw(&Text::new(work.replace('`', ""), (12, middle), bold.clone()))?,
            Line::Peer(comparison) => {
                area.draw(&Text::new(comparison.peer.name, (24, middle), text.clone()))?;
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
                    let verdict = if met { "met" } else { "missed" };
                    label = format!("{label} (target {}: {verdict})", significant(target));
                }
                chart.draw_series([Text::new(label, (end, top + 0.5), text.clone())])?;
            }
        }
    }
    area.present()
}

fn colour(comparison: &Comparison) -> RGBColor {
    match comparison.is_met() {
        Some(true) => MET,
        Some(false) => MISSED,
        None => WITHOUT_TARGET,
    }
}

/// From the slowest to the fastest comparison, with room for the figures.
fn reach(report: &Report) -> std::ops::Range<f64> {
    let all = || report.rows.iter().flat_map(|row| &row.peers);
    let ratios =
        all().filter_map(|peer| Some(peer.ratio?.median)).chain(all().filter_map(|peer| peer.target));
    let (low, high) = ratios
        .map(|ratio| 1.0 / ratio)
        .fold((1.0, 1.0), |(low, high), times| (times.min(low), times.max(high)));
    low / 1.5..high * 4.0
}
