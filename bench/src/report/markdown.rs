//! The report as a table in Markdown.

use std::fmt::Write;

use super::{Comparison, Entry, Report, Row};
use crate::contest::Measure;
use crate::table::grouped;

/// Writes the table, with a line above it on how it came about.
pub(crate) fn write(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = heading(&mut text, report);
    for row in &report.rows {
        let _ = write_row(&mut text, row);
    }
    text
}

fn heading(text: &mut String, report: &Report) -> std::fmt::Result {
    let machine = &report.machine;
    write!(
        text,
        "`{}`: {} rounds, side by side, on {} processors",
        report.subject, report.rounds, machine.processors
    )?;
    for fact in [&machine.model, &machine.python, &machine.browser].into_iter().flatten() {
        write!(text, ", {fact}")?;
    }
    if let Some(load) = &machine.load {
        write!(text, ", load {load} before")?;
    }
    writeln!(text, ".")?;
    if report.quick {
        writeln!(text, "**A smoke test: too little work for the figures to mean anything.**")?;
    }
    writeln!(text)?;
    writeln!(text, "| work | contestant | median | min | max | ours : theirs (min-max) | target | |")?;
    writeln!(text, "|---|---|--:|--:|--:|--:|--:|---|")
}

fn write_row(text: &mut String, row: &Row) -> std::fmt::Result {
    let Row { work, unit, measure, ours, limit, peers } = row;
    let [median, min, max] = figures(ours, *measure);
    let limit = limit.map_or(String::new(), |limit| format!("at most {}", measure.shown(limit)));
    let verdict = verdict(row.is_within_limit());
    let work = format!("{work}, per {unit}");
    write_cells(text, &[&work, &name(ours, ours), &median, &min, &max, "", &limit, verdict])?;
    for comparison in peers {
        let Comparison { peer, ratio, target } = comparison;
        let [median, min, max] = figures(peer, *measure);
        let ratio = ratio.map_or(String::new(), |ratio| {
            format!(
                "{} ({}-{})",
                times(ratio.median, *measure),
                significant(ratio.min),
                significant(ratio.max)
            )
        });
        let target = target.map_or(String::new(), |target| format!("at most {}", significant(target)));
        let verdict = self::verdict(comparison.is_met());
        write_cells(text, &["", &name(peer, ours), &median, &min, &max, &ratio, &target, verdict])?;
    }
    Ok(())
}

/// The name, with the count of those who did more or less than the first.
fn name(entry: &Entry, first: &Entry) -> String {
    let mark = if entry.is_ours { "**" } else { "" };
    let count = if entry.units == first.units {
        String::new()
    } else {
        format!(", {} of them", grouped(entry.units))
    };
    format!("{mark}{}{mark}{count}", entry.name)
}

fn verdict(is_met: Option<bool>) -> &'static str {
    is_met.map_or("", |met| if met { "met" } else { "**missed**" })
}

fn write_cells(text: &mut String, cells: &[&str; 8]) -> std::fmt::Result {
    writeln!(text, "| {} |", cells.join(" | "))
}

/// A contestant's figures; the reason if there are none.
fn figures(entry: &Entry, measure: Measure) -> [String; 3] {
    if let Some(spread) = entry.spread {
        return [spread.median, spread.min, spread.max].map(|figure| measure.shown(figure));
    }
    // A bar would begin another cell.
    let reason = entry.absent.as_deref().unwrap_or("no figures").replace('|', "/");
    [format!("absent: {reason}"), String::new(), String::new()]
}

/// A ratio, and what it says in words.
fn times(ratio: f64, measure: Measure) -> String {
    if ratio < 1.0 && measure == Measure::Seconds {
        format!("{}, {} times as fast", significant(ratio), significant(1.0 / ratio))
    } else {
        significant(ratio)
    }
}

impl Measure {
    /// A figure with its unit.
    pub(super) fn shown(self, figure: f64) -> String {
        match self {
            Self::Seconds => duration(figure),
            Self::Bytes => format!("{} B", significant(figure)),
        }
    }
}

/// Seconds in the unit that fits.
fn duration(seconds: f64) -> String {
    let (scale, unit) = match seconds {
        s if s < 1e-6 => (1e9, "ns"),
        s if s < 1e-3 => (1e6, "us"),
        s if s < 1.0 => (1e3, "ms"),
        _ => (1.0, "s"),
    };
    format!("{} {unit}", significant(seconds * scale))
}

/// Three significant digits: more would be noise.
pub(super) fn significant(number: f64) -> String {
    let digits_before_the_point = if number > 0.0 { number.log10().floor() as i32 + 1 } else { 1 };
    let decimals = usize::try_from(3 - digits_before_the_point).unwrap_or(0);
    format!("{number:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::super::tests::report;
    use super::*;

    #[test]
    fn rows_have_figures_ratios_and_verdicts() {
        let text = write(&report());
        assert!(
            text.contains("| some tasks, per task | **ours** | 3.00 us | 2.00 us | 4.00 us |  | at most 5.00 us | met |\n"),
            "{text}"
        );
        let slow = "|  | slow, 5,000 of them | 12.0 us | 8.00 us | 16.0 us | 0.250, 4.00 times as fast (0.250-0.250) | at most 0.500 | met |\n";
        assert!(text.contains(slow), "{text}");
        assert!(text.contains("| 2.00 (2.00-2.00) | at most 1.50 | **missed** |\n"), "{text}");
        assert!(text.contains("|  | absent | absent: there is none |  |  |  |  |  |\n"), "{text}");
    }

    #[test]
    fn every_line_has_the_cells_of_the_heading() {
        let text = write(&report());
        let bars = |line: &str| line.matches('|').count();
        for line in text.lines().filter(|line| line.starts_with('|')) {
            assert_eq!(bars(line), 9, "{line}");
        }
    }

    #[test]
    fn memory_is_in_bytes() {
        let mut report = report();
        report.rows[0].measure = Measure::Bytes;
        report.rows[0].limit = Some(200.0);
        let text = write(&report);
        assert!(text.contains(" B |  | at most 200 B | met |"), "{text}");
        assert!(!text.contains("as fast"), "{text}");
    }

    #[test]
    fn three_digits_are_kept() {
        let numbers = [0.0, 0.04567, 0.5, 1.0, 9.999, 23.456, 117.2, 5432.1];
        let texts = numbers.map(significant);
        assert_eq!(texts, ["0.00", "0.0457", "0.500", "1.00", "10.00", "23.5", "117", "5432"]);
    }
}
