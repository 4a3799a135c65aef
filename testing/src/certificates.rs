//! A certificate authority of one's own, and what it issues, made with the `openssl` program.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The kinds of private keys, as `openssl req -newkey` names them.
pub const ECDSA: &[&str] = &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
/// RSA with 2048 bits.
pub const RSA: &[&str] = &["rsa:2048"];
/// Ed25519.
pub const ED25519: &[&str] = &["ed25519"];
/// ECDSA on a curve that browsers do not know.
pub const UNUSUAL: &[&str] = &["ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"];

/// What `openssl ca` has to be told.
const SETTINGS: &str = "\
[ca]
default_ca = tests
[tests]
certificate = FOLDER/ca.pem
private_key = FOLDER/ca.key
database = FOLDER/ca.index
new_certs_dir = FOLDER
rand_serial = yes
unique_subject = no
default_md = sha256
copy_extensions = copy
policy = any
[any]
commonName = supplied
";

/// An authority that only those trust who are given [`Authority::certificate`].
pub struct Authority {
    folder: PathBuf,
}

/// The files of a certificate and its key.
pub struct Issued {
    /// The server's certificate and the authority's, as PEM.
    pub cert: PathBuf,
    /// The private key, as PEM in PKCS#8.
    pub key: PathBuf,
}

impl Authority {
    /// Makes an authority, whose files lie in this folder.
    pub fn new(folder: &Path) -> Self {
        let authority = Self { folder: folder.to_owned() };
        let key = authority.file("ca.key");
        let mut request = request(ECDSA, &key, "/CN=Latchkey tests");
        request.args(["-x509", "-days", "9", "-out"]).arg(authority.certificate());
        run(&mut request);
        let settings = SETTINGS.replace("FOLDER", &folder.display().to_string());
        write(&authority.file("ca.conf"), settings.as_bytes());
        write(&authority.file("ca.index"), b"");
        authority
    }

    /// The file of its own certificate.
    pub fn certificate(&self) -> PathBuf {
        self.file("ca.pem")
    }

    /// Issues a certificate for `localhost` and `127.0.0.1`, valid for so many days from now.
    pub fn issue(&self, name: &str, kind: &[&str], days: u32) -> Issued {
        self.issue_with(name, kind, &["-days", &days.to_string()])
    }

    /// Issues one that ended long ago.
    pub fn issue_expired(&self, name: &str) -> Issued {
        self.issue_with(
            name,
            ECDSA,
            &["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"],
        )
    }

    fn issue_with(&self, name: &str, kind: &[&str], life: &[&str]) -> Issued {
        let (cert, key) = (self.file(&format!("{name}.pem")), self.file(&format!("{name}.key")));
        let asked = self.file(&format!("{name}.csr"));
        let mut request = request(kind, &key, "/CN=localhost");
        request.args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out"]).arg(&asked);
        run(&mut request);
        let mut issue = Command::new("openssl");
        issue.args(["ca", "-batch", "-notext", "-config"]).arg(self.file("ca.conf")).args(life);
        run(issue.arg("-in").arg(&asked).arg("-out").arg(&cert));
        let chain = [read(&cert), read(&self.certificate())].concat();
        write(&cert, &chain);
        Issued { cert, key }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Runs `openssl` with these arguments, of which tests say what they need besides.
///
/// # Panics
/// If it cannot do that: a test that needs it must not pass without it.
pub fn openssl(arguments: &[&str]) {
    run(Command::new("openssl").args(arguments));
}

fn request(kind: &[&str], key: &Path, subject: &str) -> Command {
    let mut command = Command::new("openssl");
    command.args(["req", "-nodes", "-newkey"]).args(kind).args(["-subj", subject, "-keyout"]);
    command.arg(key);
    command
}

#[expect(clippy::expect_used, reason = "tests end here when openssl is missing")]
fn run(command: &mut Command) {
    let output = command.output().expect("openssl starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[expect(clippy::expect_used, reason = "it was written a moment ago")]
fn read(file: &Path) -> Vec<u8> {
    std::fs::read(file).expect("openssl wrote it")
}

#[expect(clippy::expect_used, reason = "the folder is the test's own")]
fn write(file: &Path, content: &[u8]) {
    std::fs::write(file, content).expect("the folder can be written to");
}
