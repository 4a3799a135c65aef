//! The files that pages load.

use crate::support::Server;

const FOLDER: &str = "/assets/0123456789abcdef";

#[tokio::test]
async fn files_are_kept_for_ever_and_sent_as_the_client_takes_them() {
    let server = Server::new().await;
    server.build_site();
    let path = format!("{FOLDER}/latchkey.js");
    let plain = server.get(&path).await;
    assert_eq!((plain.status.as_u16(), plain.text().as_str()), (200, "export default 1;"));
    assert_eq!(plain.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(plain.header("vary"), "Accept-Encoding");
    assert_eq!(plain.header("content-encoding"), "");

    let takes_brotli = [("accept-encoding", "gzip, br")];
    let compressed = server.ask("GET", &path, &takes_brotli).await;
    assert_eq!(compressed.text(), "compressed");
    assert_eq!(compressed.header("content-encoding"), "br");
    assert_eq!(compressed.header("content-type"), "text/javascript; charset=utf-8");

    // No smaller copy was made of this one.
    let module = server.ask("GET", &format!("{FOLDER}/latchkey_bg.wasm"), &takes_brotli).await;
    assert_eq!((module.text().as_str(), module.header("content-encoding")), ("\0asm", ""));
    assert_eq!(module.header("content-type"), "application/wasm");

    let snippet = server.get(&format!("{FOLDER}/snippets/one-0/inline0.js")).await;
    assert_eq!(snippet.status, 200);
    let icon = server.get("/favicon.ico").await;
    assert_eq!(icon.header("location"), format!("{FOLDER}/favicon.svg"));
}

#[tokio::test]
async fn nothing_else_is_served() {
    let server = Server::new().await;
    server.build_site();
    for path in [
        format!("{FOLDER}/absent.js"),
        format!("{FOLDER}/latchkey.js.br"),
        format!("{FOLDER}/../../hash.txt"),
        format!("{FOLDER}/%2e%2e/%2e%2e/hash.txt"),
        format!("{FOLDER}/..%2f..%2fhash.txt"),
        format!("{FOLDER}/.hidden.js"),
        format!("{FOLDER}//latchkey.js"),
        "/assets/%2e%2e/assets/0123456789abcdef/latchkey.js".to_owned(),
        "/assets/fedcba9876543210/latchkey.js".to_owned(),
        "/assets/hash.txt".to_owned(),
        "/assets/".to_owned(),
    ] {
        let answer = server.get(&path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn without_a_site_pages_still_work() {
    let server = Server::new().await;
    server.set_up().await;
    assert_eq!(server.get("/sign-in").await.status, 200);
    assert_eq!(server.get("/favicon.ico").await.status, 204);
    assert_eq!(server.get(&format!("{FOLDER}/latchkey.js")).await.status, 404);
}
