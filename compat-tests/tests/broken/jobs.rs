//! Blocking jobs handled wrongly.

use std::{
    io,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    task::{Context, Poll},
};

use anyrt_core::Backend;
use anyrt_smol::Smol;

use crate::{
    assert_caught,
    wrapper::{Fault, Job},
};

struct DropsTheFortyFirst(AtomicUsize);

impl Fault for DropsTheFortyFirst {
    const NAME: &'static str = "the 41st job is dropped";

    fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    fn spawn_blocking(&self, smol: &Smol, job: Job) -> io::Result<()> {
        if self.0.fetch_add(1, SeqCst) == 40 {
            return Ok(());
        }
        smol.spawn_blocking(job)
    }
}

struct RunsOnWorkers;

impl Fault for RunsOnWorkers {
    const NAME: &'static str = "jobs run on the threads that poll tasks";

    fn new() -> Self {
        Self
    }

    fn spawn_blocking(&self, smol: &Smol, job: Job) -> io::Result<()> {
        smol.spawn(async move { job() }).map_err(io::Error::from)
    }
}

struct TwoAtOnce;

impl Fault for TwoAtOnce {
    const NAME: &'static str = "at most two jobs run at once";

    fn new() -> Self {
        Self
    }

    fn spawn_blocking(&self, smol: &Smol, job: Job) -> io::Result<()> {
        static RUNNING: std::sync::Mutex<usize> = std::sync::Mutex::new(0);
        static FREE: std::sync::Condvar = std::sync::Condvar::new();
        smol.spawn_blocking(move || {
            let running = RUNNING.lock().unwrap();
            *FREE.wait_while(running, |running| *running == 2).unwrap() += 1;
            job();
            *RUNNING.lock().unwrap() -= 1;
            FREE.notify_one();
        })
    }
}

struct GivesUp;

impl Fault for GivesUp {
    const NAME: &'static str = "a thread that waits goes on after its first wake";

    fn new() -> Self {
        Self
    }

    fn block_until(&self, smol: &Smol, poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>) {
        let mut polls = 0;
        smol.block_until(&mut |cx| {
            polls += 1;
            match poll(cx) {
                Poll::Pending if polls < 2 => Poll::Pending,
                _ => Poll::Ready(()),
            }
        });
    }
}

#[test]
fn a_wait_that_gives_up_is_caught() {
    assert_caught::<GivesUp>("k068_a_foreign_thread_waits");
}

#[test]
fn a_dropped_job_is_caught() {
    assert_caught::<DropsTheFortyFirst>("k060_every_job_runs_exactly_once");
}

#[test]
fn a_dropped_job_is_caught_through_the_facade() {
    assert_caught::<DropsTheFortyFirst>("h011_no_call_is_lost");
}

#[test]
fn a_job_on_the_wrong_thread_is_caught() {
    assert_caught::<RunsOnWorkers>("k061_a_job_runs_off_the_runtimes_threads");
}

#[test]
fn a_pool_that_does_not_grow_is_caught() {
    assert_caught::<TwoAtOnce>("k064_jobs_that_wait_for_each_other_all_run");
}
