//! Pool: the workers of all subjects of one mode, which are measured in interleaved rounds. If the speed of the machine
//! drifts, it drifts for all of them.

use crate::language::{Amount, Language, Load, Subject};
use crate::machine;
use crate::server::{Counts, Servers};
use crate::stats::{median, spread};
use crate::worker::{Reply, Worker, open};

const WARM_UP_CONCURRENCY: usize = 16;

pub(crate) struct Pool<'a> {
    language: &'a Language,
    servers: &'a Servers,
    mode: &'static str,
    tls: bool,
    members: Vec<Member<'a>>,
}

struct Member<'a> {
    subject: &'a Subject,
    worker: Option<Worker>,
    /// Why there are no rounds with the current load.
    failure: Option<String>,
}

struct Round {
    reply: Reply,
    counts: Counts,
}

/// Rounds of one subject: medians of times per call in seconds, and sums of counts.
pub(crate) struct Rounds {
    pub(crate) calls: usize,
    pub(crate) sessions: usize,
    pub(crate) requests: usize,
    pub(crate) refused: usize,
    pub(crate) wall: f64,
    pub(crate) cpu: f64,
    /// CPU time of the thread that runs JavaScript, and how busy its loop is.
    pub(crate) js: Option<(f64, f64)>,
    pub(crate) spread: f64,
}

impl<'a> Pool<'a> {
    pub(crate) fn new(language: &'a Language, servers: &'a Servers, load: &Load) -> Self {
        let takes_part = |subject: &&Subject| subject.mode == load.mode && (subject.tls || !load.tls);
        let subjects = language.subjects.iter().filter(takes_part);
        let members = subjects.map(|subject| Member { subject, worker: None, failure: None }).collect();
        Self { language, servers, mode: load.mode, tls: load.tls, members }
    }

    /// Whether its processes are kept for this load.
    pub(crate) fn serves(&self, load: &Load) -> bool {
        self.language.warm_up.is_some() && (self.mode, self.tls) == (load.mode, load.tls)
    }

    /// Returns each subject's rounds, or why there are none.
    pub(crate) fn measure(
        &mut self,
        load: &Load,
        rounds: usize,
        round: Amount,
    ) -> Vec<(&'a Subject, Result<Rounds, String>)> {
        self.prepare(load);
        let server = self.servers.get(load.server_on, load.tls);
        let mut measured: Vec<Vec<Round>> = self.members.iter().map(|_| Vec::new()).collect();
        for _ in 0..rounds {
            for (member, measured) in self.members.iter_mut().zip(&mut measured) {
                let before = server.counts();
                if let Some(reply) = member.calls(round, load.concurrency) {
                    measured.push(Round { reply, counts: server.counts().since(before) });
                }
            }
        }
        let results = self.members.iter().zip(measured).map(|(member, measured)| {
            let failure = member.failure.clone();
            (member.subject, failure.map_or_else(|| Ok(Rounds::new(&measured)), Err))
        });
        results.collect()
    }

    fn prepare(&mut self, load: &Load) {
        let kept = self.language.warm_up.is_some();
        for member in &mut self.members {
            member.failure = None;
            if member.worker.is_none() {
                member.start(self.language, self.servers, load.client_on.filter(|_| !kept));
                member.warm_up(self.language, self.servers, load.tls);
            }
        }
        for member in &mut self.members {
            if let Some(worker) = &member.worker
                && kept
            {
                machine::pin_process(worker.process_id(), load.client_on);
            }
            member.open(self.servers, load.server_on, load.tls, load.concurrency);
            member.calls(self.language.settle, load.concurrency);
        }
    }
}

impl Member<'_> {
    fn start(&mut self, language: &Language, servers: &Servers, processor: Option<usize>) {
        let command = machine::pinned(processor, (language.worker)(self.subject));
        let ca_file = servers.ca_file.to_string_lossy();
        let variables: Vec<_> = language.ca_variable.iter().map(|&name| (name, &*ca_file)).collect();
        match Worker::start(&command, &variables) {
            Ok(worker) => self.worker = Some(worker),
            Err(failure) => self.failure = Some(failure),
        }
    }

    fn warm_up(&mut self, language: &Language, servers: &Servers, tls: bool) {
        let Some(warm_up) = &language.warm_up else { return };
        self.open(servers, 1, tls, WARM_UP_CONCURRENCY);
        let mut calls = 0;
        for round in 1..=warm_up.max_rounds {
            let Some(reply) = self.calls(Amount::Seconds(1.0), WARM_UP_CONCURRENCY) else { return };
            calls += reply.calls;
            if round >= warm_up.min_rounds && calls >= warm_up.calls {
                return;
            }
        }
    }

    fn open(&mut self, servers: &Servers, processor: usize, tls: bool, concurrency: usize) {
        let ca_file = servers.ca_file.to_string_lossy();
        let server = servers.get(processor, tls);
        let command = open(self.subject, server, tls.then_some(&*ca_file), concurrency);
        self.ask(|worker| worker.ask(&command));
    }

    fn calls(&mut self, amount: Amount, concurrency: usize) -> Option<Reply> {
        self.ask(|worker| worker.ask(&amount.command(concurrency)))
    }

    /// Returns nothing if the worker fails or has failed before. A failed worker is ended.
    fn ask(&mut self, question: impl FnOnce(&mut Worker) -> Result<Reply, String>) -> Option<Reply> {
        match question(self.worker.as_mut()?) {
            Ok(reply) => Some(reply),
            Err(failure) => {
                self.failure = Some(failure);
                self.worker = None;
                None
            }
        }
    }
}

impl Rounds {
    fn new(rounds: &[Round]) -> Self {
        let each = |figure: fn(&Reply) -> f64| -> Vec<f64> {
            rounds.iter().map(|round| figure(&round.reply)).collect()
        };
        let walls = each(|reply| reply.wall_seconds / reply.calls as f64);
        let has_js = rounds.iter().any(|round| round.reply.js_cpu_seconds.is_some());
        let js_cpu = each(|reply| reply.js_cpu_seconds.unwrap_or_default() / reply.calls as f64);
        let busy = each(|reply| reply.loop_busy.unwrap_or_default());
        Self {
            calls: rounds.iter().map(|round| round.reply.calls).sum(),
            sessions: rounds.iter().map(|round| round.reply.sessions).sum(),
            requests: rounds.iter().map(|round| round.counts.requests).sum(),
            refused: rounds.iter().map(|round| round.counts.refused).sum(),
            wall: median(&walls),
            cpu: median(&each(|reply| reply.cpu_seconds / reply.calls as f64)),
            js: has_js.then(|| (median(&js_cpu), median(&busy))),
            spread: spread(&walls),
        }
    }
}
