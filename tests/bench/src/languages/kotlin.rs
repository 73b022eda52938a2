use std::path::Path;

use crate::language::{
    Amount, Figure, Footprint, Language, Load, Section, Sizes, StartUp, Step, Subject, Tokens, WarmUp, named,
    words,
};
use crate::packages::{Packages, file_in, gzip_size, size};
use crate::stats::megabytes;

const SUSPEND: &str = "coroutines";
const BLOCKING: &str = "threads";
const FUTURE: &str = "futures";

const RENUMERATE: &str = "renumerate-kotlin";
const OKHTTP: &str = "okhttp-jvm";
const JSON: &str = "kotlinx-serialization-json-jvm";
const KTOR_CIO: &str = "ktor-client-cio-jvm";
const KTOR_OKHTTP: &str = "ktor-client-okhttp-jvm";
const COROUTINES: &str = "kotlinx-coroutines-core-jvm";

pub(crate) fn language(home: &Path) -> Result<Language, String> {
    let packages = || Packages::of_maven(&home.join("libraries.dot"), &home.join("libraries"));
    let own = home.join("renumerate-bench.jar").to_string_lossy().into_owned();
    let empty = java(&own, "com.renumerate.bench.EmptyKt");
    let on_class_path = packages()?;
    let worker = move |subject: &Subject| {
        let names = on_class_path.with_dependencies(subject.packages);
        let jars =
            names.iter().filter_map(|name| on_class_path.get(name)).map(|jar| jar.file.to_string_lossy());
        let class_path: Vec<_> = [own.as_str().into()].into_iter().chain(jars).collect();
        java(&class_path.join(":"), "com.renumerate.bench.Worker")
    };
    Ok(Language {
        runtime: words(&["java", "--version"]),
        worker: Box::new(worker),
        subjects: subjects(),
        // The client of most backends. The first one is the peer of first sessions.
        peers: &["OkHttp (threads)", "OkHttp (coroutines)", "OkHttp (futures)"],
        cpu_of: "the client's process",
        rounds: 7,
        round: Amount::Seconds(0.2),
        settle: Amount::Seconds(0.3),
        // The JVM's last compiler must have compiled what runs often. Small clients reach this after a few seconds.
        // Large ones, whose calls also take longer, need more.
        warm_up: Some(WarmUp { min_rounds: 5, max_rounds: 15, calls: 25_000 }),
        ca_variable: None,
        packages: packages()?,
        versions_of: &[OKHTTP, KTOR_CIO, JSON, COROUTINES, "kotlin-stdlib"],
        sections: sections(empty),
    })
}

fn java(class_path: &str, class: &str) -> Vec<String> {
    // Without the option, Ktor's logging library warns on stderr that it has no output.
    words(&["java", "-cp", class_path, "-Dslf4j.internal.verbosity=ERROR", class])
}

fn subjects() -> Vec<Subject> {
    let subject = |mode, name, packages| Subject { packages, ..Subject::new(mode, name) };
    vec![
        subject(SUSPEND, "renumerate.Client (coroutines)", &[RENUMERATE]),
        subject(SUSPEND, "OkHttp (coroutines)", &[OKHTTP, COROUTINES, JSON]),
        subject(SUSPEND, "java.net.http (coroutines)", &[COROUTINES, JSON]),
        subject(SUSPEND, "Ktor, CIO (coroutines)", &[KTOR_CIO, JSON]),
        subject(SUSPEND, "Ktor, OkHttp (coroutines)", &[KTOR_OKHTTP, JSON]),
        subject(BLOCKING, "renumerate.BlockingClient (threads)", &[RENUMERATE]),
        subject(BLOCKING, "OkHttp (threads)", &[OKHTTP, JSON]),
        subject(BLOCKING, "java.net.http (threads)", &[JSON]),
        subject(FUTURE, "renumerate.AsyncClient (futures)", &[RENUMERATE]),
        subject(FUTURE, "OkHttp (futures)", &[OKHTTP, JSON]),
        subject(FUTURE, "java.net.http (futures)", &[JSON]),
    ]
}

fn sections(empty: Vec<String>) -> Vec<(String, Section)> {
    let calls = |prefix: &str, mode| {
        let loads = [
            ("one-cpu", Load::new(mode, 1).pinned(0, 0)),
            ("1", Load::new(mode, 1)),
            ("16", Load::new(mode, 16)),
            ("64", Load::new(mode, 64)),
            ("tls-16", Load::new(mode, 16).over_tls()),
            ("tls-64", Load::new(mode, 64).over_tls()),
        ];
        loads.map(|(name, load)| (format!("{prefix}-{name}"), Section::Calls(load)))
    };
    let others = named([
        ("start-up", Section::StartUp(start_up(empty))),
        ("footprint", Section::Footprint(footprint())),
        ("token", Section::Tokens(tokens())),
        ("sizes", Section::Sizes(sizes())),
    ]);
    let all = [calls("suspend", SUSPEND), calls("blocking", BLOCKING), calls("future", FUTURE)];
    all.into_iter().flatten().chain(others).collect()
}

fn start_up(empty: Vec<String>) -> StartUp {
    StartUp {
        times: 11,
        // The ones that a backend would start with.
        subjects: &[
            "renumerate.BlockingClient (threads)",
            "renumerate.Client (coroutines)",
            "OkHttp (threads)",
            "OkHttp (coroutines)",
            "java.net.http (threads)",
        ],
        tls: false,
        empty,
    }
}

fn tokens() -> Tokens {
    let subject = |name, packages| Subject { packages, ..Subject::new(BLOCKING, name) };
    let peer = "javax.crypto";
    Tokens {
        subjects: vec![subject("renumerate.BlockingClient", &[RENUMERATE]), subject(peer, &[JSON])],
        peer,
    }
}

fn footprint() -> Footprint {
    Footprint {
        times: 3,
        subjects: subjects().iter().map(|subject| subject.name).collect(),
        figures: &[Figure::Threads, Figure::Memory],
        stages: vec![
            ("before", Step::Start),
            ("constructed", Step::Open),
            ("called", Step::Calls { count: 1, concurrency: 1 }),
        ],
    }
}

fn sizes() -> Sizes {
    Sizes {
        caption: "jars, ours with the native code of this platform only; json is kotlinx-serialization-json-jvm",
        peer: "okhttp + json",
        rows: vec![
            (RENUMERATE, vec![RENUMERATE]),
            ("okhttp + json", vec![OKHTTP, JSON]),
            ("json, for java.net.http", vec![JSON]),
            ("ktor-client-cio + json", vec![KTOR_CIO, JSON]),
            ("ktor-client-okhttp + json", vec![KTOR_OKHTTP, JSON]),
        ],
        without: Some(("without Kotlin", &["kotlin-stdlib", "annotations", COROUTINES])),
        notes: |packages| {
            let needs = packages.with_dependencies(&[RENUMERATE]).into_iter().skip(1);
            let needs: Vec<String> =
                needs.map(|name| format!("{name} {}", megabytes(packages.bytes([&name])))).collect();
            let native = file_in(Path::new("target/bench/kotlin/natives"), ".so")?;
            Ok(vec![
                "without Kotlin: without its standard library and coroutines".to_owned(),
                format!("dependencies of {RENUMERATE}: {}", needs.join(", ")),
                format!(
                    "native code of {RENUMERATE}: {}, as gzip {}",
                    megabytes(size(&native)),
                    megabytes(gzip_size(&native)?)
                ),
            ])
        },
    }
}
