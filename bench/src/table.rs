//! What all tables have in common: contests one after the other, as the options ask for.

use crate::command_line::Options;
use crate::contest::Contest;
use crate::report::{Report, Row};

/// Measures everything; who cannot take part is in the report with the reason.
pub(crate) fn measure(mut report: Report, contests: Vec<Contest>, options: &Options) -> Report {
    for contest in contests {
        if options.only.as_ref().is_some_and(|only| !contest.work.contains(only)) {
            continue;
        }
        eprintln!("==> {}", contest.work);
        // The targets are for the full amounts.
        let contest = if options.quick { contest.without_targets() } else { contest };
        report.rows.push(Row::of(contest, options.rounds()));
    }
    report
}

/// A count with a comma before every three digits.
pub(crate) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(
            [7, 500, 5_000, 20_000, 1_000_000].map(grouped),
            ["7", "500", "5,000", "20,000", "1,000,000"]
        );
    }
}
