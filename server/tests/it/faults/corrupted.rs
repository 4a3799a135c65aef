//! Blobs that rot or vanish: they are found before a byte of them is served, whatever asks for them.

use std::{fs, net::SocketAddr, path::PathBuf};

use sha2::{Digest as _, Sha256};

use super::figure;
use crate::{
    npm::world::{basic, bearer, document, hexadecimal},
    nuget::world::{content_type, form, nupkg},
    operation::{
        data::{Data, Reply, ask, corrupt, get},
        metrics::{metrics_address, value},
    },
    support::Run,
};

/// Beyond what is read in one piece.
const LARGE: usize = 3 << 20;

/// A file that was published.
struct Published {
    /// As `latchkey verify` names its package.
    package: &'static str,
    path: &'static str,
    credential: String,
    content: Vec<u8>,
}

impl Published {
    fn blob(&self, data: &Data) -> PathBuf {
        let hash = self.hash();
        data.folder.path().join("data/blobs/sha256").join(&hash[..2]).join(&hash)
    }

    fn hash(&self) -> String {
        hexadecimal(&Sha256::digest(&self.content))
    }

    fn ask(&self, address: SocketAddr, method: &str, more: &str) -> Reply {
        let head = format!("{method} {} HTTP/1.1\r\nauthorization: {}", self.path, self.credential);
        ask(address, &format!("{head}{more}"), b"")
    }
}

/// Bytes that no compression makes fewer.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(length).collect()
}

/// Publishes a small and a large file by every protocol that keeps files. Bower keeps addresses alone.
fn publish_all(address: SocketAddr, token: &str) -> Vec<Published> {
    let mut all = Vec::new();
    let mut accepted = |head: &str, body: &[u8], package, path, credential, content| {
        let reply = ask(address, &format!("{head}\r\nauthorization: {credential}"), body);
        assert_eq!(reply.status, 201, "{head}: {}{}", reply.head, reply.text());
        all.push(Published { package, path, credential, content });
    };
    for (package, name, length) in
        [("main/npm/small", "small", 100), ("main/npm/large", "large", LARGE)]
    {
        let content = [name.as_bytes(), &noise(length)].concat();
        let body = document(name, "1.0.0", "latest", &content).to_string();
        let path = match name {
            "small" => "/F/main/npm/small/-/small-1.0.0.tgz",
            _ => "/F/main/npm/large/-/large-1.0.0.tgz",
        };
        let head = format!("PUT /F/main/npm/{name} HTTP/1.1");
        accepted(&head, body.as_bytes(), package, path, bearer(token), content);
    }
    for (package, id, length, path) in [
        (
            "main/nuget/Small",
            "Small",
            100,
            "/F/main/api/v3/flatcontainer/small/1.0.0/small.1.0.0.nupkg",
        ),
        (
            "main/nuget/Large",
            "Large",
            LARGE,
            "/F/main/api/v3/flatcontainer/large/1.0.0/large.1.0.0.nupkg",
        ),
    ] {
        let content = nupkg(id, "1.0.0", "", &[("lib/noise.bin", &noise(length))]);
        let head = format!(
            "PUT /F/main/api/v2/package/ HTTP/1.1\r\nx-nuget-apikey: {token}\r\ncontent-type: {}",
            content_type()
        );
        accepted(&head, &form(&content), package, path, basic("any", token), content);
    }
    for (package, length, path) in [
        ("main/maven/org.acme:small", 100, "/F/main/maven/org/acme/small/1.0/small-1.0.jar"),
        ("main/maven/org.acme:large", LARGE, "/F/main/maven/org/acme/large/1.0/large-1.0.jar"),
    ] {
        let content = [b"jar".as_slice(), &noise(length)].concat();
        let head = format!("PUT {path} HTTP/1.1");
        accepted(&head, &content, package, path, basic("any", token), content.clone());
    }
    all
}

/// The sentence for people, in the channel that this protocol's clients show.
fn said(file: &Published, reply: &Reply) -> String {
    let channel = if file.package.contains("/npm/") {
        reply.head.lines().find_map(|line| line.strip_prefix("npm-notice: ")).map(str::to_owned)
    } else if file.package.contains("/nuget/") {
        reply
            .head
            .lines()
            .find_map(|line| line.strip_prefix("x-nuget-warning: "))
            .map(str::to_owned)
    } else {
        // The reason phrase.
        reply.head.lines().next().and_then(|line| line.splitn(3, ' ').nth(2)).map(str::to_owned)
    };
    channel.unwrap_or_default()
}

/// In how many ways a damaged file is asked for.
const WAYS: usize = 5;

fn is_never_served(address: SocketAddr, file: &Published) {
    let tag = format!("\r\nif-none-match: \"{}\"", file.hash());
    let ways: [_; WAYS] = [
        ("GET", ""),
        ("HEAD", ""),
        ("GET", "\r\nrange: bytes=0-9"),
        ("GET", tag.as_str()),
        ("GET", ""),
    ];
    for (method, more) in ways {
        let reply = file.ask(address, method, more);
        assert_eq!(reply.status, 500, "{} {method}{more}: {}", file.path, reply.head);
        assert!(said(file, &reply).contains("damaged on the server"), "{}", reply.head);
        assert!(reply.head.contains("cache-control: no-store"), "{}", reply.head);
        let body = reply.text();
        assert!(
            if method == "HEAD" { body.is_empty() } else { body.contains("damaged") },
            "{body}"
        );
    }
}

fn are_served(run: &Run, files: &[Published]) {
    for file in files {
        let reply = file.ask(run.address, "GET", "");
        assert_eq!(reply.status, 200, "{}: {}", file.path, reply.head);
        assert!(reply.body == file.content, "{}: other bytes", file.path);
    }
}

#[test]
fn a_damaged_blob_is_never_served() {
    let data = Data::new(None);
    let token = data.token();
    let run = data.serve(&[]);
    let files = publish_all(run.address, &token);
    // Twice: from the disk, and by what is remembered.
    are_served(&run, &files);
    are_served(&run, &files);

    // Under the feet of a server that has served it: it is right, or an error.
    for file in &files {
        corrupt(&file.blob(&data));
        let reply = file.ask(run.address, "GET", "");
        let is_kept = file.content.len() < LARGE;
        assert_eq!(reply.status, if is_kept { 200 } else { 500 }, "{}", file.path);
        assert!(reply.status == 500 || reply.body == file.content, "{}", file.path);
    }
    drop(run);

    let run = data.serve(&["--metrics-listen", "127.0.0.1:0"]);
    let metrics = metrics_address(&run);
    let count = |condition: &str| {
        let series = format!("latchkey_damaged_blob_reads_total{{condition=\"{condition}\"}}");
        value(&get(metrics, "/metrics"), &series).to_string()
    };
    for file in &files {
        is_never_served(run.address, file);
    }
    let asked = WAYS * files.len();
    assert_eq!([count("corrupt"), count("missing")], [asked.to_string().as_str(), "0"]);
    let named = |log: &str, state: &str| {
        for file in &files {
            let blob = format!("blob {} is {state}: {} 1.0", file.hash(), file.package);
            assert!(log.contains(&blob), "{blob}\n{log}");
        }
    };
    named(&run.log(), "corrupt");
    let told = data.refuses(&["verify"]);
    for file in &files {
        fs::remove_file(file.blob(&data)).unwrap();
        assert!(told.contains(&format!("{} 1.0", file.package)), "{told}");
        is_never_served(run.address, file);
    }
    assert_eq!([count("corrupt"), count("missing")], [asked.to_string(), asked.to_string()]);
    named(&run.log(), "missing");

    // One that is longer than it should be is not even read.
    let first = files.first().unwrap();
    fs::write(first.blob(&data), [&first.content[..], b"more"].concat()).unwrap();
    is_never_served(run.address, first);
    // What comes back from a backup is served without a restart.
    for file in &files {
        fs::write(file.blob(&data), &file.content).unwrap();
    }
    are_served(&run, &files);
    assert!(data.does(&["verify"]).starts_with("All 6 package files"));
    figure(&format!(
        "damaged blobs: {} requests for 6 corrupt and then missing files by 3 protocols, each refused \
         with words and named in the log; not a byte of them served",
        2 * asked
    ));
}
