//! What the command takes.
#![expect(clippy::doc_markdown, reason = "clap prints these comments as they are")]

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use tracing_subscriber::filter::LevelFilter;

use crate::failure::EXIT_CODES;

/// Mint Renumerate sessions, and try it all on your own machine.
#[derive(Debug, Parser)]
#[command(name = "renumerate", version, after_help = EXIT_CODES, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Log to stderr: off, error, warn, info, debug or trace; never the key, a session id or an e-mail
    #[arg(long, global = true, value_name = "LEVEL", env = "RENUMERATE_LOG")]
    pub(crate) log: Option<LevelFilter>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a sandbox, mint a session of each kind and show what went over the wire
    Demo,
    /// Mint a session and print its id
    Session {
        #[command(subcommand)]
        session: Session,
    },
    /// Say what is wrong between this machine and the service, step by step, and what would help
    #[command(after_long_help = crate::doctor::HELP)]
    Doctor(Doctor),
    /// Run a Renumerate on this machine until it is interrupted
    Sandbox(Sandbox),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Session {
    /// A retention session (ret_…), which opens the cancel flow
    Retention {
        #[command(flatten)]
        customer: Customer,
        /// The Stripe subscription that it is about (sub_1MowQVLkdIwHu7ixeRlqHVzs)
        #[arg(long, value_name = "ID")]
        subscription_id: Option<String>,
        #[command(flatten)]
        client: Client,
        #[command(flatten)]
        output: Output,
    },
    /// A subscription session (sub_…), which opens the SubscriptionHub
    Subscription {
        #[command(flatten)]
        customer: Customer,
        #[command(flatten)]
        client: Client,
        #[command(flatten)]
        output: Output,
    },
}

/// By id, by e-mail or by both.
#[derive(Debug, Args)]
pub(crate) struct Customer {
    /// The Stripe customer (cus_NffrFeUfNV2Hib)
    #[arg(long, value_name = "ID")]
    pub(crate) customer_id: Option<String>,
    /// The customer's e-mail, instead of the id or beside it
    #[arg(long, value_name = "EMAIL")]
    pub(crate) customer_email: Option<String>,
}

/// The private key is read from RENUMERATE_PRIVATE_KEY or from a file: an argument would show in the process list.
#[derive(Debug, Args)]
pub(crate) struct Client {
    /// A file that holds the private key, instead of the variable RENUMERATE_PRIVATE_KEY
    #[arg(long, value_name = "FILE")]
    pub(crate) private_key_file: Option<PathBuf>,
    /// Where the service is [default: RENUMERATE_BASE_URL, else api.renumerate.com]
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// The limit of the whole call [default: 25]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<f64>,
    /// How often a call that failed is tried again, 0 to 10 [default: 2]
    #[arg(long, value_name = "COUNT")]
    pub(crate) max_retries: Option<u32>,
    /// A PEM file of certificates to trust beside the platform's [default: RENUMERATE_CA_BUNDLE]
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_bundle: Option<String>,
    /// The proxy to go through [default: HTTPS_PROXY, NO_PROXY]
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Output {
    /// Print id, url, request id and attempts as a line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Mint a retention session for this customer, instead of a request that the service must refuse
    #[arg(long, value_name = "ID")]
    pub(crate) customer_id: Option<String>,
    /// The same by e-mail
    #[arg(long, value_name = "EMAIL")]
    pub(crate) customer_email: Option<String>,
    #[command(flatten)]
    pub(crate) client: Client,
    /// Print the report as one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// The address to listen on; anything but loopback lets other machines in
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: IpAddr,
    /// The port to listen on; 0 is any free one
    #[arg(long, default_value_t = 12780)]
    pub(crate) port: u16,
    /// The key to take: of the sandbox, not yours
    #[arg(long, value_name = "KEY", default_value = renumerate_sandbox::DEFAULT_KEY)]
    pub(crate) key: String,
    /// A folder of case files to play
    #[arg(long, value_name = "DIR")]
    pub(crate) cases: Option<PathBuf>,
    /// A file with the customers that exist; without one, all do
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
    /// Play a random fault instead of a session, with this probability from 0 to 1
    #[arg(long, value_name = "PROBABILITY")]
    pub(crate) chaos: Option<f64>,
    /// What fixes the sequence of random faults
    #[arg(long, value_name = "NUMBER", default_value_t = 0, requires = "chaos")]
    pub(crate) chaos_seed: u64,
    /// Serve the widgets too, by HTTPS on localhost: the pages that session ids open in a browser
    #[arg(long)]
    pub(crate) widgets: bool,
    /// The widgets' port; 0 is any free one, but the vendor's library knows 4321 alone
    #[arg(long, value_name = "PORT", default_value_t = renumerate_sandbox::WIDGETS_PORT, requires = "widgets")]
    pub(crate) widgets_port: u16,
    /// Write the certificate of the widgets' own authority, which browsers must trust, to this file too
    #[arg(long, value_name = "FILE", requires = "widgets")]
    pub(crate) ca_out: Option<PathBuf>,
    /// How long a session id opens a widget; with 0 each has expired
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, requires = "widgets")]
    pub(crate) session_lifetime: u64,
    /// Print where it listens as a line of JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Stop when standard input ends: with the process that started it, however that ends
    #[arg(long)]
    pub(crate) until_stdin_ends: bool,
}
