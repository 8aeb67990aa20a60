//! Tests that the attribute makes, and a look at which they are.

use std::{
    cell::Cell,
    env,
    error::Error,
    process::{Command, ExitCode},
    rc::Rc,
    time::Duration,
};

use anyrt::{runtime::current_backend, sleep, task_group};

/// Documentation is no obstacle.
#[anyrt::test]
async fn plain() {
    let sum = task_group(async |tg| tg.spawn_value(async { 1 }).await.unwrap() + 1).await;
    assert_eq!(sum, 2);
}

#[anyrt::test]
async fn with_a_result() -> Result<(), std::num::ParseIntError> {
    sleep(Duration::from_millis(1)).await;
    let seven: u32 = "7".parse()?;
    assert_eq!(seven, 7);
    Ok(())
}

/// Neither the error nor the value can leave its thread.
#[anyrt::test]
async fn with_a_boxed_error() -> Result<(), Box<dyn Error>> {
    sleep(Duration::from_millis(1)).await;
    let seven: u32 = "7".parse()?;
    assert_eq!(seven, 7);
    Ok(())
}

#[anyrt::test]
async fn with_an_exit_code() -> ExitCode {
    sleep(Duration::from_millis(1)).await;
    ExitCode::SUCCESS
}

#[anyrt::test(seeds = 5, local)]
async fn with_both() -> Result<ExitCode, Box<dyn Error>> {
    sleep(Duration::from_millis(1)).await;
    Ok(ExitCode::SUCCESS)
}

/// Run by [`a_test_that_returns_a_failure_fails`].
#[anyrt::test]
#[ignore = "it fails, as it should"]
async fn failing_by_an_error() -> Result<(), Box<dyn Error>> {
    Err("an error on purpose")?
}

/// The same.
#[anyrt::test(seeds = 3)]
#[ignore = "it fails, as it should"]
async fn failing_by_a_code() -> ExitCode {
    ExitCode::from(3)
}

#[anyrt::test]
#[should_panic(expected = "on purpose")]
async fn panicking() {
    sleep(Duration::from_millis(1)).await;
    panic!("on purpose");
}

#[anyrt::test]
#[ignore = "to see that it is"]
async fn ignored() {
    panic!("it ran");
}

#[anyrt::test(local)]
async fn local() {
    let counter = Rc::new(Cell::new(0));
    sleep(Duration::from_millis(1)).await;
    counter.set(counter.get() + 1);
    assert_eq!(counter.get(), 1);
}

#[cfg(any(feature = "tokio", feature = "sim"))]
#[anyrt::test(backends = ["tokio", "sim"])]
async fn on_two() {
    assert!(["tokio", "sim"].contains(&current_backend()));
}

#[cfg(not(feature = "macros"))]
#[anyrt::test]
async fn configured_out() {}

#[anyrt::test(seeds = 20)]
async fn seeded() -> Result<(), String> {
    sleep(Duration::from_secs(if current_backend() == "sim" {
        3600
    } else {
        0
    }))
    .await;
    Ok(())
}

mod elsewhere {
    pub(crate) use ::anyrt as renamed;
}

#[anyrt::test(crate = "super::elsewhere::renamed")]
async fn renamed() {
    sleep(Duration::ZERO).await;
}

#[cfg(feature = "sim")]
mod on_sim {
    use std::{sync::Mutex, sync::PoisonError};

    use anyrt::{task_group, yield_now};

    /// Fails in some orders only; run by [`a_seed_that_fails_is_printed`](super::a_seed_that_fails_is_printed).
    #[anyrt::test(backends = ["sim"], seeds = 200)]
    #[ignore = "it fails, as it should"]
    async fn order() {
        let order = std::sync::Arc::new(Mutex::new(Vec::new()));
        task_group(async |tg| {
            for number in 0..3 {
                let order = order.clone();
                tg.spawn(async move {
                    yield_now().await;
                    let mut order = order.lock().unwrap_or_else(PoisonError::into_inner);
                    order.push(number);
                });
            }
        })
        .await;
        assert_ne!(*order.lock().unwrap(), [2, 1, 0]);
    }

    /// Run by [`every_seed_is_tried`](super::every_seed_is_tried).
    #[anyrt::test(backends = ["sim"], seeds = 20)]
    #[ignore = "it is counted how often it runs"]
    async fn counted() {
        println!("one more");
    }
}

#[cfg(feature = "sim")]
mod main_functions {
    use std::{cell::Cell, rc::Rc, time::Duration};

    use anyrt::{runtime::current_backend, sleep};

    #[anyrt::main(backend = "sim")]
    async fn started() -> Result<&'static str, std::num::ParseIntError> {
        let hours: u64 = "24".parse()?;
        sleep(Duration::from_secs(3600 * hours)).await;
        Ok(current_backend())
    }

    #[anyrt::main(backend = "sim", local)]
    async fn stays() -> u32 {
        let counter = Rc::new(Cell::new(0));
        sleep(Duration::from_millis(1)).await;
        counter.set(counter.get() + 1);
        counter.get()
    }

    #[cfg(feature = "smol")]
    #[anyrt::main(backend = "smol", worker_threads = 2)]
    async fn two_workers() -> &'static str {
        current_backend()
    }

    #[test]
    fn they_run_and_return() {
        assert_eq!(started(), Ok("sim"));
        assert_eq!(stays(), 1);
        #[cfg(feature = "smol")]
        assert_eq!(two_workers(), "smol");
    }
}

fn rerun(arguments: &[&str], seed: Option<&str>) -> String {
    let mut command = Command::new(env::current_exe().expect("the tests are a program"));
    command.args(arguments).env_remove("ANYRT_SIM_SEED");
    if let Some(seed) = seed {
        command.env("ANYRT_SIM_SEED", seed);
    }
    let output = command.output().expect("it runs");
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn there_is_a_test_for_each_backend_that_is_on() {
    let list = rerun(&["--list"], None);
    let backends = [
        ("tokio", cfg!(feature = "tokio")),
        ("smol", cfg!(feature = "smol")),
        ("async_std", cfg!(feature = "async-std")),
        ("sim", cfg!(feature = "sim")),
    ];
    for (backend, is_on) in backends {
        for name in ["plain", "with_a_result", "panicking", "ignored", "local"] {
            let line = format!("made::{name}::{backend}: test");
            assert_eq!(list.lines().any(|listed| listed == line), is_on, "{line}");
        }
        let line = format!("made::on_two::{backend}: test");
        let is_named = is_on && ["tokio", "sim"].contains(&backend);
        assert_eq!(
            list.lines().any(|listed| listed == line),
            is_named,
            "{line}"
        );
    }
    assert!(!list.contains("configured_out"));
}

#[test]
fn a_test_that_returns_a_failure_fails() {
    let on = ["tokio", "smol", "async-std", "sim"].map(|name| match name {
        "tokio" => cfg!(feature = "tokio"),
        "smol" => cfg!(feature = "smol"),
        "async-std" => cfg!(feature = "async-std"),
        _ => cfg!(feature = "sim"),
    });
    let count = on.into_iter().filter(|is_on| *is_on).count();
    let run = rerun(&["made::failing_by", "--ignored"], None);
    // libtest shows what was printed on the test's own thread.
    let texts = run.matches("Error: \"an error on purpose\"").count();
    assert_eq!(texts, count, "{run}");
    assert!(run.contains(&format!("{} failed", 2 * count)), "{run}");
}

#[test]
fn each_test_runs_on_its_backend() {
    // A test that is ignored fails when it is run all the same: the attribute kept it from that.
    let run = rerun(&["ignored", "--ignored"], None);
    assert!(run.contains("it ran"), "{run}");
    assert!(run.contains(" 0 passed"), "{run}");
}

#[cfg(feature = "sim")]
#[test]
fn a_seed_that_fails_is_printed() {
    let arguments = ["made::on_sim::order::sim", "--exact", "--ignored"];
    let run = rerun(&arguments, None);
    let seed = run
        .split_once("ANYRT_SIM_SEED=")
        .and_then(|(_, rest)| rest.split_whitespace().next())
        .unwrap_or_else(|| panic!("no seed in {run}"));
    assert!(run.contains("cargo test made::on_sim::order::sim"), "{run}");
    let again = rerun(&arguments, Some(seed));
    assert!(again.contains("1 failed"), "{again}");
}

#[cfg(feature = "sim")]
#[test]
fn every_seed_is_tried() {
    let arguments = [
        "made::on_sim::counted::sim",
        "--exact",
        "--ignored",
        "--nocapture",
    ];
    for (seed, times) in [(None, 20), (Some("3"), 1)] {
        let run = rerun(&arguments, seed);
        assert_eq!(run.matches("one more").count(), times, "{run}");
    }
}
