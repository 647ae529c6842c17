//! Panics that are nobody's outcome, as those of callbacks: a run shows them where a program's standard error goes.

use crate::event::Stream;
use crate::recorder::Recorder;
use std::panic;
use std::sync::{Arc, Once, PoisonError, RwLock};

/// Where the run that goes on records, if one does.
static CURRENT: RwLock<Option<Arc<Recorder>>> = RwLock::new(None);

/// Shows panics in the run of `recorder` from now on, or as std does if there is none.
pub(crate) fn report_to(recorder: Option<Arc<Recorder>>) {
    install_hook();
    *CURRENT.write().unwrap_or_else(PoisonError::into_inner) = recorder;
}

/// Puts our hook before the one in force, once per process; the executors put theirs before it, for panics of tasks.
fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let current = CURRENT.read().unwrap_or_else(PoisonError::into_inner).clone();
            match current {
                Some(recorder) => recorder.text(Stream::Stderr, &format!("{info}\n")),
                None => previous(info),
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::report_to;
    use crate::event::{Event, Stream};
    use crate::recorder::Recorder;
    use concurrent_futures::Promise;
    use std::sync::{Arc, mpsc};

    #[test]
    fn callbacks_panic_aloud() {
        let (sender, events) = mpsc::channel();
        report_to(Some(Arc::new(Recorder::new(Box::new(move |event| drop(sender.send(event)))))));
        let promise = Promise::new();
        promise.future().add_done_callback(|_| panic!("from a callback"));
        promise.set_result(()).unwrap();
        report_to(None);
        let Ok(Event::Text { stream: Stream::Stderr, text, .. }) = events.recv() else {
            panic!("nothing was told")
        };
        assert!(
            text.contains("from a callback") && text.contains("report.rs") && text.ends_with('\n'),
            "{text}"
        );
    }
}
