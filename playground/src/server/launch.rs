//! How a run's process is started.

use examples::Example;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{self, Stdio};
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc;

/// A run, as a page has ordered it and the server has checked it.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) run: u32,
    pub(super) example: String,
    pub(super) parameters: BTreeMap<String, f64>,
    /// A Python program that runs in the place of the example.
    pub(super) source: Option<String>,
}

impl Order {
    /// Checks that there is such an example, and that it has such parameters; what values they may have, it says itself.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.source.is_some() {
            // Its name is the page's affair, but it becomes an argument.
            return match self.example.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
                true if cfg!(feature = "python") => Ok(()),
                true => Err("this server was built without Python".to_owned()),
                false => Err("a program's name has letters, digits and hyphens".to_owned()),
            };
        }
        let Some(example) = examples::find(&self.example) else {
            return Err(format!("there is no example `{}`", self.example));
        };
        match self.parameters.keys().find(|name| !has_parameter(example, name)) {
            Some(name) => Err(format!("the example `{}` has no parameter `{name}`", example.id)),
            None => Ok(()),
        }
    }
}

fn has_parameter(example: &Example, name: &str) -> bool {
    example.parameters.iter().any(|parameter| parameter.name == name)
}

/// The command that runs are.
#[derive(Debug, Clone)]
pub(super) struct Launch {
    program: PathBuf,
    arguments: Arguments,
    /// Where the examples find something to download.
    site: String,
}

#[derive(Debug, Clone)]
enum Arguments {
    /// Those that make this program run the example that is ordered.
    Ordered,
    /// These, whatever is ordered: programs that misbehave, for tests.
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests start other programs"))]
    Fixed(Vec<OsString>),
}

impl Launch {
    /// Runs are processes of this same program.
    pub(super) fn of_this_program(site: &str) -> io::Result<Self> {
        Ok(Self { program: std::env::current_exe()?, arguments: Arguments::Ordered, site: site.to_owned() })
    }

    /// Runs are processes of another program.
    #[cfg(test)]
    pub(super) fn of(program: &str, arguments: &[&str]) -> Self {
        let arguments = Arguments::Fixed(arguments.iter().map(OsString::from).collect());
        Self { program: program.into(), arguments, site: String::new() }
    }

    /// Starts the process of a run, as the first of a group. It ends with this process: it is killed when the handle is dropped,
    /// and it asks the system for the same should this process be killed.
    ///
    /// The source of a Python program is the first line that the process reads, as JSON.
    pub(super) fn start(&self, order: &Order) -> io::Result<Child> {
        let mut command = Command::new(&self.program);
        match &self.arguments {
            Arguments::Ordered => {
                command.args(["run", &order.example, "--json"]);
                command.arg(format!("--supervised={}", process::id()));
                let values = order.parameters.iter().map(|(name, value)| format!("--set={name}={value}"));
                command.args(values);
                if order.source.is_some() {
                    command.arg("--source");
                }
            }
            Arguments::Fixed(arguments) => {
                command.args(arguments);
            }
        }
        command.env("PLAYGROUND_SITE", &self.site);
        let input = if order.source.is_some() { Stdio::piped() } else { Stdio::null() };
        command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        command.spawn()
    }

    /// Sends the process the source of its program, and then what is said to it, until it ends or nobody is left to say anything.
    pub(super) async fn feed(mut input: ChildStdin, source: String, mut lines: mpsc::Receiver<String>) {
        let Ok(source) = serde_json::to_string(&source) else { return };
        let mut next = Some(source);
        while let Some(line) = next {
            if input.write_all(format!("{line}\n").as_bytes()).await.is_err() {
                return;
            }
            next = lines.recv().await;
        }
    }
}
