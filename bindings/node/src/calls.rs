//! Calls of one JavaScript environment (the main thread or a worker): their event queue, and the reference that keeps
//! the event loop alive.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use napi::bindgen_prelude::{Env, Function, FunctionCallContext, FunctionRef, Result};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{JsString, Status};
use napi_derive::napi;
use renumerate::ffi::{AbortHandle, Completions, WakePolicy};

use crate::event_batch::EventBatch;

/// Queue of the events of one environment.
type EventQueue = Completions<EventBatch>;

/// Threadsafe function of Node-API: any thread can call it to wake the event loop. The function is weak: it keeps the
/// loop alive only from a call of `refer` to the next call of `unref`.
type WakeFunction = ThreadsafeFunction<(), (), (), Status, false, true>;

/// JavaScript function that takes the events. A reference to this function keeps all modules of the package in memory.
/// The function is therefore set only while calls are in progress. Otherwise Jest, which loads the package again for
/// each test file, could not free the modules of earlier test files.
type Listener = Arc<Mutex<Option<FunctionRef<(), ()>>>>;

/// Calls in progress of one JavaScript environment (the main thread or a worker).
#[napi]
pub struct Calls(Arc<CallsInner>);

/// State that [`Calls`] shares with the clients of its environment.
pub(crate) struct CallsInner {
    events: Arc<EventQueue>,
    /// Empty batch. [`Calls::take`] exchanges it for the batch of new events, so that the memory of both is reused.
    spare_batch: Mutex<EventBatch>,
    /// Threadsafe function that keeps the event loop alive while calls are in progress. It is never called.
    ///
    /// To wake the event loop, the background thread calls a second threadsafe function. Each of the two functions has
    /// its own lock, so that the background thread and the event loop do not wait for each other.
    keep_alive: Mutex<WakeFunction>,
    listener: Listener,
    in_flight: Mutex<InFlight>,
}

#[derive(Default)]
struct InFlight {
    /// Calls by id. A call that could not start has no handle; its event is ready.
    calls: HashMap<u32, Option<AbortHandle>>,
    last_call_id: u32,
}

#[napi]
impl Calls {
    /// Creates an empty set of calls.
    #[napi(constructor, catch_unwind, ts_args_type = "")]
    pub fn new(env: Env) -> Result<Self> {
        let (listener, queue) = (Listener::default(), Arc::new(OnceLock::new()));
        let wake = wake_function(env, Arc::clone(&listener), Arc::clone(&queue))?;
        let events = Arc::new(EventQueue::new(WakePolicy::WhenIdle, move || {
            wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }));
        let _only_set_here = queue.set(Arc::downgrade(&events));
        let keep_alive = Mutex::new(weak_function(env, |_| Ok(()))?);
        Ok(Self(Arc::new(CallsInner {
            events,
            spare_batch: Mutex::default(),
            keep_alive,
            listener,
            in_flight: Mutex::default(),
        })))
    }

    /// Takes all events that are ready. Returns a JSON array of events; `EventBatch` describes the format of an event.
    #[napi(catch_unwind, ts_return_type = "string")]
    pub fn take<'env>(&self, env: &'env Env) -> Result<JsString<'env>> {
        let mut batch = lock(&self.0.spare_batch);
        self.0.events.swap(&mut batch);
        {
            let mut in_flight = lock(&self.0.in_flight);
            for call_id in batch.ended() {
                in_flight.calls.remove(call_id);
            }
            if in_flight.calls.is_empty() {
                self.0.unref_loop(*env);
            }
        }
        let json = batch.as_json();
        // V8 stores ASCII text as Latin-1, so `create_string_latin1` does not need to decode it from UTF-8.
        let text = match std::str::from_utf8(json) {
            Ok(text) if !text.is_ascii() => env.create_string(text),
            _ => env.create_string_latin1(json),
        };
        batch.clear();
        text
    }

    /// Aborts a call and closes its connection. The caller must ignore events of the call that still arrive.
    #[napi(catch_unwind)]
    pub fn abort(&self, env: Env, call_id: u32) {
        let mut in_flight = lock(&self.0.in_flight);
        if let Some(call) = in_flight.calls.remove(&call_id).flatten() {
            call.abort();
        }
        if in_flight.calls.is_empty() {
            self.0.unref_loop(env);
        }
    }

    pub(crate) fn inner(&self) -> Arc<CallsInner> {
        Arc::clone(&self.0)
    }
}

impl CallsInner {
    /// Returns the event queue of this environment.
    pub(crate) fn events(&self) -> Arc<EventQueue> {
        Arc::clone(&self.events)
    }

    /// Starts a call: passes a new call id to `start`, and returns that id.
    ///
    /// While calls are in progress, the event loop is kept alive, and `listener` is called when events are ready. The
    /// listener must call [`Calls::take`].
    pub(crate) fn start(
        &self,
        env: Env,
        listener: &Function<'_, (), ()>,
        start: impl FnOnce(u32) -> Option<AbortHandle>,
    ) -> u32 {
        let mut in_flight = lock(&self.in_flight);
        let call_id = in_flight.last_call_id.wrapping_add(1);
        in_flight.last_call_id = call_id;
        let call = start(call_id);
        if in_flight.calls.is_empty() {
            self.ref_loop(env, listener);
        }
        in_flight.calls.insert(call_id, call);
        call_id
    }

    #[expect(
        deprecated,
        reason = "napi has no other way to keep the event loop alive while calls are in progress"
    )]
    fn ref_loop(&self, env: Env, listener: &Function<'_, (), ()>) {
        // These operations fail only while the environment shuts down. A failure then does not matter.
        *lock(&self.listener) = listener.create_ref().ok();
        let _shutting_down = lock(&self.keep_alive).refer(&env);
    }

    #[expect(deprecated, reason = "counterpart of `ref_loop`")]
    fn unref_loop(&self, env: Env) {
        *lock(&self.listener) = None;
        let _shutting_down = lock(&self.keep_alive).unref(&env);
    }
}

/// Creates the function that calls the listener when events are ready.
fn wake_function(
    env: Env,
    listener: Listener,
    queue: Arc<OnceLock<Weak<EventQueue>>>,
) -> Result<WakeFunction> {
    let on_wake = move |context: FunctionCallContext<'_>| {
        let function = match &*lock(&listener) {
            Some(listener) => Some(listener.borrow_back(context.env)?),
            None => None,
        };
        let Some(function) = function else {
            // All calls were aborted, so nothing needs their events. Remove the events from the queue, because the
            // queue wakes the loop for a new event only if the queue was empty before.
            drop(queue.get().and_then(Weak::upgrade).map(|events| events.take()));
            return Ok(());
        };
        function.call(())
    };
    weak_function(env, on_wake)
}

fn weak_function(
    env: Env,
    callback: impl Fn(FunctionCallContext<'_>) -> Result<()> + 'static,
) -> Result<WakeFunction> {
    env.create_function_from_closure("renumerate", callback)?
        .build_threadsafe_function()
        .callee_handled::<false>()
        .weak::<true>()
        .build()
}

impl Drop for CallsInner {
    /// Aborts the calls in progress. The environment has ended, so nothing can receive their events.
    fn drop(&mut self) {
        for call in lock(&self.in_flight).calls.drain().filter_map(|(_, call)| call) {
            call.abort();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
