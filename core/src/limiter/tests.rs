//! One test per rule of the module, on a limiter that nobody else uses.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
};

use super::{
    Acquire, AcquireError, AcquireFor, AlreadyBorrowed, Borrower, Limiter, NotBorrowed, Token,
    WouldBlock,
};

fn limiter(total: impl Into<Option<usize>>) -> Arc<Limiter> {
    Arc::new(Limiter::new(total.into()))
}

/// Borrowed and waiting.
fn numbers(limiter: &Limiter) -> (usize, usize) {
    let statistics = limiter.statistics();
    (statistics.borrowed, statistics.waiting)
}

fn poll(acquire: &mut Acquire) -> Poll<Token> {
    acquire.poll_acquire(&mut Context::from_waker(Waker::noop()))
}

fn poll_for(acquire: &mut AcquireFor) -> Poll<Result<(), AlreadyBorrowed>> {
    acquire.poll_acquire(&mut Context::from_waker(Waker::noop()))
}

/// A waiter that has entered the queue, and how often it was woken.
struct Queued {
    acquire: Acquire,
    wakes: Arc<Wakes>,
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

impl Queued {
    fn on(limiter: &Arc<Limiter>) -> Self {
        let wakes = Arc::new(Wakes::default());
        let mut acquire = limiter.acquire();
        let waker = Waker::from(Arc::clone(&wakes));
        let polled = acquire.poll_acquire(&mut Context::from_waker(&waker));
        assert!(polled.is_pending());
        Self { acquire, wakes }
    }

    fn wakes(&self) -> usize {
        self.wakes.0.load(SeqCst)
    }

    fn token(&mut self) -> Option<Token> {
        match poll(&mut self.acquire) {
            Poll::Ready(token) => Some(token),
            Poll::Pending => None,
        }
    }
}

#[test]
fn lends_up_to_the_total_and_takes_back() {
    let limiter = limiter(2);
    let first = limiter.try_acquire().unwrap();
    let second = limiter.try_acquire().unwrap();
    assert_eq!(limiter.try_acquire().unwrap_err(), WouldBlock);
    assert_eq!(numbers(&limiter), (2, 0));
    drop(first);
    drop(second);
    assert_eq!(numbers(&limiter), (0, 0));
    let _again = limiter.try_acquire().unwrap();
    assert_eq!(limiter.statistics().peak, 2);
}

#[test]
fn nothing_happens_before_the_first_poll() {
    let limiter = limiter(1);
    let acquire = limiter.acquire();
    assert_eq!(numbers(&limiter), (0, 0));
    drop(acquire);
}

#[test]
fn waiters_are_served_in_order_and_only_the_served_is_woken() {
    let limiter = limiter(1);
    let token = limiter.try_acquire().unwrap();
    let mut waiters = [
        Queued::on(&limiter),
        Queued::on(&limiter),
        Queued::on(&limiter),
    ];
    drop(token);
    let mut served = Vec::new();
    for _ in 0..3 {
        let turn = waiters.iter_mut().position(|waiter| {
            waiter.wakes() == 1 && {
                let token = waiter.token();
                waiter.wakes.0.store(0, SeqCst);
                token.is_some()
            }
        });
        served.push(turn.unwrap());
    }
    assert_eq!(served, [0, 1, 2]);
    assert_eq!(numbers(&limiter), (0, 0));
}

#[test]
fn a_token_handed_over_can_not_be_overtaken() {
    let limiter = limiter(1);
    let token = limiter.try_acquire().unwrap();
    let mut waiter = Queued::on(&limiter);
    drop(token);
    assert_eq!(numbers(&limiter), (1, 0));
    assert_eq!(limiter.try_acquire().unwrap_err(), WouldBlock);
    assert!(poll(&mut limiter.acquire()).is_pending());
    assert!(waiter.token().is_some());
}

#[test]
fn a_waiter_dropped_in_the_queue_leaves_no_trace() {
    let limiter = limiter(1);
    let token = limiter.try_acquire().unwrap();
    let first = Queued::on(&limiter);
    let mut second = Queued::on(&limiter);
    drop(first);
    assert_eq!(numbers(&limiter), (1, 1));
    drop(token);
    assert!(second.token().is_some());
    assert_eq!(numbers(&limiter), (0, 0));
}

#[test]
fn a_waiter_dropped_after_the_grant_passes_it_on() {
    let limiter = limiter(1);
    let token = limiter.try_acquire().unwrap();
    let first = Queued::on(&limiter);
    let mut second = Queued::on(&limiter);
    drop(token);
    assert_eq!((first.wakes(), second.wakes()), (1, 0));
    drop(first);
    assert_eq!(second.wakes(), 1);
    assert!(second.token().is_some());
    assert_eq!(numbers(&limiter), (0, 0));
}

#[test]
fn the_newest_waker_is_the_one_woken() {
    let limiter = limiter(1);
    let token = limiter.try_acquire().unwrap();
    let mut waiter = Queued::on(&limiter);
    let newer = Arc::new(Wakes::default());
    let waker = Waker::from(Arc::clone(&newer));
    let polled = waiter
        .acquire
        .poll_acquire(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
    drop(token);
    assert_eq!((waiter.wakes(), newer.0.load(SeqCst)), (0, 1));
}

#[test]
fn raising_grants_the_new_tokens_in_order() {
    let limiter = limiter(2);
    let _held = [
        limiter.try_acquire().unwrap(),
        limiter.try_acquire().unwrap(),
    ];
    let waiters: Vec<Queued> = (0..5).map(|_| Queued::on(&limiter)).collect();
    limiter.set_total(Some(4));
    let wakes: Vec<usize> = waiters.iter().map(Queued::wakes).collect();
    assert_eq!(wakes, [1, 1, 0, 0, 0]);
    assert_eq!(numbers(&limiter), (4, 3));
    limiter.set_total(None);
    assert_eq!(numbers(&limiter), (7, 0));
    assert_eq!(limiter.statistics().peak, 7);
}

#[test]
fn lowering_revokes_nothing_and_lets_nobody_in() {
    let limiter = limiter(4);
    let mut held: Vec<Token> = (0..4).map(|_| limiter.try_acquire().unwrap()).collect();
    let mut waiter = Queued::on(&limiter);
    limiter.set_total(Some(1));
    assert_eq!(numbers(&limiter), (4, 1));
    held.truncate(1);
    assert_eq!((numbers(&limiter), waiter.wakes()), ((1, 1), 0));
    held.clear();
    assert_eq!((numbers(&limiter), waiter.wakes()), ((1, 0), 1));
    assert!(waiter.token().is_some());
}

#[test]
fn a_total_of_zero_lets_nobody_in_and_no_total_everybody() {
    let limiter = limiter(0);
    assert!(limiter.try_acquire().is_err());
    let mut first = Queued::on(&limiter);
    let second = Queued::on(&limiter);
    limiter.set_total(Some(1));
    assert_eq!((first.wakes(), second.wakes()), (1, 0));
    let token = first.token();
    limiter.set_total(Some(0));
    drop(token);
    assert_eq!((numbers(&limiter), second.wakes()), ((0, 1), 0));

    let unbounded = self::limiter(None);
    let tokens: Vec<Token> = (0..1000)
        .map(|_| unbounded.try_acquire().unwrap())
        .collect();
    assert_eq!((unbounded.total(), tokens.len()), (None, 1000));
}

#[test]
fn a_key_has_at_most_one_token() {
    let limiter = limiter(2);
    limiter.try_acquire_for("x").unwrap();
    let error = limiter.try_acquire_for(String::from("x")).unwrap_err();
    assert!(
        matches!(&error, AcquireError::AlreadyBorrowed(error) if error.borrower() == &"x".into())
    );
    assert!(error.to_string().contains("\"x\""));
    assert!(matches!(
        poll_for(&mut limiter.acquire_for("x")),
        Poll::Ready(Err(_))
    ));
    assert_eq!(numbers(&limiter), (1, 0));
    limiter.release_for(&"x".into()).unwrap();
    limiter.try_acquire_for("x").unwrap();
}

#[test]
fn a_key_stands_in_the_queue_at_most_once() {
    let limiter = limiter(0);
    let mut first = limiter.acquire_for(1_usize);
    assert!(poll_for(&mut first).is_pending());
    assert!(matches!(
        poll_for(&mut limiter.acquire_for(1_u64)),
        Poll::Ready(Err(_))
    ));
    assert!(matches!(
        limiter.try_acquire_for(1_u64),
        Err(AcquireError::AlreadyBorrowed(_))
    ));
    drop(first);
    assert!(poll_for(&mut limiter.acquire_for(1_u64)).is_pending());
}

#[test]
fn only_a_key_that_has_a_token_can_give_it_back() {
    let limiter = limiter(1);
    let x = Borrower::from("x");
    assert_eq!(limiter.release_for(&x), Err(NotBorrowed::new(x.clone())));
    let token = limiter.try_acquire().unwrap();
    let mut waiting = limiter.acquire_for("x");
    assert!(poll_for(&mut waiting).is_pending());
    assert!(limiter.release_for(&x).is_err(), "it waits");
    drop(token);
    assert!(
        limiter.release_for(&x).is_err(),
        "granted, but its caller does not know yet"
    );
    assert!(matches!(poll_for(&mut waiting), Poll::Ready(Ok(()))));
    drop(waiting);
    assert_eq!(
        numbers(&limiter),
        (1, 0),
        "a key's token outlives the wait for it"
    );
    limiter.release_for(&x).unwrap();
    assert!(limiter.release_for(&x).is_err(), "once");
}

#[test]
fn a_key_dropped_after_the_grant_is_free_again() {
    let limiter = limiter(1);
    limiter.try_acquire_for("x").unwrap();
    let mut y = limiter.acquire_for("y");
    let mut z = limiter.acquire_for("z");
    assert!(poll_for(&mut y).is_pending() && poll_for(&mut z).is_pending());
    limiter.release_for(&"x".into()).unwrap();
    assert_eq!(limiter.statistics().borrowers, ["y".into()]);
    drop(y);
    assert_eq!(limiter.statistics().borrowers, ["z".into()]);
    let mut y = limiter.acquire_for("y");
    assert!(poll_for(&mut y).is_pending());
    assert!(poll_for(&mut z).is_ready());
}

#[test]
fn statistics_list_keys_in_the_order_of_their_tokens() {
    let limiter = limiter(3);
    let _guard = limiter.try_acquire().unwrap();
    limiter.try_acquire_for("b").unwrap();
    limiter.try_acquire_for(7_u64).unwrap();
    let mut waiting = limiter.acquire_for("a");
    assert!(poll_for(&mut waiting).is_pending());
    let statistics = limiter.statistics();
    assert_eq!(statistics.total, Some(3));
    assert_eq!(
        (statistics.borrowed, statistics.waiting, statistics.peak),
        (3, 1, 3)
    );
    assert_eq!(statistics.borrowers, ["b".into(), 7_u64.into()]);
}

#[test]
#[should_panic(expected = "polled after it was ready")]
fn polling_again_after_the_end_panics() {
    let limiter = limiter(2);
    let mut acquire = limiter.acquire();
    let _token = poll(&mut acquire);
    let _ = poll(&mut acquire);
}

#[test]
fn the_limiter_survives_that_panic() {
    let limiter = limiter(1);
    let mut acquire = limiter.acquire();
    drop(poll(&mut acquire));
    let again = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| poll(&mut acquire)));
    assert!(again.is_err());
    assert!(limiter.try_acquire().is_ok());
}

/// A waker may run anything, the limiter included, both when it wakes and when it is dropped.
#[test]
fn wakers_run_outside_the_lock() {
    struct Reenter(Arc<Limiter>);

    impl Wake for Reenter {
        fn wake(self: Arc<Self>) {
            self.0.statistics();
        }
    }

    impl Drop for Reenter {
        fn drop(&mut self) {
            self.0.statistics();
        }
    }

    let limiter = limiter(1);
    let reenter = || Waker::from(Arc::new(Reenter(Arc::clone(&limiter))));
    let token = limiter.try_acquire().unwrap();
    let mut first = limiter.acquire();
    let mut second = limiter.acquire();
    assert!(
        first
            .poll_acquire(&mut Context::from_waker(&reenter()))
            .is_pending()
    );
    assert!(
        first
            .poll_acquire(&mut Context::from_waker(&reenter()))
            .is_pending(),
        "replaced"
    );
    assert!(
        second
            .poll_acquire(&mut Context::from_waker(&reenter()))
            .is_pending()
    );
    drop(token);
    drop(first);
    limiter.set_total(Some(0));
    let mut third = limiter.acquire();
    assert!(
        third
            .poll_acquire(&mut Context::from_waker(&reenter()))
            .is_pending()
    );
    drop(third);
    let mut fourth = limiter.acquire_for("x");
    assert!(
        fourth
            .poll_acquire(&mut Context::from_waker(&reenter()))
            .is_pending()
    );
    limiter.set_total(None);
    assert!(poll(&mut second).is_ready());
    assert!(poll_for(&mut fourth).is_ready());
    limiter.set_total(Some(1));
    let mut fifth = limiter.acquire();
    assert!(
        fifth
            .poll_acquire(&mut Context::from_waker(&reenter()))
            .is_pending()
    );
    limiter.release_for(&"x".into()).unwrap();
    assert!(poll(&mut fifth).is_ready());
}

#[test]
fn a_token_may_move_to_another_thread() {
    fn crosses_threads<T: Send + 'static>(value: T) -> T {
        value
    }
    let limiter = limiter(1);
    let token = crosses_threads(limiter.try_acquire().unwrap());
    std::thread::spawn(move || drop(token)).join().unwrap();
    drop(crosses_threads(limiter.acquire()));
    assert_eq!(numbers(&limiter), (0, 0));
}

/// Many threads, few tokens: never more are out than there are, and every wait ends.
#[test]
fn the_total_holds_under_contention() {
    let limiter = limiter(3);
    let (out, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (limiter, out, most) = (&limiter, &out, &most);
            scope.spawn(move || {
                for round in 0..200 {
                    let mut acquire = limiter.acquire();
                    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
                    if (thread + round) % 5 == 0 {
                        // Half of these are granted or queued, and then dropped.
                        drop(acquire.poll_acquire(&mut Context::from_waker(&waker)));
                        continue;
                    }
                    let token = loop {
                        match acquire.poll_acquire(&mut Context::from_waker(&waker)) {
                            Poll::Ready(token) => break token,
                            Poll::Pending => std::thread::park(),
                        }
                    };
                    most.fetch_max(out.fetch_add(1, SeqCst) + 1, SeqCst);
                    out.fetch_sub(1, SeqCst);
                    drop(token);
                }
            });
        }
    });
    assert!(most.load(SeqCst) <= 3);
    assert_eq!(numbers(&limiter), (0, 0));
    assert!(limiter.statistics().peak <= 3);
}

struct Unpark(std::thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
