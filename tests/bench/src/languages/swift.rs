use std::path::Path;

use crate::language::{
    Amount, Figure, Footprint, Language, Load, Section, StartUp, Step, Subject, Tokens, WarmUp, named, words,
};
use crate::packages::Packages;

const SUBJECTS: [&str; 3] = ["RenumerateClient", "URLSession", "raw socket, in threads"];

/// Foundation has no HMAC on Linux, and Swift comes with no other library that has one.
const OPENSSL: &str = "libcrypto of OpenSSL";

pub(crate) fn language(home: &Path) -> Language {
    let folder = home.join("build/release");
    let program = move |name: &str| folder.join(name).to_string_lossy().into_owned();
    let empty = program("Empty");
    // Each subject is a program of its own, because shared libraries of the others must not be loaded.
    let worker = move |subject: &Subject| {
        vec![program(match subject.name {
            "RenumerateClient" => "RenumerateWorker",
            "URLSession" => "URLSessionWorker",
            OPENSSL => "OpenSSLTokens",
            _ => "RawSocketWorker",
        })]
    };
    let [ours, url_session, raw_socket] = SUBJECTS.map(|name| Subject::new("", name));
    let start_up = |subjects, tls| StartUp { times: 21, subjects, tls, empty: vec![empty.clone()] };
    Language {
        runtime: words(&["swift", "--version"]),
        worker: Box::new(worker),
        subjects: vec![ours, url_session, Subject { tls: false, ..raw_socket }],
        // It comes with Swift.
        peers: &["URLSession"],
        cpu_of: "the client's process",
        rounds: 15,
        round: Amount::Seconds(0.5),
        settle: Amount::Seconds(0.3),
        warm_up: Some(WarmUp { min_rounds: 1, max_rounds: 1, calls: 0 }),
        ca_variable: None,
        packages: Packages::default(),
        versions_of: &[],
        sections: named([
            ("one-cpu", Section::Calls(Load::new("", 1).pinned(0, 0))),
            ("1", Section::Calls(Load::new("", 1))),
            ("16", Section::Calls(Load::new("", 16))),
            ("64", Section::Calls(Load::new("", 64))),
            ("tls-1", Section::Calls(Load::new("", 1).over_tls())),
            ("tls-16", Section::Calls(Load::new("", 16).over_tls())),
            ("tls-64", Section::Calls(Load::new("", 64).over_tls())),
            ("start-up", Section::StartUp(start_up(&SUBJECTS, false))),
            ("tls-start-up", Section::StartUp(start_up(&["RenumerateClient", "URLSession"], true))),
            ("footprint", Section::Footprint(footprint())),
            ("token", Section::Tokens(tokens())),
            ("sizes", Section::Executables),
        ]),
    }
}

fn tokens() -> Tokens {
    let subjects = ["RenumerateClient", OPENSSL].map(|name| Subject::new("", name));
    Tokens { subjects: subjects.into(), peer: OPENSSL }
}

fn footprint() -> Footprint {
    Footprint {
        times: 3,
        subjects: SUBJECTS.into(),
        figures: &[Figure::Threads, Figure::Memory],
        stages: vec![
            ("before", Step::Start),
            ("constructed", Step::Open),
            ("called", Step::Calls { count: 1, concurrency: 1 }),
            ("after 20,000 calls, 64 at a time", Step::Calls { count: 20_000, concurrency: 64 }),
        ],
    }
}
