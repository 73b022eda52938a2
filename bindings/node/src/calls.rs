//! The calls of one JavaScript environment, the main thread's or a worker's: what has come for it, and what keeps its
//! event loop alive.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use napi::bindgen_prelude::{Env, Function, FunctionCallContext, FunctionRef, Result};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{JsString, Status};
use napi_derive::napi;
use renumerate::ffi::{AbortHandle, Completions, WakePolicy};

use crate::news::Batch;

/// Tells the event loop that there is news. By itself it does not keep the loop alive.
type Bell = ThreadsafeFunction<(), (), (), Status, false, true>;

/// The function of JavaScript's that takes the news, while there are calls: kept for longer it would keep all that it
/// was loaded with, and Jest loads the package anew for each of its files.
type Listener = Arc<Mutex<Option<FunctionRef<(), ()>>>>;

/// The calls under way of one environment.
#[napi]
pub struct Calls(Arc<Shared>);

/// What clients share with it.
pub(crate) struct Shared {
    news: Arc<Completions<Batch>>,
    /// What was taken last, emptied: its memory is used again.
    spare: Mutex<Batch>,
    /// Never rung: it keeps the loop alive. The one that is rung belongs to the background thread, and the two threads
    /// would wait for each other.
    keeper: Mutex<Bell>,
    listener: Listener,
    in_flight: Mutex<Numbered>,
}

#[derive(Default)]
struct Numbered {
    calls: HashMap<u32, AbortHandle>,
    last: u32,
}

#[napi]
impl Calls {
    /// Without calls.
    #[napi(constructor, catch_unwind, ts_args_type = "")]
    pub fn new(env: Env) -> Result<Self> {
        let (listener, known) = (Listener::default(), Arc::new(OnceLock::new()));
        let bell = make_bell(env, Arc::clone(&listener), Arc::clone(&known))?;
        let news = Arc::new(Completions::new(WakePolicy::WhenIdle, move || {
            bell.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }));
        let _first = known.set(Arc::downgrade(&news));
        let keeper = Mutex::new(bell_of(env, |_| Ok(()))?);
        Ok(Self(Arc::new(Shared {
            news,
            spare: Mutex::default(),
            keeper,
            listener,
            in_flight: Mutex::default(),
        })))
    }

    /// All that has come, as JSON: an array of the arrays that `Batch` tells of.
    #[napi(catch_unwind, ts_return_type = "string")]
    pub fn take<'env>(&self, env: &'env Env) -> Result<JsString<'env>> {
        let mut batch = lock(&self.0.spare);
        self.0.news.swap(&mut batch);
        {
            let mut in_flight = lock(&self.0.in_flight);
            for number in batch.ended() {
                in_flight.calls.remove(number);
            }
            if in_flight.calls.is_empty() {
                self.0.rest(*env);
            }
        }
        let json = batch.as_json();
        // Latin-1 is what JavaScript has at heart; and of UTF-8 it is asked only whether it is that.
        let text = match std::str::from_utf8(json) {
            Ok(text) if !text.is_ascii() => env.create_string(text),
            _ => env.create_string_latin1(json),
        };
        batch.clear();
        text
    }

    /// Ends a call where it is, and closes its connection. Nothing comes for it any more.
    #[napi(catch_unwind)]
    pub fn abort(&self, env: Env, number: u32) {
        let mut in_flight = lock(&self.0.in_flight);
        if let Some(call) = in_flight.calls.remove(&number) {
            call.abort();
        }
        if in_flight.calls.is_empty() {
            self.0.rest(env);
        }
    }

    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.0)
    }
}

impl Shared {
    /// Where news of calls goes.
    pub(crate) fn news(&self) -> Arc<Completions<Batch>> {
        Arc::clone(&self.news)
    }

    /// Numbers a call and starts it. While there are any, `listener` is called when there is news, which must lead to
    /// a `take`, and the loop is kept alive.
    pub(crate) fn start(
        &self,
        env: Env,
        listener: &Function<'_, (), ()>,
        start: impl FnOnce(u32) -> renumerate::Result<AbortHandle>,
    ) -> renumerate::Result<u32> {
        let mut in_flight = lock(&self.in_flight);
        let number = in_flight.last.wrapping_add(1);
        let call = start(number)?;
        if in_flight.calls.is_empty() {
            self.listen(env, listener);
        }
        in_flight.last = number;
        in_flight.calls.insert(number, call);
        Ok(number)
    }

    #[expect(
        deprecated,
        reason = "napi has no other way to keep a loop alive for as long as there are calls"
    )]
    fn listen(&self, env: Env, listener: &Function<'_, (), ()>) {
        *lock(&self.listener) = listener.create_ref().ok(); // it fails where the environment is about to end
        let _as_above = lock(&self.keeper).refer(&env);
    }

    #[expect(deprecated, reason = "as above")]
    fn rest(&self, env: Env) {
        *lock(&self.listener) = None;
        let _as_above = lock(&self.keeper).unref(&env);
    }
}

fn make_bell(env: Env, listener: Listener, news: Arc<OnceLock<Weak<Completions<Batch>>>>) -> Result<Bell> {
    let rung = move |context: FunctionCallContext<'_>| {
        let function = match &*lock(&listener) {
            Some(listener) => Some(listener.borrow_back(context.env)?),
            None => None,
        };
        let Some(function) = function else {
            // It is news of calls that were aborted. Left there, it would keep the bell from being rung again.
            drop(news.get().and_then(Weak::upgrade).map(|news| news.take()));
            return Ok(());
        };
        function.call(())
    };
    bell_of(env, rung)
}

fn bell_of(env: Env, rung: impl Fn(FunctionCallContext<'_>) -> Result<()> + 'static) -> Result<Bell> {
    env.create_function_from_closure("renumerate", rung)?
        .build_threadsafe_function()
        .callee_handled::<false>()
        .weak::<true>()
        .build()
}

impl Drop for Shared {
    /// The environment has ended, and nobody waits for its calls any more.
    fn drop(&mut self) {
        for (_, call) in lock(&self.in_flight).calls.drain() {
            call.abort();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
