//! Command-line arguments of `renumerate`.
#![expect(clippy::doc_markdown, reason = "clap prints these comments as they are")]

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use tracing_subscriber::filter::LevelFilter;

use crate::error::EXIT_CODES;

/// Long help of `renumerate doctor`, which explains the checks and the report.
const DOCTOR_HELP: &str = "\
Checks, in this order: settings, key, tokens, proxy, dns, tcp, tunnel (the connection through a proxy), tls, clock (this
machine's clock compared with the service's), call. The status of a check is ok, warning, failed, or skipped if it does
not apply or an earlier check failed. A warning or a failure is printed with a remedy. The call is made without a
customer, so that the service must reject it and creates nothing. It is repeated with an invalid key, to see whether the
key makes a difference. With --customer-id or --customer-email, the call creates a retention session. A step takes at
most --timeout; connecting takes at most 5 seconds, and a call at most 10 seconds.

With --json, the report is one document: {\"ok\", \"exit_code\", \"version\", \"checks\": [...]}. Each check has
\"check\", \"status\" (ok, warning, failed, skipped), \"seen\", and optionally \"remedy\", \"elapsed_ms\" and \"facts\":
  settings  each setting as {\"value\", \"from\"}; timeouts in ms; from is an option, a variable or \"default\"
  key       kind (live, test, sandbox, private, public, unknown), characters, newline_trimmed, from
  tokens    whether the public and the private key can sign handshake tokens; a warning if they are
            probably not of one brand; skipped without a public key
  proxy     url (null if there is none; credentials are masked), from
  dns       host, addresses
  tcp       addresses: [{address, connected, elapsed_ms, error}]
  tunnel    answer (status line of the proxy), wants (its authentication schemes), certificate (of the proxy)
  tls       version, cipher, trusted, certificate: {subject, issuer, not_before, not_after},
            roots: {platform, unreadable, bundled, ca_bundle}
  clock     service, here, ahead_seconds (of this machine), verified
  call      status, request_id, minted, key (taken or untried, if it was checked), error

The exit code is 0 if no check failed. Otherwise, it depends on the first check that failed: 2 for settings, key and
tokens, 3 to 7 and 10 for the response to the call, 8 for the network, 9 for a timeout, 1 for anything else.";

/// Long help of `renumerate sandbox`, which explains the use in containers.
const SANDBOX_HELP: &str = "\
In a container, listen on all addresses and publish the ports on the loopback address of the host:
  renumerate sandbox --host 0.0.0.0 --allow-origin http://localhost:12780 --widgets --widgets-host 0.0.0.0
  docker run -p 127.0.0.1:12780:12780 -p 127.0.0.1:4321:4321 ...
--allow-origin names the origin at which browsers open the dashboard. The sandbox then shows requests to every
client that can connect. If browsers use a name other than localhost for the widgets, add it with --widgets-name.
SIGTERM and SIGINT stop the sandbox with exit code 0.";

/// Create Renumerate sessions, diagnose connection problems, and run a local sandbox.
#[derive(Debug, Parser)]
#[command(name = "renumerate", version, after_help = EXIT_CODES, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Log level on stderr: off, error, warn, info, debug or trace; keys, session ids and e-mails are never logged
    #[arg(long, global = true, value_name = "LEVEL", env = "RENUMERATE_LOG")]
    pub(crate) log: Option<LevelFilter>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a sandbox, create a session of each kind, and show the requests and responses
    Demo,
    /// Create a session, and print its id
    Session {
        #[command(subcommand)]
        session: Session,
    },
    /// Create a handshake token, and print it; `token check` checks one
    Token(Token),
    /// Check the connection to the service step by step, and print remedies
    #[command(after_long_help = DOCTOR_HELP)]
    Doctor(Doctor),
    /// Run a local Renumerate server until it is stopped with Ctrl-C or SIGTERM
    #[command(after_long_help = SANDBOX_HELP)]
    Sandbox(Sandbox),
    /// Check whether a sandbox on this machine responds, for example as a container's health check
    Healthcheck(Healthcheck),
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Token {
    #[command(subcommand)]
    pub(crate) command: Option<TokenCommand>,
    /// Stripe id of the customer (cus_NffrFeUfNV2Hib)
    #[arg(long, value_name = "ID", required = true)]
    pub(crate) customer_id: Option<String>,
    /// Public key of the brand (pk_…) [default: the variable RENUMERATE_PUBLIC_KEY]
    #[arg(long, value_name = "KEY")]
    pub(crate) public_key: Option<String>,
    /// File with the private key [default: the variable RENUMERATE_PRIVATE_KEY]
    #[arg(long, value_name = "FILE")]
    pub(crate) private_key_file: Option<PathBuf>,
    /// Print the token, and the Unix time at which it expires, as a line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Report which part of a token is invalid, with a remedy, without contacting the service
    #[command(after_help = "Whether a token was exchanged before is not checked: only the service knows.")]
    Check(TokenCheck),
}

#[derive(Debug, Args)]
pub(crate) struct TokenCheck {
    /// The token, as the backend sends it to the browser
    pub(crate) token: String,
    /// Public key of the brand (pk_…) [default: the variable RENUMERATE_PUBLIC_KEY]; without it, the key in the token
    /// is not checked
    #[arg(long, value_name = "KEY")]
    pub(crate) public_key: Option<String>,
    /// File with the private key [default: the variable RENUMERATE_PRIVATE_KEY]
    #[arg(long, value_name = "FILE")]
    pub(crate) private_key_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Session {
    /// A retention session (ret_…), which opens the cancel flow
    Retention {
        #[command(flatten)]
        customer: Customer,
        /// Stripe id of the subscription (sub_1MowQVLkdIwHu7ixeRlqHVzs)
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

/// Customer by id, by e-mail address or by both.
#[derive(Debug, Args)]
pub(crate) struct Customer {
    /// Stripe id of the customer (cus_NffrFeUfNV2Hib)
    #[arg(long, value_name = "ID")]
    pub(crate) customer_id: Option<String>,
    /// E-mail address of the customer, instead of the id or in addition to it
    #[arg(long, value_name = "EMAIL")]
    pub(crate) customer_email: Option<String>,
}

/// Options of the client. There is no option for the private key, because arguments are visible in the process list.
#[derive(Debug, Args)]
pub(crate) struct Client {
    /// File with the private key [default: the variable RENUMERATE_PRIVATE_KEY]
    #[arg(long, value_name = "FILE")]
    pub(crate) private_key_file: Option<PathBuf>,
    /// URL of the service [default: RENUMERATE_BASE_URL, else api.renumerate.com]
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Timeout of the whole call [default: 25]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub(crate) timeout: Option<f64>,
    /// Timeout of one attempt [default: 10]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub(crate) attempt_timeout: Option<f64>,
    /// Timeout of the DNS lookup, TCP and TLS of a connection [default: 5]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub(crate) connect_timeout: Option<f64>,
    /// Maximum number of retries, 0 to 10 [default: 2]
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true)]
    pub(crate) max_retries: Option<u32>,
    /// Maximum number of open connections, 1 to 10,000 [default: 100]
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true)]
    pub(crate) max_connections: Option<u32>,
    /// PEM file with certificates to trust in addition to those of the platform [default: RENUMERATE_CA_BUNDLE]
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_bundle: Option<String>,
    /// URL of the proxy [default: from HTTPS_PROXY and NO_PROXY]
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Output {
    /// Print id, URL, request id and number of attempts as a line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Create a retention session for this customer, instead of a request that the service must reject
    #[arg(long, value_name = "ID")]
    pub(crate) customer_id: Option<String>,
    /// E-mail address of this customer, instead of the id or in addition to it
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
    /// Address to listen on; other machines can connect if it is not a loopback address
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: IpAddr,
    /// Port to listen on; 0 selects a free port
    #[arg(long, default_value_t = 12780, allow_negative_numbers = true)]
    pub(crate) port: u16,
    /// Private key to accept; do not use a real key
    #[arg(long, value_name = "KEY", default_value = renumerate_sandbox::DEFAULT_KEY)]
    pub(crate) key: String,
    /// Public key that handshake tokens must contain
    #[arg(long, value_name = "KEY", default_value = renumerate_sandbox::DEFAULT_PUBLIC_KEY)]
    pub(crate) public_key: String,
    /// Folder with case files
    #[arg(long, value_name = "DIR")]
    pub(crate) cases: Option<PathBuf>,
    /// File with the customers that exist [default: every customer exists]
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
    /// Respond with a random fault instead of a session, with this probability from 0 to 1
    #[arg(long, value_name = "PROBABILITY", allow_negative_numbers = true, value_parser = parse_probability)]
    pub(crate) chaos: Option<f64>,
    /// Seed of the sequence of random faults
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 0,
        requires = "chaos",
        allow_negative_numbers = true
    )]
    pub(crate) chaos_seed: u64,
    /// Serve the widgets over HTTPS: the pages that session ids open in a browser
    #[arg(long)]
    pub(crate) widgets: bool,
    /// Port of the widgets; 0 selects a free port, but the vendor's library knows only 4321
    #[arg(
        long,
        value_name = "PORT",
        default_value_t = renumerate_sandbox::WIDGETS_PORT,
        requires = "widgets",
        allow_negative_numbers = true
    )]
    pub(crate) widgets_port: u16,
    /// Address on which the widgets are served, such as 0.0.0.0 in a container [default: the loopback addresses]
    #[arg(long, value_name = "ADDRESS", requires = "widgets")]
    pub(crate) widgets_host: Option<IpAddr>,
    /// DNS name for which the widgets' certificate is valid, in addition to localhost; can be repeated
    #[arg(long, value_name = "NAME", requires = "widgets")]
    pub(crate) widgets_name: Vec<String>,
    /// Color of buttons and selected options in the widgets, such as '#2450C5'
    #[arg(long, value_name = "#RRGGBB", requires = "widgets")]
    pub(crate) brand_color: Option<String>,
    /// File for a copy of the widgets' CA certificate, which browsers must trust
    #[arg(long, value_name = "FILE", requires = "widgets")]
    pub(crate) ca_out: Option<PathBuf>,
    /// Time for which a session id opens a widget; with 0, every session expires at once
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 3600,
        requires = "widgets",
        allow_negative_numbers = true
    )]
    pub(crate) session_lifetime: u64,
    /// Origin, such as http://app.test:3000, whose pages may use the sandbox and embed the widgets; can be repeated
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) allow_origin: Vec<String>,
    /// Print URL and keys as a line of JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Stop when standard input ends, for example because the parent process has ended
    #[arg(long)]
    pub(crate) until_stdin_ends: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Healthcheck {
    /// Port of the sandbox
    #[arg(long, default_value_t = 12780, allow_negative_numbers = true)]
    pub(crate) port: u16,
}

/// Parses a number from 0 to 1. The error is not shown: the command states the valid values of each option.
fn parse_probability(text: &str) -> Result<f64, &'static str> {
    text.parse().ok().filter(|number| (0.0..=1.0).contains(number)).ok_or("invalid")
}
