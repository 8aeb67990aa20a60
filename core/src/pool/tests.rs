//! Each test has a pool of its own, and starts its threads through a hook that counts them.

use std::{
    collections::HashSet,
    io,
    panic::panic_any,
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    thread::{self, ThreadId},
    time::Duration,
};

use super::{Job, Pool};

const LONG: Duration = Duration::from_secs(60);

/// A pool and what happened to its threads.
struct Watched {
    pool: Arc<Pool>,
    started: Arc<AtomicUsize>,
    refuse: Arc<AtomicBool>,
    ended: mpsc::Receiver<()>,
}

fn watched(most_threads: usize, patience: Duration) -> Watched {
    let started = Arc::new(AtomicUsize::new(0));
    let refuse = Arc::new(AtomicBool::new(false));
    let (sender, ended) = mpsc::channel();
    let (counter, refusal) = (Arc::clone(&started), Arc::clone(&refuse));
    let pool = Pool::new(most_threads, patience, move |work| {
        if refusal.load(SeqCst) {
            return Err(io::Error::from(io::ErrorKind::WouldBlock));
        }
        counter.fetch_add(1, SeqCst);
        let sender = sender.clone();
        thread::Builder::new()
            .spawn(move || {
                work();
                let _ = sender.send(());
            })
            .map(drop)
    });
    Watched {
        pool,
        started,
        refuse,
        ended,
    }
}

impl Watched {
    fn run(&self, job: impl FnOnce() + Send + 'static) {
        self.pool.run(Box::new(job)).unwrap();
    }

    fn started(&self) -> usize {
        self.started.load(SeqCst)
    }

    /// Runs a job and returns once its thread is asleep again.
    fn run_to_the_end(&self) -> ThreadId {
        let (sender, receiver) = mpsc::channel();
        self.run(move || sender.send(thread::current().id()).unwrap());
        let thread = receiver.recv().unwrap();
        self.all_asleep();
        thread
    }

    fn all_asleep(&self) {
        loop {
            let state = self.pool.lock();
            if state.queue.is_empty() && state.asleep.len() == state.threads {
                return;
            }
            drop(state);
            thread::yield_now();
        }
    }
}

#[test]
fn jobs_one_after_the_other_share_a_thread() {
    let watched = watched(512, LONG);
    let threads: HashSet<ThreadId> = (0..5).map(|_| watched.run_to_the_end()).collect();
    assert_eq!((threads.len(), watched.started()), (1, 1));
}

#[test]
fn threads_of_the_process_wide_pool_have_a_name() {
    let (sender, receiver) = mpsc::channel();
    super::run(Box::new(move || {
        let name = thread::current().name().map(str::to_owned);
        sender.send(name).unwrap();
    }))
    .unwrap();
    assert_eq!(receiver.recv().unwrap().as_deref(), Some("anyrt-blocking"));
}

#[test]
fn jobs_that_wait_for_each_other_all_get_a_thread() {
    let watched = watched(512, LONG);
    for _ in 0..2 {
        // The second round finds ten threads asleep and starts no more.
        let barrier = Arc::new(Barrier::new(10));
        let (sender, receiver) = mpsc::channel();
        for _ in 0..10 {
            let (barrier, sender) = (Arc::clone(&barrier), sender.clone());
            watched.run(move || {
                barrier.wait();
                sender.send(thread::current().id()).unwrap();
            });
        }
        drop(sender);
        let threads: HashSet<ThreadId> = receiver.iter().collect();
        assert_eq!((threads.len(), watched.started()), (10, 10));
        watched.all_asleep();
    }
    watched.run_to_the_end();
    assert_eq!(watched.started(), 10);
}

#[test]
fn one_sleeping_thread_is_not_counted_on_by_two_jobs() {
    let watched = watched(512, LONG);
    for _ in 0..200 {
        watched.run_to_the_end();
        let (to_second, from_first) = mpsc::channel();
        let (to_first, from_second) = mpsc::channel();
        let (sender, receiver) = mpsc::channel();
        watched.run(move || {
            to_second.send(()).unwrap();
            sender.send(from_second.recv()).unwrap();
        });
        watched.run(move || {
            from_first.recv().unwrap();
            to_first.send(()).unwrap();
        });
        receiver.recv().unwrap().unwrap();
        watched.all_asleep();
    }
    assert_eq!(watched.started(), 2);
}

#[test]
fn the_thread_that_slept_last_is_woken_first() {
    let watched = watched(512, LONG);
    let barrier = Arc::new(Barrier::new(3));
    for _ in 0..2 {
        let barrier = Arc::clone(&barrier);
        watched.run(move || {
            barrier.wait();
        });
    }
    barrier.wait();
    watched.all_asleep();
    let warmest = watched.run_to_the_end();
    for _ in 0..5 {
        assert_eq!(watched.run_to_the_end(), warmest);
    }
}

#[test]
fn a_panic_ends_the_job_and_nothing_else() {
    struct PanicsOnDrop;
    impl Drop for PanicsOnDrop {
        fn drop(&mut self) {
            panic!("planned: the payload's destructor");
        }
    }

    let watched = watched(512, LONG);
    let before = watched.run_to_the_end();
    watched.run(|| panic!("planned: the job"));
    watched.all_asleep();
    watched.run(|| panic_any(PanicsOnDrop));
    watched.all_asleep();
    assert_eq!(watched.run_to_the_end(), before);
    assert_eq!(watched.pool.lock().threads, 1);
}

/// Counts its drops; a job that owns one and has run has dropped it too.
struct Dropped(Arc<AtomicUsize>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

#[test]
fn without_any_thread_a_failed_start_is_an_error_and_the_job_is_dropped() {
    let watched = watched(512, LONG);
    watched.refuse.store(true, SeqCst);
    let (ran, dropped) = (Arc::new(AtomicBool::new(false)), Arc::default());
    let job: Job = {
        let (ran, dropped) = (Arc::clone(&ran), Dropped(Arc::clone(&dropped)));
        Box::new(move || {
            drop(dropped);
            ran.store(true, SeqCst);
        })
    };
    let error = watched.pool.run(job).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    assert_eq!(dropped.load(SeqCst), 1);

    watched.refuse.store(false, SeqCst);
    watched.run_to_the_end();
    assert!(!ran.load(SeqCst));
    assert_eq!(dropped.load(SeqCst), 1);
}

#[test]
fn with_a_thread_a_failed_start_makes_the_job_wait_for_it() {
    let watched = watched(512, LONG);
    let (release, blocked) = mpsc::channel::<()>();
    let (sender, receiver) = mpsc::channel();
    let busy = sender.clone();
    watched.run(move || {
        busy.send(thread::current().id()).unwrap();
        blocked.recv().unwrap();
    });
    let thread = receiver.recv().unwrap();

    watched.refuse.store(true, SeqCst);
    for _ in 0..3 {
        let sender = sender.clone();
        watched.run(move || sender.send(thread::current().id()).unwrap());
    }
    assert!(receiver.try_recv().is_err());
    release.send(()).unwrap();
    drop(sender);
    let threads: Vec<ThreadId> = receiver.iter().collect();
    assert_eq!(threads, [thread; 3]);
}

#[test]
fn starting_threads_is_tried_again_with_the_next_job() {
    let watched = watched(512, LONG);
    let (release, blocked) = mpsc::channel::<()>();
    let (sender, receiver) = mpsc::channel();
    let busy = sender.clone();
    watched.run(move || {
        busy.send("busy").unwrap();
        blocked.recv().unwrap();
    });
    assert_eq!(receiver.recv().unwrap(), "busy");

    watched.refuse.store(true, SeqCst);
    let (first, second) = (sender.clone(), sender);
    watched.run(move || first.send("late").unwrap());
    watched.refuse.store(false, SeqCst);
    watched.run(move || second.send("late").unwrap());
    assert_eq!(receiver.recv().unwrap(), "late");
    assert_eq!(receiver.recv().unwrap(), "late");
    release.send(()).unwrap();
}

#[test]
fn above_the_cap_jobs_wait_and_start_in_order() {
    let watched = watched(2, LONG);
    let barrier = Arc::new(Barrier::new(3));
    for _ in 0..2 {
        let barrier = Arc::clone(&barrier);
        watched.run(move || {
            barrier.wait();
            barrier.wait();
        });
    }
    barrier.wait();
    let (sender, receiver) = mpsc::channel();
    for number in 0..5 {
        let sender = sender.clone();
        watched.run(move || sender.send(number).unwrap());
    }
    assert_eq!(watched.pool.lock().queue.len(), 5);
    barrier.wait();
    drop(sender);
    let mut ran: Vec<i32> = receiver.iter().collect();
    ran.sort_unstable();
    assert_eq!(ran, [0, 1, 2, 3, 4]);
    assert_eq!(watched.started(), 2);
}

#[test]
fn a_thread_without_work_ends_and_the_next_job_gets_a_new_one() {
    let watched = watched(512, Duration::from_millis(1));
    for round in 1..=3 {
        let (sender, receiver) = mpsc::channel();
        watched.run(move || sender.send(()).unwrap());
        receiver.recv().unwrap();
        watched.ended.recv().unwrap();
        assert_eq!(watched.pool.lock().threads, 0);
        assert_eq!(watched.started(), round);
    }
}

/// Threads that lose patience all the time, against jobs that keep coming: none is lost, none runs twice.
#[test]
fn each_job_runs_once_under_contention() {
    const JOBS: usize = 1000;
    let watched = watched(8, Duration::from_micros(50));
    let ran: Arc<Vec<AtomicUsize>> = Arc::new((0..4 * JOBS).map(|_| AtomicUsize::new(0)).collect());
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for submitter in 0..4 {
            let (watched, ran, sender) = (&watched.pool, &ran, sender.clone());
            scope.spawn(move || {
                for number in 0..JOBS {
                    let (ran, sender) = (Arc::clone(ran), sender.clone());
                    let job: Job = Box::new(move || {
                        ran[submitter * JOBS + number].fetch_add(1, SeqCst);
                        sender.send(()).unwrap();
                    });
                    watched.run(job).unwrap();
                }
            });
        }
    });
    drop(sender);
    assert_eq!(receiver.iter().count(), 4 * JOBS);
    assert!(ran.iter().all(|ran| ran.load(SeqCst) == 1));
}
