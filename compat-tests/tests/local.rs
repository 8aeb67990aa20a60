//! A local run polls everything on the calling thread, on every backend that can (rule R9).

use std::{thread, time::Duration};

use anyrt::{Builder, RunError, sleep, task_group};

#[test]
fn tasks_of_a_local_run_are_on_the_calling_thread() {
    for backend in ["tokio", "smol", "sim"] {
        let here = thread::current().id();
        let run = Builder::new().backend(backend).run_local(async {
            task_group(async |tg| {
                let children = [(); 4].map(|()| {
                    tg.spawn_value(async {
                        sleep(Duration::from_millis(1)).await;
                        thread::current().id()
                    })
                });
                for child in children {
                    assert_eq!(child.await, Ok(here), "{backend}");
                }
            })
            .await;
            thread::current().id()
        });
        assert_eq!(run.unwrap(), here, "{backend}");
    }
}

#[test]
fn on_async_std_main_stays_here() {
    let here = thread::current().id();
    let run = Builder::new().backend("async-std").run_local(async {
        sleep(Duration::from_millis(1)).await;
        thread::current().id()
    });
    assert_eq!(run.unwrap(), here);
}

#[test]
fn a_number_of_workers_is_refused() {
    let run = Builder::new()
        .backend("tokio")
        .worker_threads(2)
        .run_local(async {});
    assert!(matches!(run, Err(RunError::LocalWorkers)));
    assert!(run.unwrap_err().to_string().contains("worker_threads"));
}
