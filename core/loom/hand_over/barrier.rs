//! Those who meet: as many as there have to be, and one of them leads.

use std::{future::Future, pin::Pin, sync::Arc, task::Poll};

use loom::thread;

use super::{drop_in_thread, poll, queued, wait};
use crate::{explore, sync::Barrier};

/// Waits, and then tells whether it is the leader.
type Arriving = Pin<Box<dyn Future<Output = bool> + Send>>;

fn arrive(barrier: &Arc<Barrier>) -> Arriving {
    let barrier = Arc::clone(barrier);
    Box::pin(async move { barrier.wait().await.is_leader() })
}

/// Two arrive at once: both go on, and one of them leads.
#[test]
fn arrive_against_arrive() {
    explore(|| {
        let barrier = Arc::new(Barrier::new(2));
        let other = arrive(&barrier);
        let other = thread::spawn(move || wait(other));
        let leader = wait(arrive(&barrier));
        assert_ne!(other.join().unwrap(), leader);
        assert_eq!(barrier.statistics().waiting, 0);
    });
}

/// One that waits gives up while another arrives: they met, or the other waits for a third.
#[test]
fn arrive_against_drop() {
    explore(|| {
        let barrier = Arc::new(Barrier::new(2));
        let leaver = drop_in_thread(queued(arrive(&barrier)));
        let mut second = arrive(&barrier);
        let met = poll(&mut second);
        leaver.join().unwrap();
        if met.is_pending() {
            assert_eq!(barrier.statistics().waiting, 1);
            assert_eq!(poll(&mut arrive(&barrier)), Poll::Ready(true));
            assert_eq!(poll(&mut second), Poll::Ready(false));
        }
        assert_eq!(barrier.statistics().waiting, 0);
    });
}
