//! The page's files.

use super::client::Server;
use std::fs;
use std::path::PathBuf;

/// A folder with a page, and a secret beside it; removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("playground-{name}-{}", std::process::id()));
        let page = root.join("page");
        fs::create_dir_all(page.join("assets")).expect("a folder can be made");
        let files = [
            ("../secret.txt", "secret"),
            ("index.html", "<!doctype html>"),
            ("assets/main-1a2b.js", "let x"),
            ("assets/main-1a2b.js.br", "packed"),
            ("pkg.wasm", "\0asm"),
            (".hidden", "secret"),
        ];
        for (name, text) in files {
            fs::write(page.join(name), text).expect("a file can be written");
        }
        Self(root)
    }

    fn serve(&self) -> Server {
        Server::start(&["--page", &self.0.join("page").to_string_lossy()])
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn files_have_types_and_versions() {
    let folder = Folder::new("types");
    let server = folder.serve();
    let page = server.get("/");
    assert_eq!((page.status, page.text().as_str()), (200, "<!doctype html>"));
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    assert_eq!(server.get("/pkg.wasm").header("content-type"), Some("application/wasm"));
    assert_eq!(server.get("/?token=1").status, 200);
    let tag = page.header("etag").expect("it has a version").to_owned();
    for known in [tag.clone(), format!("\"other\", {tag}"), format!("W/{tag}")] {
        let again = server.ask("GET", "/", &format!("If-None-Match: {known}\r\n"));
        assert!(again.status == 304 && again.body.is_empty(), "{known}: {}", again.status);
        assert_eq!(again.header("etag"), Some(tag.as_str()));
    }
    assert_eq!(server.ask("GET", "/", "If-None-Match: \"other\"\r\n").status, 200);
    let head = server.ask("HEAD", "/", "");
    assert!(head.body.is_empty() && head.header("content-length") == Some("15"));
}

#[test]
fn compressed_files_are_preferred() {
    let folder = Folder::new("packed");
    let server = folder.serve();
    let script = |accepted: &str| server.ask("GET", "/assets/main-1a2b.js", accepted);
    let packed = script("Accept-Encoding: gzip, deflate, br\r\n");
    assert_eq!((packed.text().as_str(), packed.header("content-encoding")), ("packed", Some("br")));
    assert_eq!(packed.header("content-type"), Some("text/javascript; charset=utf-8"));
    let plain = script("Accept-Encoding: gzip, br;q=0\r\n");
    assert_eq!((plain.text().as_str(), plain.header("content-encoding")), ("let x", None));
    for answer in [&packed, &plain] {
        assert_eq!(answer.header("vary"), Some("Accept-Encoding"));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
    }
    assert_ne!(packed.header("etag"), plain.header("etag"));
    assert_eq!(server.get("/assets/main-1a2b.js.br").status, 404);
}

#[test]
fn no_path_leads_out() {
    let folder = Folder::new("out");
    #[cfg(unix)]
    std::os::unix::fs::symlink("../secret.txt", folder.0.join("page/link.txt")).expect("a link can be made");
    let server = folder.serve();
    for path in [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%252e%252e%252fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/assets/..%c0%afsecret.txt",
        "//etc/passwd",
        "/%2fetc/passwd",
        "//secret.txt",
        "/c:/secret.txt",
        "/index.html%00.js",
        "/index.html/",
        "/assets",
        "/assets/",
        "/.hidden",
        "/link.txt",
        "/INDEX.HTML%20",
    ] {
        let answer = server.get(path);
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(!answer.text().contains("secret") && !answer.text().contains("root:"), "{path}");
    }
    let nul = server.raw(&format!("GET /index.html\0 HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", server.port));
    assert_eq!(nul.status, 400);
}

#[test]
fn missing_page_names_the_remedy() {
    let server = Server::start(&["--page", "/no/such/folder"]);
    let answer = server.get("/");
    assert!(answer.status == 503 && answer.text().contains("`cargo xtask build`"), "{}", answer.text());
    assert_eq!(server.get("/other.js").status, 404);
}
