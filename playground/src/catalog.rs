//! What the page shows before anything runs, and the types of everything that reaches it.

use crate::event::{Batch, Event, FailureCause, Outcome, Stream};
use crate::message::{FromServer, Notice, ToServer};
use examples::{EXAMPLES, Section, Unit};
use serde::Serialize;
use ts_rs::TS;

/// An example, as the page shows it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "Example")]
pub struct Entry {
    /// Names the example in addresses.
    pub id: &'static str,
    /// The heading.
    pub title: &'static str,
    /// Where the page lists it: `tutorial` or `faults`.
    pub section: &'static str,
    /// What it shows, as paragraphs of Markdown.
    pub text: String,
    /// The tutorial's program.
    pub python: &'static str,
    /// The program that runs.
    pub rust: String,
    /// What may be changed.
    pub parameters: Vec<Parameter>,
}

/// A number that the reader may change.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Parameter {
    /// Its name in the source.
    pub name: &'static str,
    /// What it is, in a few words.
    pub label: &'static str,
    /// `s` for seconds, empty for counts.
    pub unit: &'static str,
    /// The tutorial's value.
    pub default: f64,
    /// The smallest allowed value.
    pub min: f64,
    /// The largest allowed value.
    pub max: f64,
    /// The step of an input field.
    pub step: f64,
}

/// Returns every example, in the order of the tutorial.
#[must_use]
pub fn catalog() -> Vec<Entry> {
    EXAMPLES
        .iter()
        .map(|example| Entry {
            id: example.id,
            title: example.title,
            section: match example.section {
                Section::Tutorial => "tutorial",
                Section::Faults => "faults",
            },
            text: example.text(),
            python: example.python,
            rust: example.rust(),
            parameters: example.parameters.iter().map(parameter).collect(),
        })
        .collect()
}

fn parameter(parameter: &examples::Parameter) -> Parameter {
    let (unit, step) = match parameter.unit {
        Unit::Count => ("", 1.0),
        Unit::Seconds => ("s", 0.1),
    };
    let examples::Parameter { name, label, default, min, max, .. } = *parameter;
    Parameter { name, label, unit, default, min, max, step }
}

/// Returns a TypeScript module with the type of every message and of the catalog.
#[must_use]
pub fn typescript() -> String {
    let config = ts_rs::Config::default();
    let declarations = [
        Parameter::decl(&config),
        Entry::decl(&config),
        Stream::decl(&config),
        FailureCause::decl(&config),
        Outcome::decl(&config),
        Event::decl(&config),
        Batch::decl(&config),
        ToServer::decl(&config),
        Notice::decl(&config),
        FromServer::decl(&config),
    ];
    let exports = declarations.map(|declaration| format!("export {declaration}\n"));
    format!(
        "// Written by `playground types` from the Rust types; changes belong there.\n{}",
        exports.concat()
    )
}
