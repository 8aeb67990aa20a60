//! On tokio, of either kind. Everything but [`spawn_from_main`] runs inside a task, as it would in a server.

use std::{
    future::{Future, pending},
    hint::black_box,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    runtime::{Builder, Runtime as Native},
    spawn as spawn_task,
    sync::Semaphore,
    task::{JoinSet, spawn_blocking, yield_now},
    time::{sleep, timeout},
};

use crate::{
    case::{Runtime, Setting},
    work::{
        AT_ONCE, JOBS, LONG, Ready, Sample, Start, Stuck, nap, poll_often, poll_once, suspend,
        timed,
    },
};

fn start(setting: Setting) -> Native {
    let mut builder = match setting.runtime {
        Runtime::TokioCurrentThread => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    let built = builder.worker_threads(setting.workers).enable_all().build();
    built.expect("tokio starts")
}

/// Runs `work` as a task.
pub(super) fn run(setting: Setting, work: impl Future<Output = Sample> + Send + 'static) -> Sample {
    let runtime = start(setting);
    runtime.block_on(async { spawn_task(work).await.expect("the task returns") })
}

async fn spawn_and_join(n: usize) {
    for _ in 0..n {
        spawn_task(async {}).await.expect("the task returns");
    }
}

pub(crate) fn spawn(setting: Setting, n: usize) -> Sample {
    run(setting, timed(spawn_and_join(n)))
}

pub(crate) fn spawn_from_main(setting: Setting, n: usize) -> Sample {
    start(setting).block_on(timed(spawn_and_join(n)))
}

pub(crate) fn fan_out(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            for _ in 0..n / 1000 {
                let mut set = JoinSet::new();
                for _ in 0..1000 {
                    set.spawn(async {});
                }
                while set.join_next().await.is_some() {}
            }
        }),
    )
}

pub(crate) fn timeout_ready(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            for _ in 0..n {
                let _ = black_box(timeout(LONG, Ready).await);
            }
        }),
    )
}

pub(crate) fn timeout_yield(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            for _ in 0..n {
                let _ = black_box(timeout(LONG, yield_now()).await);
            }
        }),
    )
}

pub(crate) fn poll_bare(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            let mut body = pin!(Stuck);
            poll_often(body.as_mut(), n).await;
        }),
    )
}

pub(crate) fn poll_task(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move { spawn_task(suspend(n)).await.expect("the task returns") }),
    )
}

pub(crate) fn sleep_unpolled(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            for _ in 0..n {
                drop(black_box(sleep(LONG)));
            }
        }),
    )
}

pub(crate) fn sleep_registered(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            for _ in 0..n {
                poll_once(pin!(sleep(LONG))).await;
            }
        }),
    )
}

pub(crate) fn sleeps(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            let mut set = JoinSet::new();
            for number in 0..n {
                set.spawn(sleep(nap(number)));
            }
            while set.join_next().await.is_some() {}
        }),
    )
}

pub(crate) fn thread_in_turn(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            for _ in 0..n {
                spawn_blocking(|| ()).await.expect("the job returns");
            }
        }),
    )
}

pub(crate) fn thread_at_once(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            for _ in 0..n / 64 {
                let jobs: Vec<_> = (0..64).map(|_| spawn_blocking(|| ())).collect();
                for job in jobs {
                    job.await.expect("the job returns");
                }
            }
        }),
    )
}

/// Spawns `n` tasks that stay pending; returns when all are.
async fn crowd(n: usize) -> JoinSet<()> {
    let idle = Arc::new(AtomicUsize::new(0));
    let mut set = JoinSet::new();
    for _ in 0..n {
        let idle = Arc::clone(&idle);
        set.spawn(async move {
            idle.fetch_add(1, Ordering::AcqRel);
            drop(idle);
            pending().await
        });
    }
    while idle.load(Ordering::Acquire) < n {
        yield_now().await;
    }
    set
}

/// The memory of `n` tasks that wait, and nobody has a handle on: what one task is at least.
pub(crate) fn idle(setting: Setting, n: usize) -> Sample {
    run(setting, async move {
        let start = Start::now();
        let idle = Arc::new(AtomicUsize::new(0));
        for _ in 0..n {
            let idle = Arc::clone(&idle);
            drop(spawn_task(async move {
                idle.fetch_add(1, Ordering::AcqRel);
                drop(idle);
                pending::<()>().await;
            }));
        }
        while idle.load(Ordering::Acquire) < n {
            yield_now().await;
        }
        start.sample()
    })
}

pub(crate) fn spawn_all(setting: Setting, n: usize) -> Sample {
    run(setting, async move {
        let start = Start::now();
        let _set = crowd(n).await;
        start.sample()
    })
}

pub(crate) fn cancel_all(setting: Setting, n: usize) -> Sample {
    run(setting, async move {
        let mut set = crowd(n).await;
        let start = Start::now();
        set.shutdown().await;
        start.sample()
    })
}

pub(crate) fn join_all(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            let mut set = JoinSet::new();
            for _ in 0..n {
                set.spawn(async {});
            }
            while set.join_next().await.is_some() {}
        }),
    )
}

/// All jobs are spawned, and wait for their turn.
pub(crate) fn few_at_once(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            for _ in 0..n / JOBS {
                let turns = Arc::new(Semaphore::new(AT_ONCE));
                let mut set = JoinSet::new();
                for job in 0..JOBS {
                    let turns = Arc::clone(&turns);
                    set.spawn(async move {
                        let _turn = turns.acquire().await.expect("it is open");
                        black_box(job);
                    });
                }
                while set.join_next().await.is_some() {}
            }
        }),
    )
}
