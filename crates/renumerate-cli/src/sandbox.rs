//! `renumerate sandbox`: a Renumerate on this machine, for as long as it is wanted.

use std::time::Duration;
use std::{io, thread};

use renumerate_sandbox::{Sandbox, Widgets};
use serde_json::json;
use tokio::sync::oneshot;

use crate::args;
use crate::failure::Failure;
use crate::output::{FAINT, HEADING, say, say_in};
use crate::trust;

pub(crate) async fn run(options: args::Sandbox) -> Result<(), Failure> {
    // It serves with as many descriptors as it gets.
    let _best_effort = rlimit::increase_nofile_limit(u64::MAX);
    let mut builder =
        Sandbox::builder().host(options.host).port(options.port).private_key(options.key).workbench(true);
    if let Some(folder) = options.cases {
        builder = builder.cases_dir(folder);
    }
    if let Some(file) = options.seed {
        builder = builder.seed_file(file);
    }
    if let Some(probability) = options.chaos {
        builder = builder.chaos(probability, options.chaos_seed);
    }
    if options.widgets {
        builder = builder
            .widgets(Widgets { port: options.widgets_port, ca_dir: trust::folder()? })
            .session_lifetime(Duration::from_secs(options.session_lifetime));
    }
    let sandbox = builder.start().await?;
    if let (Some(ca), Some(file)) = (sandbox.ca_certificate(), &options.ca_out) {
        trust::copy(ca, file)?;
    }
    if options.json { say_for_programs(&sandbox) } else { say_for_people(&sandbox) }?;
    if options.until_stdin_ends {
        return stdin_ends().await.map_err(Failure::Output);
    }
    tokio::signal::ctrl_c().await.map_err(Failure::Output)
}

fn say_for_programs(sandbox: &Sandbox) -> io::Result<()> {
    let (url, key) = (sandbox.url(), sandbox.private_key());
    let told = match (sandbox.widgets_url(), sandbox.ca_certificate()) {
        (Some(widgets), Some(ca)) => {
            json!({"url": url, "private_key": key, "widgets_url": widgets, "ca": ca.to_string_lossy()})
        }
        _ => json!({"url": url, "private_key": key}),
    };
    say(told)
}

fn say_for_people(sandbox: &Sandbox) -> io::Result<()> {
    let (url, key) = (sandbox.url(), sandbox.private_key());
    say_in(HEADING, format_args!("A Renumerate sandbox listens on {url}"))?;
    say(format_args!("  export RENUMERATE_BASE_URL={url}"))?;
    say(format_args!("  export RENUMERATE_PRIVATE_KEY={key}"))?;
    say(format_args!("  In a browser: {url}/"))?;
    if let (Some(url), Some(ca)) = (sandbox.widgets_url(), sandbox.ca_certificate()) {
        say_in(HEADING, format_args!("The widgets are on {url}"))?;
        say(format_args!(
            "  window.RENUMERATE_LOCAL = true, in your page, before the vendor's library is loaded"
        ))?;
        say(format_args!(
            "  Their certificate is of an authority of your own, for this machine alone: {}",
            ca.display()
        ))?;
        say(format_args!("  To trust it, once ({}):", trust::NOTE))?;
        say(format_args!("  {}", trust::how(ca)))?;
    }
    say_in(FAINT, format_args!("What came: {url}/_sandbox/requests   Stop it with Ctrl-C"))
}

/// On a thread of its own: a read of standard input cannot be given up.
async fn stdin_ends() -> io::Result<()> {
    let (tell, told) = oneshot::channel();
    thread::Builder::new().spawn(move || {
        let ended = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _nobody_waits = tell.send(ended.map(|_| ()));
    })?;
    told.await.unwrap_or(Ok(()))
}
