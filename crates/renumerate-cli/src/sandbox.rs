//! `renumerate sandbox`: a Renumerate on this machine, for as long as it is wanted.

use std::{io, thread};

use renumerate_sandbox::Sandbox;
use serde_json::json;
use tokio::sync::oneshot;

use crate::args;
use crate::failure::Failure;
use crate::output::{FAINT, HEADING, say, say_in};

pub(crate) async fn run(options: args::Sandbox) -> Result<(), Failure> {
    // It serves with as many descriptors as it gets.
    let _best_effort = rlimit::increase_nofile_limit(u64::MAX);
    let mut builder = Sandbox::builder().host(options.host).port(options.port).private_key(options.key);
    if let Some(folder) = options.cases {
        builder = builder.cases_dir(folder);
    }
    if let Some(file) = options.seed {
        builder = builder.seed_file(file);
    }
    if let Some(probability) = options.chaos {
        builder = builder.chaos(probability, options.chaos_seed);
    }
    let sandbox = builder.start().await?;
    let (url, key) = (sandbox.url(), sandbox.private_key());
    if options.json {
        say(json!({"url": url, "private_key": key}))?;
    } else {
        say_in(HEADING, format_args!("A Renumerate sandbox listens on {url}"))?;
        say(format_args!("  export RENUMERATE_BASE_URL={url}"))?;
        say(format_args!("  export RENUMERATE_PRIVATE_KEY={key}"))?;
        say_in(FAINT, format_args!("What came: {url}/_sandbox/requests   Stop it with Ctrl-C"))?;
    }
    if options.until_stdin_ends {
        return stdin_ends().await.map_err(Failure::Output);
    }
    tokio::signal::ctrl_c().await.map_err(Failure::Output)
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
