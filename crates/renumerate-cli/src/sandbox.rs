//! `renumerate sandbox`: runs a sandbox until it is stopped.

use std::time::Duration;
use std::{io, thread};

use renumerate_sandbox::{Sandbox, Widgets};
use serde_json::json;
use tokio::sync::oneshot;

use crate::args;
use crate::ca;
use crate::error::CliError;
use crate::output::{DIM, HEADING, print_line, print_styled};

pub(crate) async fn run(options: args::Sandbox) -> Result<(), CliError> {
    // Each connection needs an open file. If the limit of open files cannot be raised, the sandbox accepts fewer
    // connections.
    let _best_effort = rlimit::increase_nofile_limit(u64::MAX);
    let mut builder = Sandbox::builder()
        .host(options.host)
        .port(options.port)
        .private_key(options.key)
        .public_key(options.public_key)
        .dashboard(true);
    if let Some(folder) = options.cases {
        builder = builder.cases_dir(folder);
    }
    if let Some(file) = options.seed {
        builder = builder.seed_file(file);
    }
    if let Some(probability) = options.chaos {
        builder = builder.chaos(probability, options.chaos_seed);
    }
    for origin in options.allow_origin {
        builder = builder.allow_origin(origin);
    }
    if options.widgets {
        let mut widgets = Widgets::new(ca::folder()?)
            .port(options.widgets_port)
            .names(options.widgets_name)
            .session_lifetime(Duration::from_secs(options.session_lifetime));
        if let Some(host) = options.widgets_host {
            widgets = widgets.host(host);
        }
        if let Some(color) = options.brand_color {
            widgets = widgets.brand_color(color);
        }
        builder = builder.widgets(widgets);
    }
    // In a container, this process may have PID 1. SIGTERM then has no effect unless the process has a handler for the
    // signal. Install the handlers before the URL is printed, because a parent process may send a signal as soon as it
    // has read the URL.
    let stopped =
        stop_signal().map_err(|error| CliError::Other(format!("cannot install signal handlers: {error}")))?;
    let sandbox = builder.start().await?;
    if let (Some(ca), Some(file)) = (sandbox.ca_certificate(), &options.ca_out) {
        ca::copy(ca, file)?;
    }
    if options.json { print_json(&sandbox) } else { print_instructions(&sandbox) }?;
    if options.until_stdin_ends {
        tokio::select! {
            () = stopped => Ok(()),
            ended = stdin_ends() => {
                ended.map_err(|error| CliError::Other(format!("cannot read standard input: {error}")))
            }
        }
    } else {
        stopped.await;
        Ok(())
    }
}

fn print_json(sandbox: &Sandbox) -> io::Result<()> {
    let mut info = json!({
        "url": sandbox.url(),
        "private_key": sandbox.private_key(),
        "public_key": sandbox.public_key(),
    });
    if let (Some(widgets), Some(ca), Some(members)) =
        (sandbox.widgets_url(), sandbox.ca_certificate(), info.as_object_mut())
    {
        members.insert("widgets_url".to_owned(), widgets.into());
        members.insert("ca".to_owned(), ca.to_string_lossy().into());
    }
    print_line(info)
}

fn print_instructions(sandbox: &Sandbox) -> io::Result<()> {
    let (url, key) = (sandbox.url(), sandbox.private_key());
    print_styled(HEADING, format_args!("A Renumerate sandbox listens on {url}"))?;
    print_line(format_args!("  export RENUMERATE_BASE_URL={url}"))?;
    print_line(format_args!("  export RENUMERATE_PRIVATE_KEY={key}"))?;
    print_line(format_args!("  export RENUMERATE_PUBLIC_KEY={}", sandbox.public_key()))?;
    print_line(format_args!("  Dashboard: {url}/"))?;
    if let (Some(url), Some(ca)) = (sandbox.widgets_url(), sandbox.ca_certificate()) {
        print_styled(HEADING, format_args!("The widgets are served on {url}"))?;
        print_line(format_args!(
            "  In your page, set window.RENUMERATE_LOCAL = true before loading the vendor's library."
        ))?;
        print_line(format_args!(
            "  Their certificate is signed by a local certificate authority: {}",
            ca.display()
        ))?;
        print_line(format_args!("  To make browsers trust this authority ({}):", ca::NOTE))?;
        print_line(format_args!("  {}", ca::trust_command(ca)))?;
    }
    print_styled(DIM, format_args!("Requests: {url}/_sandbox/requests   Stop with Ctrl-C"))
}

/// Returns a future that completes on SIGINT or SIGTERM.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Returns a future that completes on Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ignored = tokio::signal::ctrl_c().await;
    })
}

/// Waits for the end of standard input. The input is read on a separate thread, because a pending read cannot be
/// cancelled.
async fn stdin_ends() -> io::Result<()> {
    let (sender, receiver) = oneshot::channel();
    thread::Builder::new().spawn(move || {
        let ended = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ignored_if_stopped = sender.send(ended.map(|_| ()));
    })?;
    receiver.await.unwrap_or(Ok(()))
}
