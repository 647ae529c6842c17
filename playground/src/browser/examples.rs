//! The module of the examples.

use super::{OWN, carried};
use examples::Values;
use std::collections::BTreeMap;
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

/// Has examples download from this address, which ends in a slash.
#[wasm_bindgen]
pub fn set_site(site: String) {
    examples::http::set_site(move || Ok(site.clone()));
}

/// Runs an example to its end; `parameters` is a JSON object from names to numbers.
///
/// # Errors
///
/// A sentence for the reader when the example cannot be run at all; everything later is told by events.
#[wasm_bindgen]
pub fn run(run: u32, example: &str, parameters: &str) -> Result<(), JsError> {
    play(run, example, parameters).map_err(|reason| JsError::new(&reason))
}

/// As [`run`], where threads are fibers: the promise is kept when the example has ended.
///
/// # Errors
///
/// As [`run`], and when a trap has ended the example.
#[wasm_bindgen]
pub async fn run_as_fiber(run: u32, example: String, parameters: String) -> Result<(), JsError> {
    let own = OWN.get().ok_or_else(|| JsError::new("`start` comes first"))?;
    let played = own.spawn(move || play(run, &example, &parameters))?;
    played.await?.clone().map_err(|reason| JsError::new(&reason))
}

fn play(run: u32, example: &str, parameters: &str) -> Result<(), String> {
    let values: BTreeMap<String, f64> =
        serde_json::from_str(parameters).map_err(|error| error.to_string())?;
    let values = Values::from_iter(values);
    carried(run, |emit| crate::run(example, &values, emit)).map_err(|error| error.to_string())
}
