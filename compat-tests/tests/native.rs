//! Facade futures in the hands of a native runtime: its `select!`, its timeouts, its tasks, its aborts.
#![cfg(any(feature = "tokio", feature = "smol", feature = "async-std"))]

use std::{future::Future, time::Duration};

use anyrt::{
    fail_after, move_on_after, scope, shield, sleep,
    task::{FirstError, TaskGroup, TryTaskGroup},
    task_group, to_thread, try_task_group, yield_now,
};
use anyrt_compat_tests::tools::{Defer, Gate, forever};

const SHORT: Duration = Duration::from_millis(1);
const LONG: Duration = Duration::from_secs(3600);

/// A library's function: no type parameter, no runtime, everything in it.
async fn work(name: &str) -> Result<usize, String> {
    let length = name.len();
    try_task_group(async |tg: TryTaskGroup<String>| {
        let doubled = tg.spawn_value(async move { Ok(to_thread(move || 2 * length).await) });
        tg.spawn(async {
            fail_after(LONG, sleep(SHORT))
                .await
                .map_err(|late| late.to_string())
        });
        shield(yield_now()).await;
        Ok(doubled.await.map_err(|ended| ended.to_string())? + name.len())
    })
    .await
    .first_err()
}

/// A group with a child that finishes a clean-up when it is cancelled, and what to wait for: that the group has begun, that
/// the body is dropped, that the clean-up is done.
fn watched() -> (impl Future<Output = ()> + Send + 'static, [Gate; 3]) {
    let gates = [Gate::new(), Gate::new(), Gate::new()];
    let [begun, dropped, cleaned] = gates.clone();
    let group = task_group(async move |tg: TaskGroup| {
        let _dropped = Defer(move || dropped.open());
        tg.spawn(async move {
            shield(async move {
                begun.open();
                sleep(SHORT).await;
                cleaned.open();
            })
            .await;
            forever().await;
        });
        forever().await;
    });
    (group, gates)
}

#[cfg(feature = "tokio")]
mod on_tokio {
    use tokio::{runtime::Builder, task::JoinSet, time};

    use super::*;

    /// On a runtime of each kind, that nobody has told of the facade.
    fn on_each<F: Future<Output = ()> + Send + 'static>(test: impl Fn() -> F) {
        for mut builder in [Builder::new_multi_thread(), Builder::new_current_thread()] {
            let runtime = builder.enable_all().build().expect("tokio starts");
            runtime.block_on(test());
        }
    }

    #[test]
    fn select_drops_the_loser_and_its_children() {
        on_each(async || {
            let (group, [begun, dropped, cleaned]) = watched();
            tokio::select! {
                () = group => unreachable!("it never ends"),
                () = begun.wait() => {}
            }
            assert!(dropped.is_open());
            cleaned.wait().await;
        });
    }

    #[test]
    fn select_goes_on_with_what_it_borrows() {
        on_each(async || {
            let mut steps = 0;
            let body = scope(async |_| {
                for _ in 0..3 {
                    yield_now().await;
                }
                7
            });
            tokio::pin!(body);
            let value = loop {
                tokio::select! {
                    biased;
                    value = &mut body => break value,
                    () = yield_now() => steps += 1,
                }
            };
            assert_eq!(value, Ok(7));
            assert!(steps > 0);
        });
    }

    #[test]
    fn a_native_timeout_drops_and_a_facade_timeout_reaches_native_code() {
        on_each(async || {
            let (group, [_, dropped, cleaned]) = watched();
            assert!(time::timeout(SHORT, group).await.is_err());
            assert!(dropped.is_open());
            cleaned.wait().await;
            assert!(fail_after(SHORT, time::sleep(LONG)).await.is_err());
            assert!(
                move_on_after(LONG, time::timeout(SHORT, sleep(LONG)))
                    .await
                    .unwrap()
                    .is_err()
            );
        });
    }

    #[test]
    fn an_abort_is_a_drop() {
        on_each(async || {
            let (group, [begun, dropped, cleaned]) = watched();
            let task = tokio::spawn(group);
            begun.wait().await;
            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
            assert!(dropped.is_open());
            cleaned.wait().await;
        });
    }

    #[test]
    fn native_tasks_run_library_code() {
        on_each(async || {
            let mut tasks = JoinSet::new();
            for name in ["a", "bc", "def"] {
                tasks.spawn(work(name));
            }
            let mut sum = 0;
            while let Some(value) = tasks.join_next().await {
                sum += value.unwrap().unwrap();
            }
            assert_eq!(sum, 18);
            assert_eq!(tokio::join!(work("a"), work("bc")), (Ok(3), Ok(6)));
        });
    }

    /// A run is refused there, and the text says what is true there and what to do.
    #[test]
    fn a_run_in_a_blocking_job_is_sent_to_a_portal() {
        on_each(async || {
            let refused = tokio::task::spawn_blocking(|| anyrt::Builder::new().run(async {}));
            let text = refused.await.unwrap().unwrap_err().to_string();
            assert!(text.contains("inside a tokio runtime"), "{text}");
            assert!(text.contains("`anyrt::thread::Portal`"), "{text}");
            assert!(!text.contains("would block"), "{text}");
        });
    }

    /// A panic in a group is the native task's.
    #[test]
    fn a_panic_ends_the_native_task() {
        on_each(async || {
            let task = tokio::spawn(task_group(async |tg: TaskGroup| {
                tg.spawn(async { panic!("on purpose") });
                forever().await;
            }));
            assert!(task.await.unwrap_err().is_panic());
        });
    }
}

#[cfg(feature = "smol")]
mod on_smol {
    use anyrt::runtime::{Around, Handle};

    use super::*;

    /// Where other backends are compiled in too, a program has to say that it lives in smol.
    fn inside<F: Future>(future: F) -> Around<F> {
        Handle::native("smol").unwrap().around(future)
    }

    #[test]
    fn a_race_drops_the_loser_and_its_children() {
        smol::block_on(inside(async {
            let (group, [begun, dropped, cleaned]) = watched();
            smol::future::or(group, begun.wait()).await;
            assert!(dropped.is_open());
            cleaned.wait().await;
        }));
    }

    #[test]
    fn a_cancelled_task_is_dropped() {
        smol::block_on(inside(async {
            let (group, [begun, dropped, cleaned]) = watched();
            let task = smol::spawn(inside(group));
            begun.wait().await;
            assert!(task.cancel().await.is_none());
            assert!(dropped.is_open());
            cleaned.wait().await;
        }));
    }

    #[test]
    fn native_tasks_run_library_code_and_native_timers_end_at_facade_deadlines() {
        smol::block_on(inside(async {
            let tasks = ["a", "bc", "def"].map(|name| smol::spawn(inside(work(name))));
            let mut sum = 0;
            for task in tasks {
                sum += task.await.unwrap();
            }
            assert_eq!(sum, 18);
            assert!(fail_after(SHORT, smol::Timer::after(LONG)).await.is_err());
        }));
    }
}

#[cfg(feature = "async-std")]
mod on_async_std {
    use async_std::{future, task};

    use super::*;

    #[test]
    fn a_native_timeout_drops_and_a_facade_timeout_reaches_native_code() {
        task::block_on(async {
            let (group, [_, dropped, cleaned]) = watched();
            assert!(future::timeout(SHORT, group).await.is_err());
            assert!(dropped.is_open());
            cleaned.wait().await;
            assert!(fail_after(SHORT, task::sleep(LONG)).await.is_err());
        });
    }

    #[test]
    fn native_tasks_run_library_code_and_are_cancelled() {
        task::block_on(async {
            let tasks = ["a", "bc", "def"].map(|name| task::spawn(work(name)));
            let mut sum = 0;
            for task in tasks {
                sum += task.await.unwrap();
            }
            assert_eq!(sum, 18);
            let (group, [begun, dropped, cleaned]) = watched();
            let task = task::spawn(group);
            begun.wait().await;
            assert!(task.cancel().await.is_none());
            assert!(dropped.is_open());
            cleaned.wait().await;
        });
    }
}
