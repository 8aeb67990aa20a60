//! What `#[anyrt::main]` returns ends the process as it does in a program without anyrt.
//!
//! Without arguments this program runs itself, once for each result and backend, and each must print what std's own
//! main prints for that result, and exit as it does.

use std::{
    env,
    error::Error,
    fmt,
    process::{Command, ExitCode, Output, Termination},
    rc::Rc,
};

/// Not `Send`, as the error of many a parser; its text shows that it is printed by `Debug`.
struct Unsent(Rc<str>);

impl fmt::Debug for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an error of one thread: {}", self.0)
    }
}

impl fmt::Display for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("never seen")
    }
}

impl Error for Unsent {}

fn fail() -> Result<(), Unsent> {
    Err(Unsent("on\npurpose".into()))
}

/// A type of the program's own.
struct Seven;

impl Termination for Seven {
    fn report(self) -> ExitCode {
        ExitCode::from(7)
    }
}

/// Each result by its name, once in std's main and once under the attribute.
macro_rules! results {
    ($($name:ident: $type:ty = $value:expr;)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];

        mod native {
            use super::*;

            $(mod $name {
                #[allow(unused_imports, reason = "not every type has a name from there")]
                use super::*;

                pub(super) fn main() -> $type {
                    $value
                }
            })*

            pub(super) fn run(name: &str) -> ExitCode {
                match name {
                    $(stringify!($name) => $name::main().report(),)*
                    other => unreachable!("{other}"),
                }
            }
        }

        results! { on tokio "tokio" $($name: $type = $value;)* }
        results! { on smol "smol" $($name: $type = $value;)* }
        results! { on async_std "async-std" $($name: $type = $value;)* }
        results! { on sim "sim" $($name: $type = $value;)* }
    };
    (on $backend:ident $feature:literal $($name:ident: $type:ty = $value:expr;)*) => {
        #[cfg(feature = $feature)]
        mod $backend {
            use super::*;

            $(mod $name {
                #[allow(unused_imports, reason = "not every type has a name from there")]
                use super::*;

                #[anyrt::main(backend = $feature)]
                pub(super) async fn main() -> $type {
                    anyrt::yield_now().await;
                    $value
                }
            })*

            pub(super) fn run(name: &str) -> ExitCode {
                match name {
                    $(stringify!($name) => $name::main().report(),)*
                    other => unreachable!("{other}"),
                }
            }
        }
    };
}

results! {
    boxed_error: Result<(), Box<dyn Error>> = Ok(fail()?);
    boxed_error_of_text: Result<(), Box<dyn Error + Send + Sync>> = Err("a \"text\"".into());
    own_error: Result<(), Unsent> = fail();
    no_error: Result<(), Box<dyn Error>> = Ok(());
    code: ExitCode = ExitCode::from(3);
    result_of_code: Result<ExitCode, Box<dyn Error>> = Ok(ExitCode::from(4));
    error_for_a_code: Result<ExitCode, Box<dyn Error>> = { fail()?; Ok(ExitCode::SUCCESS) };
    result_of_a_result: Result<Result<(), u8>, u8> = Ok(Err(5));
    own_type: Seven = Seven;
    some_type: impl Termination = Seven;
    nothing: () = ();
}

/// Main is over, its orphans are not: the error is the last that is said, as in a program without anyrt.
#[cfg(feature = "sim")]
mod last {
    use std::{error::Error, task::Context, task::Waker};

    use anyrt::task::TaskGroup;

    #[anyrt::main(backend = "sim")]
    pub(super) async fn main() -> Result<(), Box<dyn Error>> {
        let mut group = Box::pin(anyrt::task_group(async |tg: TaskGroup| {
            tg.spawn(anyrt::shield(async {
                for _ in 0..10 {
                    anyrt::yield_now().await;
                }
                eprintln!("clean-up");
            }));
            anyrt::time::sleep_forever().await;
        }));
        let _pending = group.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        anyrt::yield_now().await;
        Err("last".into())
    }
}

fn backends() -> Vec<&'static str> {
    let backends = [
        ("tokio", cfg!(feature = "tokio")),
        ("smol", cfg!(feature = "smol")),
        ("async-std", cfg!(feature = "async-std")),
        ("sim", cfg!(feature = "sim")),
    ];
    let on = backends.into_iter().filter(|(_, is_on)| *is_on);
    on.map(|(name, _)| name).collect()
}

fn run(main: &str, name: &str) -> ExitCode {
    match main {
        "native" => native::run(name),
        #[cfg(feature = "tokio")]
        "tokio" => tokio::run(name),
        #[cfg(feature = "smol")]
        "smol" => smol::run(name),
        #[cfg(feature = "async-std")]
        "async-std" => async_std::run(name),
        #[cfg(feature = "sim")]
        "sim" => sim::run(name),
        #[cfg(feature = "sim")]
        "last" => last::main().report(),
        other => unreachable!("{other}"),
    }
}

fn rerun(main: &str, name: &str) -> Output {
    Command::new(env::current_exe().expect("this is a program"))
        .args(["--main", main, name])
        .env_remove("ANYRT_SIM_SEED")
        .env_remove("ANYRT_BACKEND")
        .output()
        .expect("it runs")
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [flag, main, name] if flag == "--main" => return run(main, name),
        // Those that are for other tests.
        _ => {}
    }
    let mut end = ExitCode::SUCCESS;
    for name in NAMES {
        let native = rerun("native", name);
        for backend in backends() {
            let ours = rerun(backend, name);
            if ours != native {
                let backend = backend.replace('-', "_");
                println!("test {name}::{backend} ... FAILED\n{ours:?}, and not\n{native:?}");
                end = ExitCode::FAILURE;
            }
        }
    }
    let failed = rerun("native", "boxed_error");
    assert_eq!(failed.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&failed.stderr),
        "Error: an error of one thread: on\npurpose\n"
    );
    #[cfg(feature = "sim")]
    assert_eq!(
        String::from_utf8_lossy(&rerun("last", "").stderr),
        "clean-up\nError: \"last\"\n"
    );
    println!("{} results on {}", NAMES.len(), backends().join(", "));
    end
}
