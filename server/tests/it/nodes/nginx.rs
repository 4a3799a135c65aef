//! The real nginx before the servers. Its configuration is the one that `docs/nodes.md` shows, but for
//! the places where files of this machine lie.

use std::{
    fmt::Write as _,
    net::{SocketAddr, TcpStream},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// nginx, stopped with this value.
pub(crate) struct Nginx {
    child: Child,
    folder: TempDir,
}

impl Nginx {
    /// Starts it on `listen` before these servers, each in turn.
    pub(crate) fn before(listen: SocketAddr, servers: &[SocketAddr]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().display();
        let mut upstream = String::new();
        for server in servers {
            writeln!(upstream, "    server {server} max_fails=1 fail_timeout=2s;").unwrap();
        }
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .fold(String::new(), |text, kind| {
                text + &format!("  {kind}_temp_path {place}/{kind};\n")
            });
        let configuration = format!(
            "daemon off;
master_process off;
pid {place}/pid;
error_log {place}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
{temporary}
  upstream latchkey {{
{upstream}    keepalive 16;
  }}
  server {{
    listen {listen};
    client_max_body_size 300m;
    location / {{
      proxy_pass http://latchkey;
      proxy_http_version 1.1;
      proxy_set_header Connection \"\";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_request_buffering off;
      proxy_connect_timeout 2s;
      proxy_read_timeout 60s;
      proxy_next_upstream error timeout;
      proxy_next_upstream_tries 2;
    }}
  }}
}}
"
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, configuration).unwrap();
        let mut command = Command::new(program());
        command.arg("-p").arg(folder.path()).arg("-c").arg(&file);
        let mut nginx = Self { child: command.spawn().unwrap(), folder };
        let started = Instant::now();
        while TcpStream::connect(listen).is_err() {
            let ended = nginx.child.try_wait().unwrap();
            assert!(
                ended.is_none() && started.elapsed() < Duration::from_secs(30),
                "{}",
                nginx.log()
            );
            thread::sleep(Duration::from_millis(10));
        }
        nginx
    }

    /// What went wrong, as it tells it.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default()
    }
}

/// Debian keeps it where a user's `PATH` may not lead.
fn program() -> &'static str {
    let place = "/usr/sbin/nginx";
    if std::path::Path::new(place).exists() { place } else { "nginx" }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
