//! The facade's side of the rows: the same code for every runtime.

pub(crate) mod channels;
pub(crate) mod locks;

use std::{
    future::{Future, pending},
    hint::black_box,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use anyrt::{
    Builder, fail_after, scope, sleep, task::for_each_concurrent, task_group, to_thread, yield_now,
};

use crate::{
    case::{Runtime, Setting},
    work::{
        AT_ONCE, JOBS, LONG, Ready, Sample, Start, Stuck, nap, poll_often, poll_once, suspend,
        timed,
    },
};

/// Runs `work` as the main future of a run.
pub(crate) fn run(setting: Setting, work: impl Future<Output = Sample> + Send + 'static) -> Sample {
    let builder = match setting.runtime {
        Runtime::Tokio => Builder::new()
            .backend("tokio")
            .worker_threads(setting.workers),
        Runtime::TokioCurrentThread => Builder::new().backend("tokio").current_thread(),
        Runtime::Smol => Builder::new()
            .backend("smol")
            .worker_threads(setting.workers),
    };
    builder.run(work).expect("the run starts and ends")
}

async fn spawn_and_join(n: usize) -> Sample {
    timed(task_group(async |tg| {
        for _ in 0..n {
            tg.spawn(async {}).await.expect("the child returns");
        }
    }))
    .await
}

pub(crate) fn spawn(setting: Setting, n: usize) -> Sample {
    run(setting, async move {
        task_group(async |tg| {
            tg.spawn_value(spawn_and_join(n))
                .await
                .expect("the child returns")
        })
        .await
    })
}

pub(crate) fn spawn_from_main(setting: Setting, n: usize) -> Sample {
    run(setting, spawn_and_join(n))
}

pub(crate) fn fan_out(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            for _ in 0..n / 1000 {
                task_group(async |tg| {
                    for _ in 0..1000 {
                        tg.spawn(async {});
                    }
                })
                .await;
            }
        }),
    )
}

pub(crate) fn timeout_ready(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            for _ in 0..n {
                let _ = black_box(fail_after(LONG, Ready).await);
            }
        }),
    )
}

pub(crate) fn timeout_tokio_yield(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            for _ in 0..n {
                let _ = black_box(fail_after(LONG, tokio::task::yield_now()).await);
            }
        }),
    )
}

pub(crate) fn timeout_smol_yield(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            for _ in 0..n {
                let _ = black_box(fail_after(LONG, smol::future::yield_now()).await);
            }
        }),
    )
}

pub(crate) fn poll_scope(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            let mut body = pin!(scope(async |_| Stuck.await));
            poll_often(body.as_mut(), n).await;
        }),
    )
}

pub(crate) fn poll_child(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            task_group(async |tg| {
                tg.spawn(suspend(n));
            })
            .await;
        }),
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
        timed(task_group(async move |tg| {
            for number in 0..n {
                tg.spawn(sleep(nap(number)));
            }
        })),
    )
}

pub(crate) fn thread_in_turn(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            for _ in 0..n {
                to_thread(|| ()).await;
            }
        }),
    )
}

pub(crate) fn thread_at_once(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            for _ in 0..n / 64 {
                task_group(async |tg| {
                    for _ in 0..64 {
                        tg.spawn(to_thread(|| ()));
                    }
                })
                .await;
            }
        }),
    )
}

/// Spawns `n` children that stay pending; returns when all are.
async fn crowd(tg: &anyrt::task::TaskGroup, n: usize) {
    let idle = Arc::new(AtomicUsize::new(0));
    for _ in 0..n {
        let idle = Arc::clone(&idle);
        tg.spawn(async move {
            idle.fetch_add(1, Ordering::AcqRel);
            drop(idle);
            pending().await
        });
    }
    while idle.load(Ordering::Acquire) < n {
        yield_now().await;
    }
}

/// The memory and the time of `n` children that wait.
pub(crate) fn idle(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        task_group(async move |tg| {
            let start = Start::now();
            crowd(&tg, n).await;
            let sample = start.sample();
            tg.cancel();
            sample
        }),
    )
}

/// The time that cancelling `n` waiting children takes, until the last one is gone.
pub(crate) fn cancel_all(setting: Setting, n: usize) -> Sample {
    run(setting, async move {
        task_group(async move |tg| {
            crowd(&tg, n).await;
            let start = Start::now();
            tg.cancel();
            start
        })
        .await
        .sample()
    })
}

/// The time from the first spawn to the last end of `n` children that return at once.
pub(crate) fn join_all(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(task_group(async move |tg| {
            for _ in 0..n {
                tg.spawn(async {});
            }
        })),
    )
}

/// Jobs are admitted before they begin.
pub(crate) fn few_at_once(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            for _ in 0..n / JOBS {
                for_each_concurrent(0..JOBS, AT_ONCE, async |job| {
                    black_box(job);
                })
                .await;
            }
        }),
    )
}
