//! Disks without room, and such that cannot be written to. Each is a file system in memory, in a name space
//! of its own that ends with the program: nobody has to be root for that, and nothing is left over.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::Duration,
};

use super::{
    figure,
    wire::{Connection, account, sign_in, try_signing_in},
};
use crate::{
    npm::world::{basic, document},
    nuget::world::{content_type, form, nupkg},
    operation::data::{Data, Reply, archive, ask, get, publish},
    support::{Run, finish},
};

/// Whether this system lets people have name spaces of their own.
fn is_possible() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("unshare");
    command.args(["-Urm", "mount", "-t", "tmpfs", "tmpfs"]).arg(folder.path());
    let is_possible = command.output().is_ok_and(|output| output.status.success());
    if !is_possible {
        let words =
            "full and read-only disks: not tried, as this system lets nobody have a name space";
        figure(words);
        // Past what holds back the output of tests that pass: nothing is left out in silence.
        std::io::stderr().write_all(format!("{words}\n").as_bytes()).unwrap();
    }
    is_possible
}

/// Data, of which a folder lies on a disk of its own while the program runs.
struct Disk {
    data: Data,
    folder: PathBuf,
    run: Run,
}

impl Disk {
    /// Runs a script in a name space of its own, and then what is to be called there.
    fn shell(data: &Data, script: &str, flags: &[&str]) -> Command {
        let program = data.command(&[&["serve", "--listen", "127.0.0.1:0"], flags].concat());
        let mut command = Command::new("unshare");
        command.args(["-Urm", "sh", "-ec", &format!("{script}\nexec \"$@\""), "sh"]);
        command.arg(program.get_program()).args(program.get_args());
        command.current_dir(data.folder.path());
        for (name, _) in program.get_envs() {
            command.env_remove(name);
        }
        command
    }

    /// Puts a folder of the data on a disk of this many megabytes, with what is in it, and starts the
    /// program.
    fn serve(data: Data, folder: &str, megabytes: u32, flags: &[&str]) -> Self {
        let script = format!(
            "cp -a {folder} before\nmount -t tmpfs -o size={megabytes}m tmpfs {folder}\ncp -a before/. {folder}"
        );
        let run = Run::start(Self::shell(&data, &script, flags), tempfile::tempdir().unwrap());
        let folder = data.folder.path().join(folder);
        Self { data, folder, run }
    }

    /// A file or folder as the program sees it.
    fn inside(&self, path: &Path) -> PathBuf {
        let root = format!("/proc/{}/root", self.run.process());
        Path::new(&root).join(path.strip_prefix("/").unwrap())
    }

    /// Runs a command where the program runs: what it says.
    fn does(&self, command: &mut Command) -> String {
        let mut inside = Command::new("nsenter");
        inside.args(["-U", "-m", "--preserve-credentials", "-t", &self.run.process().to_string()]);
        inside.arg("env").arg("-C").arg(self.data.folder.path());
        inside.arg(command.get_program()).args(command.get_args());
        let (code, output, error) = finish(&mut inside);
        assert_eq!(code, 0, "{output}{error}");
        output
    }

    /// Leaves room for so many bytes and no more.
    fn fill(&self, room: u64) {
        let mut filler = File::create(self.inside(&self.folder).join("filler")).unwrap();
        for size in [1 << 20, 1 << 12, 1] {
            while filler.write(&vec![1; size]).is_ok_and(|written| written > 0) {}
        }
        filler.set_len(filler.metadata().unwrap().len() - room).unwrap();
    }

    fn make_room(&self) {
        fs::remove_file(self.inside(&self.folder).join("filler")).unwrap();
    }

    /// Sees that all data are well.
    fn verify(&self) {
        self.does(&mut self.data.command(&["verify"]));
    }
}

/// Tries to publish by each protocol: the answers, each with the words where its clients look for them.
fn publishes(run: &Run, token: &str) -> Vec<(Reply, String)> {
    let content = vec![7; 200_000];
    let header = |reply: &Reply, name: &str| {
        let line = reply.head.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().to_owned()
    };
    let reason = |reply: &Reply| reply.head.lines().next().unwrap().to_owned();
    let mut answers = Vec::new();
    let body = document("refused", "1.0.0", "latest", &content).to_string();
    let head = format!("PUT /F/main/npm/refused HTTP/1.1\r\nauthorization: Bearer {token}");
    let reply = ask(run.address, &head, body.as_bytes());
    let said = header(&reply, "npm-notice: ");
    answers.push((reply, said));
    let head = format!(
        "PUT /F/main/api/v2/package/ HTTP/1.1\r\nx-nuget-apikey: {token}\r\ncontent-type: {}",
        content_type()
    );
    let reply =
        ask(run.address, &head, &form(&nupkg("Refused", "1.0.0", "", &[("a.bin", &content)])));
    let said = header(&reply, "x-nuget-warning: ");
    answers.push((reply, said));
    let head = format!(
        "PUT /F/main/maven/org/acme/refused/1.0/refused-1.0.jar HTTP/1.1\r\nauthorization: {}",
        basic("any", token)
    );
    let reply = ask(run.address, &head, &content);
    let said = reason(&reply);
    answers.push((reply, said));
    answers
}

/// Publishing is refused with these words, and nothing of it is there.
fn are_refused(run: &Run, token: &str, status: u16, words: &str) {
    for (reply, said) in publishes(run, token) {
        assert_eq!(reply.status, status, "{}{}{}", reply.head, reply.text(), run.log());
        assert!(said.contains(words), "{}{}", reply.head, reply.text());
        assert!(reply.text().contains(words), "{}", reply.text());
    }
    assert_eq!(archive(run.address, token, "refused", "1.0.0").status, 404);
    let mut connection = Connection::open(run.address);
    assert_eq!(connection.get("/F/main/npm/refused", token).status, 404);
}

fn are_accepted(run: &Run, token: &str) {
    for (reply, _) in publishes(run, token) {
        assert_eq!(reply.status, 201, "{}{}{}", reply.head, reply.text(), run.log());
    }
}

fn reads_go_on(run: &Run, token: &str) {
    assert_eq!(archive(run.address, token, "before", "1.0.0").status, 200);
    let mut connection = Connection::open(run.address);
    assert_eq!(connection.get("/F/main/npm/before", token).status, 200);
    assert_eq!(connection.get("/F/main/api/v3/index.json", token).status, 200);
    assert_eq!(get(run.address, "/healthz").status, 200);
    assert_eq!(get(run.address, "/sign-in").status, 200);
}

fn is_ready(run: &Run) -> Result<(), String> {
    // An answer stands for half a second.
    sleep(Duration::from_millis(600));
    let reply = get(run.address, "/readyz");
    if reply.status == 200 { Ok(()) } else { Err(reply.text()) }
}

const FULL: &str = "disk is full";

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_writes_and_nothing_else() {
    if !is_possible() {
        return;
    }
    let data = Data::new(None);
    let services = data.services().await;
    account(&services, "rob").await;
    services.close().await;
    let token = data.token();
    let disk = Disk::serve(data, "data", 24, &["--trusted-proxy", "127.0.0.1"]);
    let run = &disk.run;
    assert!(publish(run.address, &token, "before", "1.0.0"));
    let cookie = sign_in(run.address, "rob");
    assert_eq!(is_ready(run), Ok(()));

    disk.fill(0);
    let mut refused = 0;
    for _ in 0..3 {
        are_refused(run, &token, 507, FULL);
        reads_go_on(run, &token);
        refused += 3;
    }
    // Whoever is signed in stays so, even where that would be noted; signing in has to be written down.
    let mut browser = Connection::open(run.address);
    let head =
        format!("GET /profile/tokens HTTP/1.1\r\ncookie: {cookie}\r\nx-forwarded-for: 192.0.2.9");
    assert_eq!(browser.ask(&head, "").unwrap().status, 200);
    assert!(run.log().contains("could not be noted"), "{}", run.log());
    let reply = try_signing_in(run.address, "rob");
    assert_eq!(reply.status, 507, "{}{}", reply.head, reply.text());
    assert!(reply.text().contains(FULL), "{}", reply.text());
    let said = is_ready(run).unwrap_err();
    assert!(said.contains("the data folder cannot be written to: no storage space"), "{said}");
    let staging = disk.inside(&disk.folder.join("staging"));
    assert_eq!(fs::read_dir(staging).unwrap().count(), 0);

    disk.make_room();
    are_accepted(run, &token);
    sign_in(run.address, "rob");
    reads_go_on(run, &token);
    assert_eq!(is_ready(run), Ok(()));
    disk.verify();
    let log = run.log();
    assert!(!log.contains("panicked"), "{log}");
    figure(&format!(
        "full disk: {refused} publishes by 3 protocols and a sign-in refused with 507 and words, reads served \
         meanwhile, all well once there was room, without a restart"
    ));
}

#[test]
fn a_full_disk_of_the_database_leaves_no_half_of_a_version() {
    if !is_possible() {
        return;
    }
    let mut data = Data::empty(None);
    let own = data.folder.path().join("own");
    fs::create_dir(&own).unwrap();
    data.database = Some(format!("sqlite://{}/latchkey.db", own.display()));
    data.does(&["user", "create", "ana", "--email", "ana@example.com"]);
    data.does(&["feed", "create", "main", "--owner", "ana"]);
    let token = data.token();
    let disk = Disk::serve(data, "own", 4, &[]);
    let run = &disk.run;
    assert!(publish(run.address, &token, "before", "1.0.0"));
    disk.fill(400_000);
    // As long as there is room for its journal, the database takes what it is given.
    let mut fates = Vec::new();
    while fates.last() != Some(&false) {
        let number = fates.len();
        assert!(number < 2_000, "the disk is never full");
        fates.push(publish(run.address, &token, &format!("demo-{number}"), "1.0.0"));
    }
    assert!(fates.len() > 1, "there was some room");
    are_refused(run, &token, 507, FULL);
    reads_go_on(run, &token);
    disk.make_room();
    for (number, was_accepted) in fates.iter().enumerate() {
        let name = format!("demo-{number}");
        let status = if *was_accepted { 200 } else { 404 };
        assert_eq!(archive(run.address, &token, &name, "1.0.0").status, status, "{name}");
        assert_eq!(publish(run.address, &token, &name, "1.0.0"), !was_accepted, "{name}");
    }
    are_accepted(run, &token);
    disk.verify();
    figure(&format!(
        "full disk of the database: {} publishes went into its journal and are there, the next were refused with \
         507 and nothing of them was",
        fates.len() - 1
    ));
}

#[test]
fn a_read_only_disk_refuses_uploads_and_nothing_else() {
    if !is_possible() {
        return;
    }
    let data = Data::new(None);
    let token = data.token();
    let blobs = data.folder.path().join("data/blobs");
    // They are only made by a server.
    drop(data.serve(&[]));
    let disk = Disk::serve(data, "data/blobs", 24, &[]);
    let run = &disk.run;
    assert!(publish(run.address, &token, "before", "1.0.0"));
    let remount = |way: &str| {
        disk.does(Command::new("mount").args(["-o", &format!("remount,{way}")]).arg(&blobs));
    };
    remount("ro");
    are_refused(run, &token, 503, "disk cannot be written to");
    reads_go_on(run, &token);
    remount("rw");
    are_accepted(run, &token);
    disk.verify();
    figure(
        "read-only disk: 3 publishes refused with 503 and words, reads served, all well once it was mended",
    );
}

#[test]
fn nothing_starts_on_a_read_only_disk() {
    if !is_possible() {
        return;
    }
    let data = Data::new(None);
    let script = "mount --bind data data\nmount -o remount,ro,bind data";
    let (code, _, error) = finish(&mut Disk::shell(&data, script, &[]));
    assert_eq!(code, 1, "{error}");
    let words = "cannot be used: Read-only file system";
    assert!(error.contains("the data folder ") && error.contains(words), "{error}");
}
