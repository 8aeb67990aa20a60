//! A timer that is polled from outside at the very moment its runtime goes.
//!
//! In a file of its own, since it counts the panics of the process.

mod support;

use std::{
    hint, panic,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    task::{Context, Poll},
    thread,
    time::Duration,
};

use anyrt_core::{Backend, Gone, Launch, RawTimer};
use anyrt_tokio::TokioRuntime;
use support::Wakes;

#[test]
fn polling_from_a_foreign_thread_while_it_shuts_down_is_safe() {
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        usual(info);
    }));
    for _ in 0..50 {
        let runtime = TokioRuntime::multi_thread(Some(1)).unwrap();
        let tokio = runtime.backend();
        let (ready, poller_is_ready) = mpsc::channel();
        let poller = thread::spawn(move || {
            let (_, waker) = Wakes::new();
            let mut cx = Context::from_waker(&waker);
            let mut timer = Box::pin(tokio.timer(None));
            assert!(timer.as_mut().poll_elapsed(&mut cx).is_pending());
            ready.send(()).unwrap();
            loop {
                match timer.as_mut().poll_elapsed(&mut cx) {
                    Poll::Pending => hint::spin_loop(),
                    Poll::Ready(answer) => break answer,
                }
            }
        });
        poller_is_ready.recv().unwrap();
        assert!(runtime.shutdown(Duration::from_secs(30)));
        assert_eq!(poller.join().unwrap(), Err(Gone));
    }
    assert_eq!(PANICS.load(Ordering::SeqCst), 0);
}
