//! Worker-thread calls on a pool that the test controls: what happens before a function starts.
#![cfg(feature = "shipped")]

use std::{
    fmt,
    future::Future,
    io, mem,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::Poll,
    time::Duration,
};

use anyrt::{scope, sync::CapacityLimiter, task_group, thread::ThreadError, to_thread, yield_now};
use anyrt_compat_tests::tools::peek;
use anyrt_core::{Backend, Capabilities, Gone, Instant, Launch, OwnedIo, Refused, RuntimeId};
use anyrt_sim::{Order, Sim, SimRuntime};

type Job = Box<dyn FnOnce() + Send>;

/// What becomes of a blocking job.
#[derive(Clone)]
enum Pool {
    /// Kept until the test releases it.
    Holding(Arc<Mutex<Vec<Job>>>),
    /// Refused: there is no thread.
    Refusing,
    /// Dropped unrun, as by a runtime that shuts down.
    Dropping,
    /// Done before the call that submitted it goes on.
    Fast,
}

impl Pool {
    fn release(&self) {
        if let Self::Holding(jobs) = self {
            let jobs = mem::take(&mut *jobs.lock().unwrap());
            jobs.into_iter().for_each(|job| job());
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pool")
    }
}

/// The simulation with that pool.
struct WithPool(SimRuntime, Pool);

#[derive(Clone, Debug)]
struct Handle(Sim, Pool);

impl Launch for WithPool {
    type Backend = Handle;

    fn backend(&self) -> Handle {
        Handle(self.0.backend(), self.1.clone())
    }

    fn block_on(&self, main: Pin<&mut (dyn Future<Output = ()> + '_)>) {
        self.0.block_on(main);
    }

    fn shutdown(self, grace: Duration) -> bool {
        self.0.shutdown(grace)
    }
}

impl Backend for Handle {
    type Timer = <Sim as Backend>::Timer;
    type Source = <Sim as Backend>::Source;

    fn name(&self) -> &'static str {
        "with-pool"
    }

    fn id(&self) -> RuntimeId {
        self.0.id()
    }

    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }

    fn spawn<F>(&self, task: F) -> Result<(), Gone>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.0.spawn(task)
    }

    fn spawn_blocking<J>(&self, job: J) -> io::Result<()>
    where
        J: FnOnce() + Send + 'static,
    {
        match &self.1 {
            Pool::Holding(jobs) => jobs.lock().unwrap().push(Box::new(job)),
            Pool::Refusing => return Err(io::Error::from(io::ErrorKind::WouldBlock)),
            Pool::Dropping => drop(job),
            Pool::Fast => std::thread::spawn(job).join().unwrap(),
        }
        Ok(())
    }

    fn now(&self) -> Instant {
        self.0.now()
    }

    fn timer(&self, at: Option<Instant>) -> Self::Timer {
        self.0.timer(at)
    }

    fn register(&self, io: OwnedIo) -> Result<Self::Source, Refused<OwnedIo>> {
        self.0.register(io)
    }

    fn on_runtime_thread(&self) -> bool {
        self.0.on_runtime_thread()
    }
}

/// Runs `main` on the simulation with `pool`.
fn run<T: Send + 'static>(pool: &Pool, main: impl Future<Output = T> + Send + 'static) -> T {
    let launch = WithPool(SimRuntime::new(Order::Fifo), pool.clone());
    anyrt::Builder::launch(launch).run(main).unwrap()
}

fn holding() -> Pool {
    Pool::Holding(Arc::default())
}

#[test]
fn a_cancelled_call_withdraws_a_function_that_has_not_started() {
    let pool = holding();
    let ran = Arc::new(AtomicBool::new(false));
    let (limiter, flag) = (CapacityLimiter::new(1), Arc::clone(&ran));
    let tokens = limiter.clone();
    let outcome = run(&pool, async move {
        scope(async |s| {
            task_group(async |tg| {
                tg.spawn(async move {
                    yield_now().await;
                    s.cancel();
                });
                to_thread(move || flag.store(true, SeqCst))
                    .limiter(&tokens)
                    .await;
            })
            .await;
        })
        .await
    });
    assert!(outcome.is_err());
    assert_eq!(limiter.statistics().borrowed, 0, "the token is back");
    pool.release();
    assert!(!ran.load(SeqCst), "a withdrawn function does not run");
}

#[test]
fn a_call_that_something_keeps_alive_goes_on() {
    let pool = holding();
    let worker = pool.clone();
    let value = run(&pool, async move {
        let outcome = scope(async |s| {
            let mut call = Box::pin(to_thread(|| 7));
            let mut kept = Box::pin(anyrt::shield(async {
                s.cancel();
                for _ in 0..10 {
                    yield_now().await;
                }
                worker.release();
                for _ in 0..10 {
                    yield_now().await;
                }
            }));
            let mut value = None;
            std::future::poll_fn(|cx| {
                if value.is_none() {
                    if let std::task::Poll::Ready(found) = call.as_mut().poll(cx) {
                        value = Some(found);
                    }
                }
                kept.as_mut().poll(cx)
            })
            .await;
            value
        })
        .await;
        outcome.unwrap()
    });
    assert_eq!(value, Some(7));
}

#[test]
fn a_call_that_is_dropped_withdraws_its_function() {
    let pool = holding();
    let ran = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&ran);
    run(&pool, async move {
        let mut call = Box::pin(to_thread(move || flag.store(true, SeqCst)));
        let polled =
            std::future::poll_fn(|cx| std::task::Poll::Ready(call.as_mut().poll(cx))).await;
        assert!(polled.is_pending());
        drop(call);
        assert_eq!(anyrt::debug::counts().unwrap().tokens, 0);
    });
    pool.release();
    assert!(!ran.load(SeqCst));
}

#[test]
fn a_refused_thread_is_an_error_and_the_token_is_back() {
    let limiter = CapacityLimiter::new(1);
    let tokens = limiter.clone();
    let outcome = run(&Pool::Refusing, async move {
        to_thread(|| ()).limiter(&tokens).try_run().await
    });
    let error = outcome.unwrap_err();
    assert!(matches!(error, ThreadError::NoThread(_)), "{error:?}");
    assert!(error.to_string().contains("limiter"), "{error}");
    assert_eq!(limiter.statistics().borrowed, 0);
}

#[test]
fn a_function_that_the_runtime_drops_is_reported() {
    let limiter = CapacityLimiter::new(1);
    let tokens = limiter.clone();
    let outcome = run(&Pool::Dropping, async move {
        to_thread(|| ()).limiter(&tokens).try_run().await
    });
    assert!(matches!(outcome, Err(ThreadError::Gone)), "{outcome:?}");
    assert_eq!(limiter.statistics().borrowed, 0);
}

#[test]
fn inside_a_scope_a_lost_function_ends_it_with_shutdown() {
    let outcome = run(&Pool::Dropping, async {
        scope(async |_| to_thread(|| ()).await).await
    });
    assert_eq!(
        outcome.unwrap_err().reason(),
        anyrt::cancel::Reason::Shutdown
    );
}

#[test]
fn a_call_suspends_although_its_function_has_returned() {
    let polls = run(&Pool::Fast, async {
        let mut call = Box::pin(to_thread(|| 7));
        let first = peek(&mut call).await;
        (first, call.await)
    });
    assert_eq!(polls, (Poll::Pending, 7));
}
