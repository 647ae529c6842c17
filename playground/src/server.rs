//! The local server: the page, runs on the machine's own threads and processes, and endpoints to download from.
//!
//! It lets nobody in who was not given its address: what it answers to is told in `gate`, who may start runs in `token`,
//! and what a run may take in `limits`. Each run is a process of its own (`launch`), watched over by `supervise`.

mod connections;
mod end;
mod ending;
pub(crate) mod endpoints;
mod files;
mod gate;
mod group;
mod headers;
mod launch;
mod limits;
mod lines;
mod page;
mod processes;
mod socket;
mod story;
mod supervise;
mod token;

use self::connections::{accept, bind};
use self::files::Files;
use self::gate::Gate;
use self::launch::Launch;
use self::limits::ServerLimits;
use self::socket::Sockets;
use self::token::Token;
use anyhow::{Context as _, Result};
use axum::Router;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How long what still runs has to notice that the server ends; runs are killed in that time.
const GOODBYE: Duration = Duration::from_secs(2);

/// Where the server listens, and what it serves.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The port; if it is taken, the next free one is used.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Fails if the port is taken, instead of using another.
    #[arg(long)]
    strict_port: bool,
    /// The address to listen at; with another than this machine's own, whoever has the token can run the examples here.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// One more name that browsers may call this server by, as `playground.example` or `playground.example:8080`.
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// Serves this folder instead of the page that was built in.
    #[arg(long, value_name = "FOLDER")]
    page: Option<PathBuf>,
    /// Ends when the standard input does, so that whoever starts the server need not end it.
    #[arg(long)]
    end_with_stdin: bool,
}

/// Serves until Ctrl-C, SIGTERM or, if asked, the end of the standard input. Every run ends with the server.
pub(crate) fn serve(options: Options) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .context("cannot start the server's threads")?;
    let served = runtime.block_on(serve_until_the_end(options));
    // Whatever still runs is dropped here, and a run that is dropped kills its processes.
    runtime.shutdown_timeout(GOODBYE);
    served
}

async fn serve_until_the_end(options: Options) -> Result<()> {
    let limits = ServerLimits::default();
    let listener = bind(options.host, options.port, options.strict_port).await?;
    let address = listener.local_addr().context("the listening socket has no address")?;
    let token = Token::random().context("the system gives no random bytes")?;
    let launch =
        Launch::of_this_program(&own_site(address)).context("cannot find this program's own file")?;
    let gate = Gate::new(address, &options.allow_host);
    let sockets = Sockets::new(token.clone(), launch, &limits);
    let files = Files::new(options.page);
    let router = Router::new()
        .merge(socket::router(Arc::new(sockets)))
        .merge(endpoints::router())
        .merge(page::router(files));
    let router = gate::guard(router, gate);
    // From here on connections wait in the system's queue, so whoever reads the line may connect at once.
    announce(address, &token)?;
    tokio::select! {
        () = accept(listener, router, &limits) => Ok(()),
        () = end::of_program() => Ok(()),
        () = end::of_stdin(), if options.end_with_stdin => Ok(()),
    }
}

/// Prints the one line that people click and programs read.
fn announce(address: SocketAddr, token: &Token) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "The playground is at {}?token={token}", own_site(address))?;
    stdout.flush()?;
    if !address.ip().is_loopback() {
        eprintln!(
            "warning: this server can be reached from other machines: whoever has the address with its token can run the \
             examples here, and what is sent is not encrypted"
        );
    }
    Ok(())
}

/// The address of the page, as this machine can reach it.
fn own_site(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://127.0.0.1:{}/", address.port())
    } else {
        format!("http://{address}/")
    }
}
