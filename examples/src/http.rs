//! Downloads: over the system's sockets, or by the browser. Both block the thread that asks, as Python's `urllib` does.
//!
//! What can be downloaded depends on where an example runs, so whoever runs examples names a *site*, and examples download
//! addresses below it: see [`set_site`].

use std::error::Error;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Finds the address of the site, which ends in a slash.
pub type FindSite = Arc<dyn Fn() -> Result<String, Box<dyn Error>> + Send + Sync>;

static SITE: RwLock<Option<FindSite>> = RwLock::new(None);

/// Has examples download from the site that `find` returns, until the next call.
///
/// It is asked when an example needs the site for the first time in a run, so it may start a server.
///
/// ```
/// examples::http::set_site(|| Ok("http://127.0.0.1:8080/".to_owned()));
/// ```
pub fn set_site(find: impl Fn() -> Result<String, Box<dyn Error>> + Send + Sync + 'static) {
    *SITE.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(find));
}

/// Returns the address of the site.
pub(crate) fn site() -> Result<String, Box<dyn Error>> {
    let find = SITE.read().unwrap_or_else(PoisonError::into_inner).clone();
    find.ok_or("no site was named to download from")?()
}

/// A download that brought nothing, in the words of Python's `urllib`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DownloadError {
    /// The server answered, but not with what was asked for.
    Status { code: u16, reason: String },
    /// The answer was not there in time.
    TimedOut,
    /// No answer could be had.
    Unreachable { cause: String },
}

impl fmt::Display for DownloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { code, reason } => write!(f, "HTTP Error {code}: {reason}"),
            Self::TimedOut => f.write_str("timed out"),
            Self::Unreachable { cause } => write!(f, "<urlopen error {cause}>"),
        }
    }
}

impl Error for DownloadError {}

/// Downloads what is at an address, within so much time from first to last.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn download(url: &str, timeout: Duration) -> Result<Vec<u8>, DownloadError> {
    use ureq::Agent;

    let unreachable = |error| match error {
        ureq::Error::Timeout(_) => DownloadError::TimedOut,
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => DownloadError::TimedOut,
        error => DownloadError::Unreachable { cause: error.to_string() },
    };
    // The site may be this very machine, which no proxy reaches.
    let config =
        Agent::config_builder().timeout_global(Some(timeout)).proxy(None).http_status_as_error(false);
    let mut response = config.build().new_agent().get(url).call().map_err(unreachable)?;
    let status = response.status();
    if !status.is_success() {
        let reason = status.canonical_reason().unwrap_or_default().to_owned();
        return Err(DownloadError::Status { code: status.as_u16(), reason });
    }
    response.body_mut().read_to_vec().map_err(unreachable)
}

/// Downloads what is at an address, within so much time from first to last. Only a worker may wait like that.
#[cfg(target_arch = "wasm32")]
pub(crate) fn download(url: &str, timeout: Duration) -> Result<Vec<u8>, DownloadError> {
    use js_sys::{ArrayBuffer, Error, Uint8Array};
    use wasm_bindgen::{JsCast as _, JsValue};
    use web_sys::{XmlHttpRequest, XmlHttpRequestResponseType};

    // What a request throws has a name and a message, as every error of JavaScript.
    let unreachable = |error: JsValue| {
        let error = error.unchecked_into::<Error>();
        if error.name() == "TimeoutError" {
            DownloadError::TimedOut
        } else {
            DownloadError::Unreachable { cause: error.message().into() }
        }
    };
    let request = XmlHttpRequest::new().map_err(unreachable)?;
    request.open_with_async("GET", url, false).map_err(unreachable)?;
    request.set_response_type(XmlHttpRequestResponseType::Arraybuffer);
    // 0 would mean no limit at all.
    request.set_timeout(u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX).max(1));
    request.send().map_err(unreachable)?;
    let code = request.status().map_err(unreachable)?;
    if !(200..300).contains(&code) {
        return Err(DownloadError::Status { code, reason: request.status_text().map_err(unreachable)? });
    }
    let buffer = request.response().map_err(unreachable)?.unchecked_into::<ArrayBuffer>();
    Ok(Uint8Array::new(&buffer).to_vec())
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::net::{Ipv4Addr, TcpListener};
    use std::thread;
    use std::time::Instant;

    /// Answers one request with these bytes, then keeps the connection for a while.
    fn serve(answer: &'static str) -> String {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
            stream.write_all(answer.as_bytes()).unwrap();
            thread::sleep(Duration::from_secs(5));
        });
        format!("http://{address}/")
    }

    #[test]
    fn silence_times_out() {
        for answer in ["", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"] {
            let before = Instant::now();
            let result = download(&serve(answer), Duration::from_millis(300));
            assert_eq!(result, Err(DownloadError::TimedOut));
            assert!((250..3_000).contains(&before.elapsed().as_millis()));
        }
        assert_eq!(DownloadError::TimedOut.to_string(), "timed out");
    }

    #[test]
    fn answers_are_told_apart() {
        let timeout = Duration::from_secs(4);
        let found = serve("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody");
        assert_eq!(download(&found, timeout).unwrap(), b"body");
        let broken = serve("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(
            download(&broken, timeout).unwrap_err().to_string(),
            "HTTP Error 503: Service Unavailable"
        );
        let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let error = download(&format!("http://{nobody}/"), timeout).unwrap_err().to_string();
        assert!(error.starts_with("<urlopen error "), "{error}");
    }
}
