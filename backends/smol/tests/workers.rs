//! The worker threads: what they survive, and who they are.

use std::{
    panic::{self, AssertUnwindSafe},
    pin::{Pin, pin},
    sync::{Arc, Barrier, mpsc},
    task::{Context, Poll},
    time::Duration,
};

use anyrt_core::{Backend, Launch};
use anyrt_smol::{Smol, SmolRuntime};

const GRACE: Duration = Duration::from_secs(30);

#[test]
fn a_worker_survives_a_task_that_panics() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("a destructor of the test");
        }
    }
    struct PanicsTwice;
    impl Future for PanicsTwice {
        type Output = ();
        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            panic!("a task of the test");
        }
    }
    impl Drop for PanicsTwice {
        fn drop(&mut self) {
            panic!("a destructor of the test");
        }
    }
    let runtime = SmolRuntime::new(Some(1)).unwrap();
    let smol = runtime.backend();
    smol.spawn(async { panic!("a task of the test") }).unwrap();
    smol.spawn(PanicsTwice).unwrap();
    smol.spawn(async {
        let _panics = Panics;
    })
    .unwrap();
    smol.spawn_blocking(|| panic!("a job of the test")).unwrap();
    let (send, receive) = mpsc::channel();
    smol.spawn(async move { send.send(()).unwrap() }).unwrap();
    receive.recv_timeout(GRACE).unwrap();
    assert!(runtime.shutdown(GRACE));
}

#[test]
fn tasks_run_side_by_side_while_nobody_is_in_block_on() {
    let runtime = SmolRuntime::new(Some(3)).unwrap();
    assert!(runtime.backend().capabilities().parallel_tasks());
    let barrier = Arc::new(Barrier::new(3));
    let (send, receive) = mpsc::channel();
    for _ in 0..3 {
        let (barrier, send) = (Arc::clone(&barrier), send.clone());
        runtime
            .backend()
            .spawn(async move {
                barrier.wait();
                send.send(()).unwrap();
            })
            .unwrap();
    }
    for _ in 0..3 {
        receive.recv_timeout(GRACE).unwrap();
    }
}

#[test]
fn block_on_survives_a_panic_in_main() {
    let runtime = SmolRuntime::new(Some(1)).unwrap();
    let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(pin!(async { panic!("the main future of the test") }));
    }));
    assert!(panicked.is_err());
    assert!(!runtime.backend().on_runtime_thread());
    runtime.block_on(pin!(async {}));
}

#[test]
fn only_threads_that_drive_the_runtime_are_its_own() {
    let runtime = SmolRuntime::new(Some(1)).unwrap();
    let other = SmolRuntime::new(Some(1)).unwrap();
    let (smol, foreign) = (runtime.backend(), other.backend());
    assert!(!smol.on_runtime_thread());
    let (send, receive) = mpsc::channel();
    let (inside, outside, answer) = (smol.clone(), foreign.clone(), send.clone());
    smol.spawn(async move {
        answer
            .send((inside.on_runtime_thread(), outside.on_runtime_thread()))
            .unwrap();
    })
    .unwrap();
    assert_eq!(receive.recv(), Ok((true, false)));
    let job = smol.clone();
    smol.spawn_blocking(move || send.send((job.on_runtime_thread(), false)).unwrap())
        .unwrap();
    assert_eq!(receive.recv(), Ok((false, false)));
    runtime.block_on(pin!(async { assert!(smol.on_runtime_thread()) }));
}

#[test]
fn identities_tell_runtimes_apart() {
    let (one, two) = (
        SmolRuntime::new(Some(1)).unwrap(),
        SmolRuntime::new(Some(1)).unwrap(),
    );
    let ids = [one.backend().id(), two.backend().id(), Smol::global().id()];
    assert_eq!(one.backend().id(), ids[0]);
    assert_eq!(Smol::global().id(), ids[2]);
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
}

#[test]
fn the_global_executor_is_there_for_any_thread() {
    let (send, receive) = mpsc::channel();
    let job = send.clone();
    Smol::global()
        .spawn(async move { send.send("task").unwrap() })
        .unwrap();
    assert_eq!(receive.recv_timeout(GRACE), Ok("task"));
    Smol::global()
        .spawn_blocking(move || job.send("job").unwrap())
        .unwrap();
    assert_eq!(receive.recv_timeout(GRACE), Ok("job"));
    assert!(!Smol::global().capabilities().shutdown());
}
