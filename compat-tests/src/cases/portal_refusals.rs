//! Where portals refuse to block, and how calls end that come too late.

use std::{
    cell::RefCell,
    panic::{self, AssertUnwindSafe},
    pin::pin,
    sync::{Arc, Mutex, OnceLock},
    task::Poll,
    thread,
    time::Duration,
};

use anyrt::{
    cancel::Reason,
    scope,
    thread::{Portal, PortalError, PortalGuard, PortalProvider, Stop, from_thread},
    to_thread,
};

use crate::{
    Trace,
    rig::Rig,
    tools::{Gate, both, peek, poll_once},
    watchdog::text_of,
};

/// A task of one run does not block its thread for another; a worker thread may.
pub fn h720_a_task_of_another_run_is_refused(rig: &Rig, t: &Trace) {
    let guard = rig.start_portal().unwrap();
    let (portal, trace) = (Portal::clone(&guard), t.clone());
    rig.run(async move {
        let refused = portal.call(async {}).unwrap_err();
        trace.log("call", format!("{refused:?}"));
        let refused = portal.start(async |ready| anyrt::task::Ready::set(ready, ()));
        trace.log("start", format!("{:?}", refused.unwrap_err()));
        let spawned = portal.spawn(async {}).unwrap();
        trace.log("wait", format!("{:?}", spawned.wait().unwrap_err()));
        let mut spawned = portal.spawn(async {}).unwrap();
        let refused = spawned.wait_timeout(Duration::ZERO).unwrap();
        trace.log("wait", format!("{:?}", refused.unwrap_err()));
        let value = portal.spawn(async { 7 }).unwrap().await;
        trace.log("awaited", value.unwrap());
        let value = to_thread(move || portal.call(async { 8 })).await;
        trace.log("worker", value.unwrap());
    })
    .unwrap();
    t.log("thread", guard.call(async { 9 }).unwrap());
    guard.close(Stop::Wait).unwrap();
}

/// A facade future that a thread polls by itself is one, too, and what it waits for may be in it.
pub fn h721_a_facade_future_polled_by_hand_is_refused(rig: &Rig, t: &Trace) {
    let guard = rig.start_portal().unwrap();
    let portal = Portal::clone(&guard);
    let inside = pin!(scope(async |_| portal.call(async {}).unwrap_err()));
    match poll_once(inside) {
        Poll::Ready(ended) => t.log("inside", format!("{:?}", ended.unwrap())),
        Poll::Pending => t.log("inside", "pending"),
    }
    t.log("outside", guard.call(async { 7 }).unwrap());
    guard.close(Stop::Wait).unwrap();
}

/// Where blocking is refused the guard joins nothing: the calls go on, and the runtime ends by itself.
pub fn h722_a_guard_that_a_task_drops_joins_nothing(rig: &Rig, t: &Trace) {
    let guard = rig.start_portal().unwrap();
    let trace = t.clone();
    rig.run(async move {
        let go = Gate::new();
        let (wait, inside) = (go.clone(), trace.clone());
        let call = guard.spawn(async move {
            wait.wait().await;
            inside.log("order", "call-ends");
        });
        let portal = Portal::clone(&guard);
        drop(guard);
        trace.log("order", "dropped");
        trace.log("late", format!("{:?}", portal.spawn(async {}).unwrap_err()));
        go.open();
        call.unwrap().await.unwrap();
    })
    .unwrap();
}

/// A call that comes while the portal is being closed is let in, or refused as one that comes after that.
pub fn h723_a_late_call_is_refused_as_stopped(rig: &Rig, t: &Trace) {
    let mut wrong = 0;
    for _ in 0..40 {
        let guard = rig.start_portal().unwrap();
        let portal = Portal::clone(&guard);
        let begun = Gate::new();
        let tell = begun.clone();
        let caller = thread::spawn(move || {
            loop {
                match portal.call(async {}) {
                    Ok(()) => tell.open(),
                    Err(error) => return error,
                }
            }
        });
        begun.wait_blocking();
        guard.close(Stop::Wait).unwrap();
        wrong += usize::from(caller.join().unwrap() != PortalError::Stopped);
    }
    t.log("wrong", wrong);
}

thread_local! {
    static KEPT: RefCell<Option<PortalGuard>> = const { RefCell::new(None) };
}

/// A guard that a thread keeps to its end, when nothing of that thread's own is left, ends its runtime as ever.
pub fn h724_a_guard_in_a_thread_local(rig: &Rig, t: &Trace) {
    let (rig, trace) = (*rig, t.clone());
    let kept = thread::spawn(move || {
        let guard = rig.start_portal().unwrap();
        let portal = Portal::clone(&guard);
        // First: what is used later is gone before it.
        KEPT.set(Some(guard));
        trace.log("value", portal.call(async { 7 }).unwrap());
        portal
    });
    let portal = kept.join().unwrap();
    t.log("late", format!("{:?}", portal.call(async {}).unwrap_err()));
}

/// The closure of a provider runs on no lock: one that asks the provider again hears that this can not be, others wait, and
/// a start that failed is tried again.
pub fn h725_a_provider_starts_on_no_lock(rig: &Rig, t: &Trace) {
    let provider: Arc<OnceLock<PortalProvider>> = Arc::default();
    let (rig, own) = (*rig, Arc::downgrade(&provider));
    let first = Mutex::new(true);
    let made = PortalProvider::new(move || {
        let asks = std::mem::replace(&mut *first.lock().unwrap(), false);
        if let (true, Some(provider)) = (asks, own.upgrade()) {
            let _ = provider.get().unwrap().get();
        }
        rig.start_portal()
    });
    provider.set(made).unwrap();
    let get = || provider.get().unwrap().get().map(drop).is_ok();
    let refused = panic::catch_unwind(AssertUnwindSafe(get)).unwrap_err();
    let text = text_of(&*refused);
    t.log("inside", text.contains("`PortalProvider`"));
    t.log("again", get());
}

/// A call to a worker thread suspends at least once, however fast the worker is.
pub async fn h726_a_call_suspends(t: Trace) {
    let mut suspended = 0;
    for _ in 0..50 {
        let mut call = Box::pin(to_thread(|| ()));
        suspended += usize::from(peek(&mut call).await.is_pending());
        call.await;
    }
    t.log("suspended", suspended);
}

/// A closure that is to run after the end of the run does not, and the reason is that the runtime has gone.
pub fn h727_after_its_run_no_closure_runs(rig: &Rig, t: &Trace) {
    let (begun, ended, done) = (Gate::new(), Gate::new(), Gate::new());
    let (tell, wait, over, trace) = (begun.clone(), ended.clone(), done.clone(), t.clone());
    rig.run(async move {
        let abandoned = scope(async |s| {
            let call = to_thread(move || {
                tell.open();
                wait.wait_blocking();
                let late = from_thread::run_sync(|| ()).map_err(|error| error.reason());
                trace.log("gone", late == Err(Reason::Shutdown));
                over.open();
            });
            both(call.abandon_on_cancel(), async {
                begun.wait().await;
                s.cancel();
            })
            .await;
        });
        assert!(abandoned.await.is_err());
    })
    .unwrap();
    ended.open();
    done.wait_blocking();
}
