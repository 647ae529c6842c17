//! The list of the examples.

use crate::parameters::FromValues;
use crate::{Outcome, Parameter, Values, faults, tutorial};

/// An example: what the reader reads, what may be changed, and what runs.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// Names the example in addresses and on the command line, as `as-completed`.
    pub id: &'static str,
    /// The heading.
    pub title: &'static str,
    /// Where it stands.
    pub section: Section,
    /// Whether it would end, or never end, the whole program if that is a process; the page survives it.
    pub page_only: bool,
    /// The Python that it was written after.
    pub python: &'static str,
    /// The whole file that it is built from; [`text`](Self::text) and [`rust`](Self::rust) part it.
    source: &'static str,
    /// The numbers that may be changed.
    pub parameters: &'static [Parameter],
    /// Runs the example with these values; it blocks until the example ends.
    pub run: fn(&Values) -> Outcome,
}

/// The parts of the playground's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// A section of the tutorial.
    Tutorial,
    /// Tasks that go wrong in a way that no program can catch.
    Faults,
}

impl Example {
    /// Returns what the file's documentation says, as paragraphs of Markdown.
    #[must_use]
    pub fn text(&self) -> String {
        let lines = self.source.lines().map_while(|line| line.strip_prefix("//!"));
        lines.map(str::trim_start).collect::<Vec<_>>().join("\n")
    }

    /// Returns the program without its documentation.
    #[must_use]
    pub fn rust(&self) -> String {
        let lines = self.source.lines().skip_while(|line| line.starts_with("//!") || line.is_empty());
        lines.map(|line| format!("{line}\n")).collect()
    }
}

/// Returns the example of that id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Example> {
    EXAMPLES.iter().find(|example| example.id == id)
}

/// Makes the entry of a module.
macro_rules! example {
    ($section:ident, $folder:ident::$module:ident, $id:literal, $title:literal) => {
        Example {
            id: $id,
            title: $title,
            section: Section::$section,
            page_only: false,
            python: include_str!(concat!("../python/", stringify!($module), ".py")),
            source: include_str!(concat!(stringify!($folder), "/", stringify!($module), ".rs")),
            parameters: $folder::$module::Parameters::LIST,
            run: |values| $folder::$module::run($folder::$module::Parameters::from_values(values)?),
        }
    };
}

/// Keeps an example from running natively.
const fn page_only(example: Example) -> Example {
    Example { page_only: true, ..example }
}

/// Every example, in the order of the tutorial.
pub static EXAMPLES: &[Example] = &[
    example!(Tutorial, tutorial::thread_pool_basics, "thread-pool-basics", "ThreadPoolExecutor basics"),
    example!(Tutorial, tutorial::process_pool_basics, "process-pool-basics", "ProcessPoolExecutor basics"),
    example!(Tutorial, tutorial::submit_and_futures, "submit-and-futures", "submit() and Future objects"),
    example!(Tutorial, tutorial::as_completed, "as-completed", "Results as they complete"),
    example!(Tutorial, tutorial::wait, "wait", "wait() for completion control"),
    example!(Tutorial, tutorial::callbacks, "callbacks", "Callbacks"),
    example!(Tutorial, tutorial::exceptions, "exceptions", "Exceptions"),
    example!(Tutorial, tutorial::timeouts, "timeouts", "Timeouts"),
    example!(Tutorial, tutorial::cancelling, "cancelling", "Cancelling tasks"),
    example!(Tutorial, tutorial::context_manager, "context-manager", "Executors as context managers"),
    example!(Tutorial, tutorial::map_chunking, "map-chunking", "Map with chunking"),
    example!(Tutorial, tutorial::parallel_downloads, "parallel-downloads", "Parallel downloads"),
    example!(Faults, faults::crashing_process, "crashing-process", "Processes that crash"),
    example!(Faults, faults::kill, "kill", "A task that is killed"),
    page_only(example!(Faults, faults::stack_overflow, "stack-overflow", "A task that overflows its stack")),
    page_only(example!(Faults, faults::trap, "trap", "A task that traps")),
    page_only(example!(Faults, faults::endless_loop, "endless-loop", "A task that never ends")),
];
