//! The WebSocket by which a page orders runs and hears of them.

use super::gate::{self, sentence_response};
use super::launch::{Launch, Order};
use super::limits::{RunLimits, ServerLimits};
use super::supervise::supervise;
use super::token::{PROTOCOL, Token};
use axum::Router;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use playground::{FromServer, Notice, ToServer};
use std::collections::HashMap;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::timeout;

/// Bytes of a message from a page; an order has a few hundred.
const LARGEST_MESSAGE: usize = 256 * 1024;
/// Messages that wait for a slow client; when there are more, its runs wait.
const WAITING: usize = 16;
/// A client that takes nothing for so long is gone.
const PATIENCE: Duration = Duration::from_secs(20);

/// What all sockets share.
pub(super) struct Sockets {
    token: Token,
    launch: Launch,
    limits: RunLimits,
    /// Places for sockets.
    sockets: Arc<Semaphore>,
    /// Places for runs, and how many there are in all.
    runs: Arc<Semaphore>,
    places: usize,
}

impl Sockets {
    pub(super) fn new(token: Token, launch: Launch, limits: &ServerLimits) -> Self {
        let &ServerLimits { sockets, runs, run, .. } = limits;
        let (sockets, places) = (Arc::new(Semaphore::new(sockets)), runs);
        Self { token, launch, limits: run, sockets, runs: Arc::new(Semaphore::new(runs)), places }
    }
}

pub(super) fn router(sockets: Arc<Sockets>) -> Router {
    Router::new().route(gate::SOCKET, get(upgrade)).with_state(sockets)
}

/// Lets in whoever has the token; everybody else is told so before there is a socket.
async fn upgrade(
    State(sockets): State<Arc<Sockets>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if !sockets.token.is_offered(&headers) {
        return sentence_response(
            StatusCode::FORBIDDEN,
            "The token is missing or wrong: open the address that the server has printed when it started.",
        );
    }
    let Ok(upgrade) = upgrade else {
        return sentence_response(StatusCode::BAD_REQUEST, "This address is for WebSockets.");
    };
    let Ok(place) = Arc::clone(&sockets.sockets).try_acquire_owned() else {
        return sentence_response(
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many pages are connected to this server: close one of them.",
        );
    };
    upgrade
        .protocols([PROTOCOL])
        .max_message_size(LARGEST_MESSAGE)
        .max_frame_size(LARGEST_MESSAGE)
        .on_upgrade(move |socket| async move {
            let (sender, outgoing) = mpsc::channel(WAITING);
            let connection = Connection { sockets, sender, running: HashMap::new() };
            converse(socket, connection, outgoing).await;
            drop(place);
        })
}

/// A page, and the runs that it has ordered.
struct Connection {
    sockets: Arc<Sockets>,
    /// To the page.
    sender: mpsc::Sender<FromServer>,
    /// The runs by their numbers; some may be over.
    running: HashMap<u32, Running>,
}

/// The page's side of a run.
struct Running {
    /// Asks it to end. To drop this ends it, so no run outlives its page.
    interrupts: mpsc::Sender<()>,
    /// What the page says to its program, until it says that this is all.
    say: Option<mpsc::Sender<String>>,
}

/// Carries messages both ways until the page goes.
async fn converse(
    mut socket: WebSocket,
    mut connection: Connection,
    mut outgoing: mpsc::Receiver<FromServer>,
) {
    if !send(&mut socket, &hello()).await {
        return;
    }
    loop {
        tokio::select! {
            // What the page says comes first: it may want to stop what it hears.
            biased;
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                    Ok(order) => connection.obey(order).await,
                    Err(error) => return refuse(socket, &format!("this is no message: {error}")).await,
                },
                Some(Ok(Message::Binary(_))) => return refuse(socket, "messages are text").await,
                // The library answers them.
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
            Some(message) = outgoing.recv() => {
                if !send(&mut socket, &message).await {
                    return;
                }
            }
        }
    }
}

/// The page's first message.
fn hello() -> FromServer {
    FromServer::Notice(Notice::Hello {
        processors: thread::available_parallelism().map_or(1, usize::from),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

/// Sends a message, and says whether the page has taken it.
async fn send(socket: &mut WebSocket, message: &FromServer) -> bool {
    // The types have nothing that JSON could not say.
    let Ok(json) = serde_json::to_string(message) else { return false };
    matches!(timeout(PATIENCE, socket.send(Message::Text(json.into()))).await, Ok(Ok(())))
}

/// Ends the connection of a client that does not speak the language.
async fn refuse(mut socket: WebSocket, reason: &str) {
    // A control frame has room for 123 bytes.
    let reason: String = reason.chars().filter(char::is_ascii).take(120).collect();
    let frame = CloseFrame { code: close_code::POLICY, reason: reason.into() };
    // It may be gone already.
    let _ = timeout(PATIENCE, socket.send(Message::Close(Some(frame)))).await;
}

impl Connection {
    async fn obey(&mut self, order: ToServer) {
        match order {
            ToServer::Run { run, example, parameters, source } => {
                if let Err(reason) = self.start(Order { run, example, parameters, source }) {
                    let refused = FromServer::Notice(Notice::Refused { run, reason });
                    // There is room, or the page does not read what it has ordered before: then it is not told this either.
                    let _ = self.sender.try_send(refused);
                }
            }
            ToServer::Input { run, line } => {
                let Some(running) = self.running.get_mut(&run) else { return };
                match line {
                    // What the program does not ask for in time is not kept.
                    Some(line) => drop(running.say.as_ref().map(|say| say.try_send(line))),
                    None => running.say = None,
                }
            }
            // A run that is over listens no more.
            ToServer::Interrupt { run } => {
                let _ = self.running.get(&run).map(|running| running.interrupts.try_send(()));
            }
            ToServer::Stop { run } => drop(self.running.remove(&run)),
        }
    }

    /// Starts a run, if there is a place for it.
    fn start(&mut self, order: Order) -> Result<(), String> {
        self.running.retain(|_, running| !running.interrupts.is_closed());
        if self.running.contains_key(&order.run) {
            return Err(format!("run {} still goes on", order.run));
        }
        order.check()?;
        let sockets = &self.sockets;
        let place: OwnedSemaphorePermit = Arc::clone(&sockets.runs).try_acquire_owned().map_err(|_| {
            format!(
                "{} runs go on at this server, which is the limit: stop one of them, or wait",
                sockets.places
            )
        })?;
        let (interrupts, interrupted) = mpsc::channel(1);
        let (say, said) = mpsc::channel(WAITING);
        self.running.insert(order.run, Running { interrupts, say: Some(say) });
        let (launch, sender) = (sockets.launch.clone(), self.sender.clone());
        tokio::spawn(supervise(launch, sockets.limits, order, sender, interrupted, said, place));
        Ok(())
    }
}
