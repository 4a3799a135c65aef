//! How a server starts, tells where it is, and stops.

use std::{
    io::{self, IsTerminal as _, Write as _},
    net::SocketAddr,
    process::ExitCode,
    sync::Arc,
};

use registry::{OpenError, Program, Services};
use tokio::{net::TcpListener, sync::mpsc};
use tracing_subscriber::EnvFilter;

use crate::{
    config::{
        Config, ConfigError, Environment, Exposure, LogFormat, PublicUrl, ServeArgs, StorageArgs,
    },
    log_output::{LastLines, LogOutput},
    metrics::listener::MetricsListener,
    providers::Providers,
    serving::{self, Encryption, Ending, Places, Served},
    test_data::{self, TestDataError},
    tls::{self, PairError, Tls},
    web::{self, ServerState},
};

/// Why the program did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// The settings are wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Certificate and key cannot be used.
    #[error(transparent)]
    Tls(#[from] PairError),
    /// Nobody may listen there, or someone does already.
    #[error("{}", in_words(*.listen, .source))]
    Listen { listen: SocketAddr, source: io::Error },
    /// Nobody may listen for metrics there, or someone does already.
    #[error(
        "metrics cannot be served on {listen}: {source}. Choose another address with --metrics-listen."
    )]
    Metrics { listen: SocketAddr, source: io::Error },
    /// The data cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The data did not answer.
    #[error(transparent)]
    Services(#[from] registry::Error),
    /// No folder for tests was made.
    #[error(transparent)]
    TestData(#[from] TestDataError),
    /// The system refused something no program can do without.
    #[error("the system refused: {0}")]
    System(#[from] io::Error),
}

impl StartError {
    /// 2 for what has to be said differently, 1 for what went wrong.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Config(_) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}

fn in_words(listen: SocketAddr, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "another program already listens on {listen}. Stop it, or choose another port with --listen."
        ),
        io::ErrorKind::PermissionDenied => format!(
            "you may not listen on {listen}. Ports below 1024 belong to the system; choose another with --listen."
        ),
        io::ErrorKind::AddrNotAvailable => format!(
            "{} is not an address of this machine. Choose another with --listen.",
            listen.ip()
        ),
        _ => format!("cannot listen on {listen}: {error}"),
    }
}

/// Opens the services for a command that runs beside the server or without one.
pub(crate) async fn open(
    config: &Config,
    environment: &Environment,
) -> Result<Arc<Services>, StartError> {
    let clock = test_data::clock(environment, &config.data, None)?;
    let public_url = config.public_url_of(config.listen);
    Ok(Services::open(config.settings(Program::Command, &public_url, clock)).await?)
}

/// Serves until the system says to stop.
pub(crate) async fn serve(
    storage: &StorageArgs,
    arguments: &ServeArgs,
    environment: &Environment,
) -> Result<(), StartError> {
    let config = Config::of_server(storage, arguments, environment)?;
    let exposure = config.exposure()?;
    let _last_lines = begin_log(&config)?;
    let clock = test_data::clock(environment, &config.data, Some(config.listen))?;
    let tls = match &config.tls {
        Some(files) => Some(Arc::new(Tls::open(files.clone(), Arc::clone(&clock)).await?)),
        None => None,
    };
    // From here on a signal does not end the program by itself.
    let stop = stop_signals()?;
    let listen = config.listen;
    let failed = |source| StartError::Listen { listen, source };
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let public_url = config.public_url_of(bound);
    let providers = Providers::set_up(&config.providers, &public_url)?;
    let services = Services::open(config.settings(Program::Server, &public_url, clock)).await?;

    warn_of(&config, exposure, &public_url);
    let metrics = match config.metrics_listen {
        Some(listen) => {
            let begun = MetricsListener::begin(listen, Arc::clone(&services)).await;
            Some(begun.map_err(|source| StartError::Metrics { listen, source })?)
        }
        None => None,
    };
    let state = ServerState::new(Arc::clone(&services), &config, exposure, public_url.clone())
        .with_providers(providers);
    let places = Places::of_this_process(Arc::clone(&state.trusted_proxies));
    let encryption = match tls {
        Some(tls) => {
            tls::watch(Arc::clone(&tls), public_url.clone())?;
            Some(Encryption { tls, plain: web::only_https(&state) })
        }
        None => None,
    };
    let scheme = if encryption.is_some() { "https" } else { "http" };
    let served = Served { app: web::router(state), encryption };
    announce(&services, &format!("{scheme}://{bound}"), &public_url).await?;
    tracing::info!(address = %bound, public_url = %public_url, "serving");
    if let Some(metrics) = &metrics {
        metrics.announce();
    }

    let ending = serving::serve(listener, places, served, stop).await;
    drop(metrics);
    services.close().await;
    match ending {
        Ending::Finished => tracing::info!("stopped"),
        Ending::CutOff => tracing::warn!("stopped; requests that took too long were cut off"),
    }
    Ok(())
}

/// A message for each time the system says to stop: `SIGTERM` or Ctrl-C.
fn stop_signals() -> io::Result<mpsc::Receiver<()>> {
    let (send, receive) = mpsc::channel(2);
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                if send.send(()).await.is_err() {
                    return;
                }
            }
        });
    }
    #[cfg(not(unix))]
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() && send.send(()).await.is_ok() {}
    });
    Ok(receive)
}

/// Logs to the error stream; standard output is for what people asked for.
fn begin_log(config: &Config) -> io::Result<LastLines<io::Stderr>> {
    let ours = config.log;
    let filter = ["latchkey_server", "registry", "app"]
        .into_iter()
        .fold("warn".to_owned(), |filter, name| format!("{filter},{name}={ours}"));
    let output = LogOutput::begin()?;
    let last_lines = output.last_lines();
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(output)
        .with_ansi(io::stderr().is_terminal());
    match config.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(last_lines)
}

fn warn_of(config: &Config, exposure: Exposure, public_url: &PublicUrl) {
    if exposure == Exposure::Insecure {
        tracing::warn!("passwords and tokens cross the network unencrypted (--insecure-http)");
    }
    if public_url.is_https() && config.tls.is_none() && config.trusted_proxies.is_empty() {
        tracing::warn!(
            "a proxy seems to pass requests on, but no --trusted-proxy names it: every request will \
             seem to come from the proxy's own address"
        );
    }
}

/// Tells on standard output where the server is and which page to open. The first line is for
/// programs.
async fn announce(
    services: &Services,
    address: &str,
    public_url: &PublicUrl,
) -> Result<(), StartError> {
    let code = if services.accounts.none_exist().await? {
        services.accounts.issue_setup_code().await?
    } else {
        None
    };
    let invitation = if let Some(code) = code {
        let code: String = url::form_urlencoded::byte_serialize(code.as_bytes()).collect();
        let link = public_url.join(&format!("/setup?code={code}"));
        format!(
            "\nThere is no account yet. Open this link to make the first one, the administrator's:\n\n  \
             {link}\n\nIt works until that account exists.\n"
        )
    } else {
        format!("Sign in: {}\n", public_url.join("/sign-in"))
    };
    let lines = format!("Latchkey is ready: {address}\n{invitation}");
    // Whoever closed standard output does not want to know.
    let _ = io::stdout().write_all(lines.as_bytes());
    let _ = io::stdout().flush();
    Ok(())
}
