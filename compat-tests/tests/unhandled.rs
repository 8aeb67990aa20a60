//! Orphans where there is no group and no run around: what they lose reaches the hook.
#![cfg(feature = "tokio")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use anyrt::{debug::on_unhandled_error, shield, task::TryTaskGroup, try_task_group};
use anyrt_compat_tests::tools::Gate;

/// Panics that are no test's failure.
const SPILLED: &str = "spilled";

#[test]
fn errors_and_panics_of_orphans_in_a_foreign_runtime_reach_the_hook() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let told = heard.clone();
    on_unhandled_error(move |lost| {
        let text = lost.to_string();
        let what = match lost.error.downcast_ref::<&str>() {
            Some(&text) => text,
            None => "another",
        };
        told.lock().unwrap().push((what, lost.type_name, text));
    });
    let native = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    native.block_on(async {
        let (inside, release) = (Gate::new(), Gate::new());
        let gone = [Gate::new(), Gate::new()];
        let (opened, go, ends) = (inside.clone(), release.clone(), gone.clone());
        let group = try_task_group(async move |tg: TryTaskGroup<&'static str>| {
            let [first, second] = ends;
            let until = go.clone();
            tg.spawn(async move {
                shield(until.wait()).await;
                first.open();
                Err("error")
            });
            tg.spawn(async move {
                shield(async {
                    opened.open();
                    go.wait().await;
                })
                .await;
                second.open();
                std::panic::panic_any(SPILLED)
            });
            std::future::pending::<()>().await;
            Ok(())
        });
        // A native timeout drops the group: it can not wait for anything.
        let task = tokio::spawn(group);
        inside.wait().await;
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        release.open();
        for gate in &gone {
            gate.wait().await;
        }
    });
    // Waits for the tasks that are still at it.
    native.shutdown_timeout(Duration::from_secs(60));
    let mut heard = heard.lock().unwrap().clone();
    heard.sort_unstable();
    assert_eq!(heard.len(), 2, "{heard:?}");
    assert_eq!(heard[0].0, "error");
    assert_eq!(heard[0].1, Some("&str"));
    assert!(heard[0].2.contains("unhandled.rs"), "{}", heard[0].2);
    assert_eq!((heard[1].0, heard[1].1), (SPILLED, None));
}
