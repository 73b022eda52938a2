use crate::language::{Amount, Language, Load, Section, Subject, Tokens, named, words};
use crate::packages::Packages;

pub(crate) fn language() -> Result<Language, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let worker = program.with_file_name("renumerate-bench-worker").to_string_lossy().into_owned();
    let names = [
        "renumerate, async",
        "renumerate, blocking",
        "reqwest",
        "reqwest, and serde_json",
        "hyper-util",
        "raw socket, in threads",
    ];
    Ok(Language {
        runtime: words(&["rustc", "--version"]),
        worker: Box::new(move |_| vec![worker.clone()]),
        subjects: names.map(|name| Subject { tls: false, ..Subject::new("", name) }).into(),
        // It neither checks parameters nor decodes responses.
        peers: &["reqwest"],
        cpu_of: "the threads that call",
        rounds: 9,
        round: Amount::Calls(2_000),
        settle: Amount::Calls(200),
        warm_up: None,
        ca_variable: None,
        packages: Packages::default(),
        versions_of: &[],
        sections: named([
            ("one-cpu", Section::Calls(Load::new("", 1).pinned(0, 0))),
            ("two-cpus", Section::Calls(Load::new("", 1).pinned(0, 1))),
            ("16", Section::Calls(Load { by_time: true, ..Load::new("", 16).pinned(0, 1) })),
            (
                "construction",
                Section::Construction(&["renumerate, async", "renumerate, blocking", "reqwest"]),
            ),
            ("token", Section::Tokens(tokens())),
        ]),
    })
}

fn tokens() -> Tokens {
    let peer = "hmac, sha2, serde_json";
    Tokens {
        subjects: ["renumerate::HandshakeSigner", "renumerate::Client", peer]
            .map(|name| Subject::new("", name))
            .into(),
        peer,
    }
}
