//! A subscriber of `tracing` that keeps what it is told.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// Names and values, as text.
pub(crate) type Fields = BTreeMap<&'static str, String>;

/// Everything that one subscriber was told; clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Collected(Arc<Mutex<Told>>);

#[derive(Debug, Default)]
struct Told {
    spans: Vec<Spanned>,
    events: Vec<Evented>,
}

/// A span.
#[derive(Debug, Clone)]
pub(crate) struct Spanned {
    id: Id,
    pub(crate) name: &'static str,
    pub(crate) target: String,
    pub(crate) fields: Fields,
    /// Its ancestors' names, the outermost first.
    pub(crate) above: Vec<&'static str>,
    /// The threads that it was entered on.
    pub(crate) entered: Vec<ThreadId>,
    pub(crate) closed: bool,
}

/// An event.
#[derive(Debug, Clone)]
pub(crate) struct Evented {
    pub(crate) level: Level,
    pub(crate) fields: Fields,
    /// The names of the spans that it lies in, the outermost first.
    pub(crate) within: Vec<&'static str>,
}

impl Evented {
    pub(crate) fn message(&self) -> &str {
        &self.fields["message"]
    }
}

impl Collected {
    /// A subscriber that this collects from, as far as `filter` lets it know.
    pub(crate) fn filtered<F: Layer<Registry> + Send + Sync>(&self, filter: F) -> Dispatch {
        Dispatch::new(tracing_subscriber::registry().with(filter).with(Collector(self.clone())))
    }

    /// A subscriber that this collects from.
    pub(crate) fn subscriber(&self) -> Dispatch {
        self.filtered(tracing_subscriber::layer::Identity::new())
    }

    /// The spans of that name, in the order in which they began.
    pub(crate) fn spans(&self, name: &str) -> Vec<Spanned> {
        self.0.lock().unwrap().spans.iter().filter(|span| span.name == name).cloned().collect()
    }

    /// The one span of that name.
    pub(crate) fn span(&self, name: &str) -> Spanned {
        let found = self.spans(name);
        assert_eq!(found.len(), 1, "{found:?}");
        found.into_iter().next().unwrap()
    }

    /// The events, in their order.
    pub(crate) fn events(&self) -> Vec<Evented> {
        self.0.lock().unwrap().events.clone()
    }

    /// The one event with that message.
    pub(crate) fn event(&self, message: &str) -> Evented {
        let mut found = self.events();
        found.retain(|event| event.message() == message);
        assert_eq!(found.len(), 1, "{message}: {:?}", self.events());
        found.remove(0)
    }

    fn change(&self, id: &Id, change: impl FnOnce(&mut Spanned)) {
        let mut told = self.0.lock().unwrap();
        // The id of a span that has closed is used again.
        change(told.spans.iter_mut().rev().find(|span| span.id == *id).unwrap());
    }
}

struct Collector(Collected);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Collector {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        let above = span.scope().from_root().map(|span| span.name()).collect::<Vec<_>>();
        let mut fields = Fields::new();
        attributes.record(&mut Texts(&mut fields));
        self.0.0.lock().unwrap().spans.push(Spanned {
            id: id.clone(),
            name: span.name(),
            target: attributes.metadata().target().to_owned(),
            fields,
            above: above[..above.len() - 1].to_vec(),
            entered: Vec::new(),
            closed: false,
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        self.0.change(id, |span| values.record(&mut Texts(&mut span.fields)));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let within = context.event_scope(event).into_iter().flat_map(|scope| scope.from_root());
        let within = within.map(|span| span.name()).collect();
        let mut fields = Fields::new();
        event.record(&mut Texts(&mut fields));
        let level = *event.metadata().level();
        self.0.0.lock().unwrap().events.push(Evented { level, fields, within });
    }

    fn on_enter(&self, id: &Id, _: Context<'_, S>) {
        self.0.change(id, |span| span.entered.push(thread::current().id()));
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        self.0.change(&id, |span| span.closed = true);
    }
}

struct Texts<'a>(&'a mut Fields);

impl Visit for Texts<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}
