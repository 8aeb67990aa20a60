//! Portals between two different runtimes in one process.
#![cfg(all(feature = "tokio", feature = "smol"))]

use anyrt::{
    Builder, fail_after, scope, sleep,
    thread::{Portal, PortalError, PortalGuard, Stop, start_portal},
    to_thread,
};
use anyrt_compat_tests::tools::{Defer, Gate, both, forever};
use std::time::Duration;

const PAIRS: [(&str, &str); 2] = [("tokio", "smol"), ("smol", "tokio")];

/// Runs `main` on one backend, with a portal into the other.
fn between<Fut>(main: impl Fn(&'static str, Portal) -> Fut)
where
    Fut: Future<Output = ()> + Send + 'static,
{
    for (here, there) in PAIRS {
        let guard: PortalGuard = start_portal(there).unwrap();
        let main = main(there, Portal::clone(&guard));
        Builder::new().backend(here).run(main).unwrap();
        guard.close(Stop::Wait).unwrap();
    }
}

/// What is awaited here runs there, with its timers and worker threads.
#[test]
fn a_call_runs_on_the_other_runtime() {
    between(|there, portal| async move {
        let here = anyrt::runtime::current_backend();
        let call = portal.spawn(async {
            sleep(Duration::from_millis(1)).await;
            let backend = anyrt::runtime::current_backend();
            (backend, to_thread(anyrt::runtime::current_backend).await)
        });
        assert_eq!(call.unwrap().await, Ok((there, there)));
        assert_eq!(anyrt::runtime::current_backend(), here);
    });
}

/// From a worker thread of one into the other, and back out of it.
#[test]
fn worker_threads_block_on_either() {
    between(|there, portal| async move {
        let here = anyrt::runtime::current_backend();
        let found = to_thread(move || {
            let far = portal.call(async { anyrt::runtime::current_backend() });
            let near = anyrt::thread::from_thread::run(async { anyrt::runtime::current_backend() });
            (far.unwrap(), near.unwrap())
        })
        .await;
        assert_eq!(found, (there, here));
    });
}

/// A cancel here reaches what runs there; and returns at once, though that blocks its runtime's thread.
#[test]
fn a_cancel_travels() {
    between(|_, portal| async move {
        let (begun, dropped, blocked) = (Gate::new(), Gate::new(), Gate::new());
        let (tell, over, block) = (begun.clone(), dropped.clone(), blocked.clone());
        let outcome = scope(async |s| {
            let call = portal.spawn(async move {
                let _over = Defer(move || over.open());
                tell.open();
                block.wait_blocking();
                forever().await;
            });
            let call = call.unwrap().cancel_on_drop();
            let (_ended, ()) = both(call, async {
                begun.wait().await;
                s.cancel();
            })
            .await;
        })
        .await;
        assert!(outcome.is_err());
        assert!(!dropped.is_open());
        blocked.open();
        dropped.wait().await;
    });
}

/// A deadline here bounds a call there, and a cancel there is heard here.
#[test]
fn deadlines_and_cancels_are_heard() {
    between(|_, portal| async move {
        let call = portal.spawn(forever()).unwrap().cancel_on_drop();
        let late = fail_after(Duration::from_millis(5), call).await;
        assert!(late.is_err());
        let call = portal.spawn(forever()).unwrap();
        call.cancel();
        assert_eq!(call.await, Err(PortalError::Cancelled));
    });
}
