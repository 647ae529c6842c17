//! What is told of a run: what its process says, completed to a whole whatever that process does.

use super::limits::RunLimits;
use super::lines::{Line, Portion};
use playground::{Batch, Event, Outcome, Stream};
use std::collections::VecDeque;
use std::time::Instant;

/// Events of a batch at most: the page takes a message as a whole, and should draw in between.
const LARGEST: usize = 2_000;

/// The events of one run on their way. The first is [`Event::RunStarted`], the last [`Event::RunEnded`], and times never go back.
#[derive(Debug)]
pub(super) struct Story {
    run: u32,
    example: String,
    /// Told, and not sent yet.
    waiting: VecDeque<Event>,
    /// When the first event came: the origin of the run's clock, as well as it is known here.
    begun: Option<Instant>,
    /// The latest time that was told, in milliseconds.
    latest: f64,
    /// How the process says that its run has ended. It is told when the process is gone.
    outcome: Option<Outcome>,
    /// Bytes of text so far.
    text: u64,
    /// Bytes of everything so far.
    stream: u64,
}

/// Which output was too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flood {
    Text,
    Events,
}

impl Story {
    pub(super) fn new(run: u32, example: &str) -> Self {
        Self {
            run,
            example: example.to_owned(),
            waiting: VecDeque::new(),
            begun: None,
            latest: 0.0,
            outcome: None,
            text: 0,
            stream: 0,
        }
    }

    /// Takes what the process has written; what exceeds a limit is dropped.
    pub(super) fn hear(&mut self, portion: Portion, limits: &RunLimits) -> Result<(), Flood> {
        self.stream += portion.bytes;
        if self.stream > limits.stream {
            return Err(Flood::Events);
        }
        for line in portion.lines {
            let event = match line {
                Line::Event(event) => event,
                Line::Text(stream, text) => self.text(stream, text),
            };
            if let Event::Text { text, .. } = &event {
                self.text += u64::try_from(text.len()).unwrap_or(u64::MAX);
                if self.text > limits.text {
                    return Err(Flood::Text);
                }
            }
            self.tell(event);
        }
        Ok(())
    }

    /// Whether the process says that its run has ended.
    pub(super) fn is_over(&self) -> bool {
        self.outcome.is_some()
    }

    /// Takes how the process says that its run has ended.
    pub(super) fn take_outcome(&mut self) -> Option<Outcome> {
        self.outcome.take()
    }

    /// Tells how the run has ended. Nothing follows.
    pub(super) fn end(&mut self, outcome: Outcome) {
        self.begin();
        let at = self.now();
        self.waiting.push_back(Event::RunEnded { at, outcome });
    }

    /// How many events wait to be sent.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Takes events to be sent; none make a batch that says no more than that the run goes on.
    pub(super) fn batch(&mut self) -> Batch {
        let count = self.waiting.len().min(LARGEST);
        Batch { run: self.run, events: self.waiting.drain(..count).collect() }
    }

    fn tell(&mut self, event: Event) {
        if self.is_over() {
            // The program's last words came by another way than its end.
            if let Event::Text { stream, text, .. } = event {
                let text = self.text(stream, text);
                self.waiting.push_back(text);
            }
            return;
        }
        match event {
            Event::RunStarted { .. } if self.begun.is_some() => {}
            Event::RunStarted { .. } => {
                self.begun = Some(Instant::now());
                self.waiting.push_back(event);
            }
            Event::RunEnded { at, outcome } => {
                self.begin();
                self.latest = self.latest.max(at);
                self.outcome = Some(outcome);
            }
            event => {
                self.begin();
                // Whoever writes times that go back is not the recorder, and its events are not told.
                if let Some(at) = event.at().filter(|at| *at >= self.latest) {
                    self.latest = at;
                    self.waiting.push_back(event);
                }
            }
        }
    }

    /// Tells that the run has begun if the process has not.
    fn begin(&mut self) {
        if self.begun.is_none() {
            self.begun = Some(Instant::now());
            let started = Event::RunStarted { example: self.example.clone(), backend: "native".to_owned() };
            self.waiting.push_back(started);
        }
    }

    /// A text of nobody in particular. It has the time of the event before: read apart from the events, it may be older than it
    /// seems, and must not make the next event seem to go back.
    fn text(&self, stream: Stream, text: String) -> Event {
        Event::Text { at: self.latest, stream, text, task: None, pool: None, worker: None }
    }

    /// The time on the run's clock.
    fn now(&self) -> f64 {
        let elapsed = self.begun.map_or(0.0, |begun| begun.elapsed().as_secs_f64() * 1e3);
        if self.is_over() { self.latest } else { self.latest.max(elapsed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn portion(events: Vec<Event>) -> Portion {
        Portion { lines: events.into_iter().map(Line::Event).collect(), bytes: 10 }
    }

    #[test]
    fn silent_program_has_a_whole_story() {
        let mut story = Story::new(3, "wait");
        story.end(Outcome::Stopped);
        let batch = story.batch();
        assert!(matches!(
            &batch.events[..],
            [Event::RunStarted { .. }, Event::RunEnded { outcome: Outcome::Stopped, .. }]
        ));
        assert_eq!((batch.run, story.waiting()), (3, 0));
    }

    #[test]
    fn forged_events_are_dropped() {
        let started = Event::RunStarted { example: "wait".to_owned(), backend: "native".to_owned() };
        let finished = |at| Event::TaskFinished { at, task: 1 };
        let ended = Event::RunEnded { at: 9.0, outcome: Outcome::Finished };
        let mut story = Story::new(1, "wait");
        let events = vec![
            started.clone(),
            finished(5.0),
            finished(4.0),
            started,
            ended.clone(),
            finished(10.0),
            ended,
        ];
        story.hear(portion(events), &RunLimits::default()).unwrap();
        assert!(story.is_over());
        let outcome = story.take_outcome().unwrap();
        story.end(outcome);
        let events = story.batch().events;
        assert!(matches!(
            &events[..],
            [Event::RunStarted { .. }, Event::TaskFinished { .. }, Event::RunEnded { .. }]
        ));
    }

    #[test]
    fn batches_are_bounded() {
        let mut story = Story::new(1, "wait");
        let events = (0..4_500).map(|_| Event::TaskFinished { at: 1.0, task: 1 }).collect();
        story.hear(portion(events), &RunLimits::default()).unwrap();
        let sizes = [2_000, 2_000, 501, 0];
        assert_eq!([(); 4].map(|()| story.batch().events.len()), sizes);
    }
}
