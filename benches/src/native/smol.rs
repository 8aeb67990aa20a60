//! On smol: an executor of the program's own, with threads that run it. Everything but [`spawn_from_main`]
//! runs inside a task.

use std::{
    future::{Future, pending},
    hint::black_box,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use smol::{
    Executor, Task, Timer, block_on, channel,
    future::{or, yield_now},
    lock::Semaphore,
    unblock,
};

use crate::{
    case::Setting,
    work::{
        AT_ONCE, JOBS, LONG, Ready, Sample, Start, Stuck, nap, poll_often, poll_once, suspend,
        timed,
    },
};

type Shared = Arc<Executor<'static>>;

/// Runs the executor on `workers` threads while `f` runs on this one.
fn with_workers<R>(setting: Setting, f: impl FnOnce(&Shared) -> R) -> R {
    let executor = Shared::default();
    let (stop, stopped) = channel::bounded::<()>(1);
    thread::scope(|threads| {
        for _ in 0..setting.workers {
            threads.spawn(|| block_on(executor.run(stopped.recv())));
        }
        let outcome = f(&executor);
        drop(stop);
        outcome
    })
}

/// Runs `work` as a task.
pub(super) fn run<Fut>(setting: Setting, work: impl FnOnce(Shared) -> Fut) -> Sample
where
    Fut: Future<Output = Sample> + Send + 'static,
{
    with_workers(setting, |executor| {
        block_on(executor.spawn(work(Arc::clone(executor))))
    })
}

async fn spawn_and_join(executor: &Shared, n: usize) {
    for _ in 0..n {
        executor.spawn(async {}).await;
    }
}

pub(crate) fn spawn(setting: Setting, n: usize) -> Sample {
    run(setting, |executor| async move {
        timed(spawn_and_join(&executor, n)).await
    })
}

pub(crate) fn spawn_from_main(setting: Setting, n: usize) -> Sample {
    with_workers(setting, |executor| {
        block_on(timed(spawn_and_join(executor, n)))
    })
}

pub(crate) fn fan_out(setting: Setting, n: usize) -> Sample {
    run(setting, |executor| {
        timed(async move {
            for _ in 0..n / 1000 {
                let tasks: Vec<_> = (0..1000).map(|_| executor.spawn(async {})).collect();
                for task in tasks {
                    task.await;
                }
            }
        })
    })
}

pub(crate) fn timeout_ready(setting: Setting, n: usize) -> Sample {
    run(setting, |_| {
        timed(async move {
            for _ in 0..n {
                let _ = black_box(timeout(Ready).await);
            }
        })
    })
}

pub(crate) fn timeout_yield(setting: Setting, n: usize) -> Sample {
    run(setting, |_| {
        timed(async move {
            for _ in 0..n {
                let _ = black_box(timeout(yield_now()).await);
            }
        })
    })
}

/// The idiom of smol's own documentation.
async fn timeout<T>(body: impl Future<Output = T>) -> Option<T> {
    or(async { Some(body.await) }, async {
        Timer::after(LONG).await;
        None
    })
    .await
}

/// No timeout at all: what the body alone takes.
pub(crate) fn ready(setting: Setting, n: usize) -> Sample {
    run(setting, |_| {
        timed(async move {
            for _ in 0..n {
                let _ = black_box(Ready.await);
            }
        })
    })
}

pub(crate) fn poll_bare(setting: Setting, n: usize) -> Sample {
    run(setting, |_| {
        timed(async move {
            let mut body = pin!(Stuck);
            poll_often(body.as_mut(), n).await;
        })
    })
}

pub(crate) fn poll_task(setting: Setting, n: usize) -> Sample {
    run(setting, |executor| {
        timed(async move { executor.spawn(suspend(n)).await })
    })
}

pub(crate) fn sleep_unpolled(setting: Setting, n: usize) -> Sample {
    run(setting, |_| {
        timed(async move {
            for _ in 0..n {
                drop(black_box(Timer::after(LONG)));
            }
        })
    })
}

pub(crate) fn sleep_registered(setting: Setting, n: usize) -> Sample {
    run(setting, |_| {
        timed(async move {
            for _ in 0..n {
                poll_once(pin!(Timer::after(LONG))).await;
            }
        })
    })
}

pub(crate) fn sleeps(setting: Setting, n: usize) -> Sample {
    run(setting, |executor| {
        timed(async move {
            let tasks: Vec<_> = (0..n)
                .map(|number| executor.spawn(async move { Timer::after(nap(number)).await }))
                .collect();
            for task in tasks {
                task.await;
            }
        })
    })
}

pub(crate) fn thread_in_turn(setting: Setting, n: usize) -> Sample {
    run(setting, |_| {
        timed(async move {
            for _ in 0..n {
                unblock(|| ()).await;
            }
        })
    })
}

pub(crate) fn thread_at_once(setting: Setting, n: usize) -> Sample {
    run(setting, |_| {
        timed(async move {
            for _ in 0..n / 64 {
                let jobs: Vec<_> = (0..64).map(|_| unblock(|| ())).collect();
                for job in jobs {
                    job.await;
                }
            }
        })
    })
}

/// Spawns `n` tasks that stay pending, and hands each to `keep`; returns when all are pending.
async fn crowd(executor: &Shared, n: usize, mut keep: impl FnMut(Task<()>)) {
    let idle = Arc::new(AtomicUsize::new(0));
    for _ in 0..n {
        let idle = Arc::clone(&idle);
        keep(executor.spawn(async move {
            idle.fetch_add(1, Ordering::AcqRel);
            drop(idle);
            pending().await
        }));
    }
    while idle.load(Ordering::Acquire) < n {
        yield_now().await;
    }
}

/// The memory of `n` tasks that wait, and nobody has a handle on: what one task is at least.
pub(crate) fn idle(setting: Setting, n: usize) -> Sample {
    run(setting, |executor| async move {
        let start = Start::now();
        crowd(&executor, n, Task::detach).await;
        start.sample()
    })
}

pub(crate) fn spawn_all(setting: Setting, n: usize) -> Sample {
    run(setting, |executor| async move {
        let mut tasks = Vec::new();
        let start = Start::now();
        crowd(&executor, n, |task| tasks.push(task)).await;
        start.sample()
    })
}

pub(crate) fn cancel_all(setting: Setting, n: usize) -> Sample {
    run(setting, |executor| async move {
        let mut tasks = Vec::new();
        crowd(&executor, n, |task| tasks.push(task)).await;
        let start = Start::now();
        for task in tasks {
            task.cancel().await;
        }
        start.sample()
    })
}

pub(crate) fn join_all(setting: Setting, n: usize) -> Sample {
    run(setting, |executor| {
        timed(async move {
            let tasks: Vec<_> = (0..n).map(|_| executor.spawn(async {})).collect();
            for task in tasks {
                task.await;
            }
        })
    })
}

/// All jobs are spawned, and wait for their turn.
pub(crate) fn few_at_once(setting: Setting, n: usize) -> Sample {
    run(setting, |executor| {
        timed(async move {
            for _ in 0..n / JOBS {
                let turns = Arc::new(Semaphore::new(AT_ONCE));
                let tasks: Vec<_> = (0..JOBS)
                    .map(|job| {
                        let turns = Arc::clone(&turns);
                        executor.spawn(async move {
                            let _turn = turns.acquire().await;
                            black_box(job);
                        })
                    })
                    .collect();
                for task in tasks {
                    task.await;
                }
            }
        })
    })
}
