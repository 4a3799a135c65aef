use std::{fs, path::Path};

use model::timestamp::Timestamp;
use registry::clock::SystemClock;
use tempfile::TempDir;
use testing::certificates::{Authority, ECDSA, ED25519, Issued, RSA, UNUSUAL, openssl};

use super::{watch::Look, watch::Watch, *};

const DAY: Duration = Duration::from_hours(24);

/// An authority in a folder of its own.
fn authority() -> (TempDir, Authority) {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new(folder.path());
    (folder, authority)
}

fn files(Issued { cert, key }: Issued) -> PairFiles {
    PairFiles { cert, key }
}

fn now() -> Timestamp {
    SystemClock.now()
}

async fn read(files: &PairFiles, now: Timestamp) -> Result<Pair, PairError> {
    Contents::read(files).await?.pair(files, now)
}

/// The sentence about a pair that cannot be used.
async fn refusal(files: &PairFiles) -> String {
    read(files, now()).await.err().unwrap().to_string()
}

/// Writes a key anew in another form.
fn converted(key: &Path, arguments: &[&str]) {
    let before = key.with_extension("before");
    fs::rename(key, &before).unwrap();
    let files = ["-in", before.to_str().unwrap(), "-out", key.to_str().unwrap()];
    openssl(&[arguments, &files].concat());
}

#[tokio::test]
async fn every_usual_kind_and_form_of_key_will_do() {
    let (_folder, authority) = authority();
    for (name, kind, form) in [
        ("pkcs8-ecdsa", ECDSA, &[][..]),
        ("sec1", ECDSA, &["ec"]),
        ("pkcs8-rsa", RSA, &[]),
        ("pkcs1", RSA, &["rsa", "-traditional"]),
        ("ed25519", ED25519, &[]),
    ] {
        let files = files(authority.issue(name, kind, 9));
        if !form.is_empty() {
            converted(&files.key, form);
        }
        let pair = read(&files, now()).await;
        assert!(pair.is_ok(), "{name}: {}", pair.err().unwrap());
    }
    let odd = files(authority.issue("unusual", UNUSUAL, 9));
    assert!(refusal(&odd).await.contains("keys of this kind cannot be used"));
}

#[tokio::test]
async fn what_is_wrong_is_said_with_the_file_and_the_remedy() {
    let (folder, authority) = authority();
    let good = files(authority.issue("good", ECDSA, 9));
    let other = files(authority.issue("other", ECDSA, 9));
    let expired = files(authority.issue_expired("expired"));
    let locked = files(authority.issue("locked", ECDSA, 9));
    converted(&locked.key, &["pkcs8", "-topk8", "-passout", "pass:secret"]);
    let locked_rsa = files(authority.issue("locked-rsa", RSA, 9));
    let with = ["rsa", "-traditional", "-aes128", "-passout", "pass:secret"];
    converted(&locked_rsa.key, &with);
    let write = |name: &str, content: &str| {
        let file = folder.path().join(name);
        fs::write(&file, content).unwrap();
        file
    };
    let cut = fs::read_to_string(&good.key).unwrap();
    let cut = write("cut.pem", &cut[..cut.len() / 2]);
    let no_base64 = "-----BEGIN CERTIFICATE-----\n&&&&\n-----END CERTIFICATE-----\n";
    let no_certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let absent = folder.path().join("absent.pem");
    let cert = |cert: &Path| PairFiles { cert: cert.to_owned(), key: good.key.clone() };
    let key = |key: &Path| PairFiles { cert: good.cert.clone(), key: key.to_owned() };

    for (files, parts) in [
        (cert(&absent), ["tls_cert", "absent.pem: it cannot be read", "may read"]),
        (key(&absent), ["tls_key", "absent.pem: it cannot be read", "may read"]),
        (cert(folder.path()), ["tls_cert", "it cannot be read", "Name a file"]),
        (cert(&write("text", "hello")), ["tls_cert", "holds no certificate", "BEGIN CERTIFICATE"]),
        (cert(&good.key), ["tls_cert", "good.key: it holds no certificate", "the server's own"]),
        (cert(&write("a", no_base64)), ["tls_cert", "damaged: a part is not base64", "Copy"]),
        (cert(&write("b", no_certificate)), ["tls_cert", "damaged", "Copy"]),
        (key(&good.cert), ["tls_key", "holds no private key", "BEGIN EC PRIVATE KEY"]),
        (key(&cut), ["tls_key", "cut.pem: it is damaged: a part has no end", "Copy"]),
        (key(&other.key), ["tls_key", "does not belong to the first certificate", "good.pem"]),
        (key(&locked.key), ["tls_key", "a password locks it", "openssl pkey -in "]),
        (key(&locked_rsa.key), ["tls_key", "a password locks it", "openssl pkey -in "]),
        (expired, ["tls_cert", "expired on ", "Put its successor"]),
    ] {
        let sentence = refusal(&files).await;
        for part in parts {
            assert!(sentence.contains(part), "{part:?} is not in {sentence}");
        }
        assert!(!sentence.contains("BEGIN PRIVATE KEY-----\n"), "{sentence}");
    }
    let early = read(&good, now().minus(DAY)).await.err().unwrap().to_string();
    assert!(early.contains("begins on ") && early.contains("clock"), "{early}");
}

#[tokio::test]
async fn a_certificate_is_known_by_its_end_and_its_hosts() {
    let (_folder, authority) = authority();
    let pair = read(&files(authority.issue("good", ECDSA, 9)), now()).await.unwrap();
    assert_eq!(pair.ends_by(now().plus(DAY * 8)), None);
    let end = pair.ends_by(now().plus(DAY * 10)).unwrap();
    assert!(end > now().plus(DAY * 8) && end < now().plus(DAY * 10));
    for (host, is_one) in [
        ("localhost", true),
        ("127.0.0.1", true),
        ("127.0.0.2", false),
        ("packages.example.com", false),
        ("", false),
    ] {
        assert_eq!(pair.is_for(host), is_one, "{host}");
    }
}

#[tokio::test]
async fn a_key_that_others_can_read_is_noticed() {
    use std::os::unix::fs::PermissionsExt as _;

    let (_folder, authority) = authority();
    let files = files(authority.issue("good", ECDSA, 9));
    for (mode, is_open) in [(0o600, false), (0o640, false), (0o644, true), (0o666, true)] {
        fs::set_permissions(&files.key, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(files.key_is_open().await, is_open, "{mode:o}");
    }
}

#[tokio::test]
async fn a_pair_is_replaced_by_a_better_one_alone() {
    let (_folder, authority) = authority();
    let place = files(authority.issue("place", ECDSA, 9));
    let (next, third) = (authority.issue("next", RSA, 9), authority.issue("third", ECDSA, 9));
    let tls = Tls::open(place.clone(), Arc::new(SystemClock)).await.ok().unwrap();
    let tls = Arc::new(tls);
    let mut watch = Watch::of(Arc::clone(&tls));
    let in_force = || tls.current().digest;
    let first = in_force();
    assert_eq!(watch.look(false).await, Look::Same);
    assert_eq!(watch.look(true).await, Look::Same);

    // Of the two files one is there first: that may be just a moment.
    fs::copy(&next.cert, &place.cert).unwrap();
    assert_eq!(watch.look(false).await, Look::Odd);
    assert_eq!(watch.look(false).await, Look::Refused);
    assert_eq!(in_force(), first);
    fs::copy(&next.key, &place.key).unwrap();
    assert_eq!(watch.look(false).await, Look::Replaced);
    let second = in_force();
    assert_ne!(second, first);
    assert_eq!(watch.look(false).await, Look::Same);

    fs::remove_file(&place.cert).unwrap();
    assert_eq!(watch.look(true).await, Look::Refused);
    let expired = authority.issue_expired("expired");
    fs::copy(&expired.cert, &place.cert).unwrap();
    fs::copy(&expired.key, &place.key).unwrap();
    assert_eq!(watch.look(false).await, Look::Odd);
    assert_eq!(in_force(), second);
    fs::copy(&third.cert, &place.cert).unwrap();
    fs::copy(&third.key, &place.key).unwrap();
    assert_eq!(watch.look(true).await, Look::Replaced);
    assert!(![first, second].contains(&in_force()));
}
