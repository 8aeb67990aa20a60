//! What cases are written with: handshakes and probes that belong to no runtime.

use std::{
    fmt,
    future::{Future, poll_fn},
    panic::{self, AssertUnwindSafe},
    pin::Pin,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use crate::Trace;

/// A handshake: closed, then open for ever.
///
/// Tasks wait for it by [`wait`](Gate::wait), threads by [`wait_blocking`](Gate::wait_blocking). It is no
/// operation of the facade: no cancel point, no budget.
#[derive(Clone, Default)]
pub struct Gate {
    inner: Arc<(Mutex<State>, Condvar)>,
}

#[derive(Default)]
struct State {
    open: bool,
    waiting: Vec<Waker>,
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens it and wakes everybody.
    pub fn open(&self) {
        let waiting = {
            let mut state = self.lock();
            state.open = true;
            std::mem::take(&mut state.waiting)
        };
        self.inner.1.notify_all();
        for waker in waiting {
            waker.wake();
        }
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.lock().open
    }

    /// Ready once it is open.
    pub fn wait(&self) -> impl Future<Output = ()> + Send + Sync + Unpin + use<> {
        let gate = self.clone();
        poll_fn(move |cx| {
            let mut state = gate.lock();
            if state.open {
                return Poll::Ready(());
            }
            if !state
                .waiting
                .iter()
                .any(|waker| waker.will_wake(cx.waker()))
            {
                state.waiting.push(cx.waker().clone());
            }
            Poll::Pending
        })
    }

    /// Blocks the thread until it is open.
    pub fn wait_blocking(&self) {
        let mut state = self.lock();
        while !state.open {
            state = self
                .inner
                .1
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.inner.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("open", &self.is_open())
            .finish_non_exhaustive()
    }
}

/// Logs when it is dropped.
#[derive(Debug)]
pub struct OnDrop {
    trace: Trace,
    lane: &'static str,
    event: &'static str,
}

impl OnDrop {
    /// Logs `event` in `lane` when it is dropped.
    pub fn new(trace: &Trace, lane: &'static str, event: &'static str) -> Self {
        Self {
            trace: trace.clone(),
            lane,
            event,
        }
    }
}

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.trace.log(self.lane, self.event);
    }
}

/// Runs a closure when it is dropped.
pub struct Defer<F: FnMut()>(pub F);

impl<F: FnMut()> Drop for Defer<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

impl<F: FnMut()> fmt::Debug for Defer<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Defer")
    }
}

/// A waker that counts, and opens a gate at its first wake.
#[derive(Debug, Default)]
pub struct CountingWaker {
    wakes: AtomicUsize,
    woken: Gate,
}

impl CountingWaker {
    /// A fresh one, not woken yet.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// How often it was woken.
    pub fn wakes(&self) -> usize {
        self.wakes.load(Ordering::SeqCst)
    }

    /// Open after the first wake.
    pub fn woken(&self) -> &Gate {
        &self.woken
    }
}

impl Wake for CountingWaker {
    fn wake(self: Arc<Self>) {
        self.wakes.fetch_add(1, Ordering::SeqCst);
        self.woken.open();
    }
}

/// Polls once, with a waker that does nothing.
pub fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls `future` once in the task around the caller, and gives what came of it.
pub async fn peek<F: Future + Unpin + ?Sized>(future: &mut F) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx))).await
}

/// Yields until `holds`. A child leaves its group a moment after its handle has told.
pub async fn until(holds: impl Fn() -> bool) {
    while !holds() {
        anyrt::yield_now().await;
    }
}

/// Counts the polls of a future.
pub async fn counted<F: Future>(polls: Arc<AtomicUsize>, future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    poll_fn(|cx| {
        polls.fetch_add(1, Ordering::SeqCst);
        future.as_mut().poll(cx)
    })
    .await
}

/// The future's value, or the text of its panic. The future is dropped before this returns.
pub async fn caught<F: Future>(future: F) -> Result<F::Output, String> {
    let mut future = Box::pin(future);
    let outcome =
        poll_fn(
            |cx| match panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
                Ok(Poll::Pending) => Poll::Pending,
                Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
                Err(payload) => Poll::Ready(Err(crate::watchdog::text_of(&*payload))),
            },
        )
        .await;
    drop(future);
    outcome
}

/// Both, in one task, each polled whenever the task is.
pub async fn both<A: Future, B: Future>(a: A, b: B) -> (A::Output, B::Output) {
    let (mut a, mut b) = (std::pin::pin!(a), std::pin::pin!(b));
    let (mut first, mut second) = (None, None);
    poll_fn(|cx| {
        if first.is_none() {
            if let Poll::Ready(value) = a.as_mut().poll(cx) {
                first = Some(value);
            }
        }
        if second.is_none() {
            if let Poll::Ready(value) = b.as_mut().poll(cx) {
                second = Some(value);
            }
        }
        match (first.take(), second.take()) {
            (Some(first), Some(second)) => Poll::Ready((first, second)),
            (one, other) => {
                (first, second) = (one, other);
                Poll::Pending
            }
        }
    })
    .await
}

/// Pending once, and woken at once: a yield that is no operation of the facade.
pub async fn foreign_yield() {
    let mut yielded = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Never ready, never woken.
pub async fn forever() {
    std::future::pending::<()>().await;
}

/// A future that several tasks poll, and whose value each of them gets.
///
/// `futures` has one too, which wakes under its lock: in the simulation's interleaved orders that stands still.
pub struct Shared<T> {
    inner: Arc<Sharing<T>>,
}

struct Sharing<T> {
    // Taken out while a task polls it.
    future: Mutex<Option<Pin<Box<dyn Future<Output = T> + Send>>>>,
    value: Mutex<Option<T>>,
    waiting: Mutex<Vec<Waker>>,
}

impl<T: Clone + Send + 'static> Shared<T> {
    /// A handle on `future`, to be cloned.
    pub fn new(future: impl Future<Output = T> + Send + 'static) -> Self {
        Self {
            inner: Arc::new(Sharing {
                future: Mutex::new(Some(Box::pin(future))),
                value: Mutex::new(None),
                waiting: Mutex::default(),
            }),
        }
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

impl<T: Clone + Send + 'static> Future for Shared<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let inner = &self.inner;
        let waker = cx.waker().clone();
        locked(&inner.waiting).push(waker);
        let taken = locked(&inner.future).take();
        if let Some(mut future) = taken {
            let everybody = Waker::from(Arc::clone(inner));
            match future.as_mut().poll(&mut Context::from_waker(&everybody)) {
                Poll::Pending => *locked(&inner.future) = Some(future),
                Poll::Ready(value) => {
                    drop(future);
                    *locked(&inner.value) = Some(value);
                    everybody.wake();
                }
            }
        }
        let value = locked(&inner.value).clone();
        value.map_or(Poll::Pending, Poll::Ready)
    }
}

impl<T: Send + 'static> Wake for Sharing<T> {
    fn wake(self: Arc<Self>) {
        let waiting = std::mem::take(&mut *locked(&self.waiting));
        waiting.into_iter().for_each(Waker::wake);
    }
}

impl<T> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared")
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
