//! What tasks print must arrive whole, line by line.

use anyhow::{Result, ensure};
use concurrent_futures::observer::{Event, EventKind, Observer, Output};
use std::sync::{Mutex, PoisonError};

/// Takes what workers write, and keeps the first line that is not as it was written.
#[derive(Debug, Default)]
pub(crate) struct Listener(Mutex<Option<String>>);

impl Listener {
    pub(crate) fn check(&self) -> Result<()> {
        let wrong = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ensure!(wrong.is_none(), "a line did not arrive as it was written: {wrong:?}");
        Ok(())
    }
}

impl Observer for Listener {
    fn observe(&self, event: &Event<'_>) {
        let EventKind::WorkerWrote { stream: Output::Stdout, lines, .. } = &event.kind else { return };
        for line in lines.split_inclusive('\n') {
            let number = line
                .strip_prefix("half a line, and the rest of line ")
                .and_then(|end| end.strip_suffix('\n'));
            if number.is_none_or(|number| number.parse::<u64>().is_err()) {
                // A worker that is killed between the halves leaves the first; it gets a line end.
                if line != "half a line, \n" {
                    self.0
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .get_or_insert_with(|| line.to_owned());
                }
            }
        }
    }

    fn takes_output(&self) -> bool {
        true
    }
}
