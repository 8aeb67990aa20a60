//! What the report of an error that reached nobody says of it.
#![cfg(feature = "sim")]

use std::{error::Error, fmt, future::Future, io, sync::Mutex};

use anyrt::{
    Builder,
    debug::{on_unhandled_error, report_as},
    shield,
    sync::Event,
    task::TryTaskGroup,
    try_task_group, yield_now,
};

#[derive(Debug)]
struct Known(u32);

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "disk {} is full", self.0)
    }
}

#[derive(Debug)]
struct Unknown;

/// What the hook has heard: the text of the error, and the whole report.
static HEARD: Mutex<Vec<(Option<String>, String)>> = Mutex::new(Vec::new());

/// A child fails with this after foreign code has dropped its group.
async fn lose<E: Send + 'static>(error: E) {
    let event = std::sync::Arc::new(Event::new());
    let released = event.clone();
    let group = try_task_group(async move |tg: TryTaskGroup<E>| {
        tg.spawn(async move {
            shield(released.wait()).await;
            Err(error)
        });
        std::future::pending::<()>().await;
        Ok(())
    });
    let mut group = Box::pin(group);
    std::future::poll_fn(|cx| {
        assert!(group.as_mut().poll(cx).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
    yield_now().await;
    drop(group);
    event.set();
}

#[test]
fn an_error_that_reached_nobody_is_reported_with_its_text() {
    on_unhandled_error(|lost| {
        let heard = (lost.text(), lost.to_string());
        HEARD.lock().unwrap().push(heard);
    });
    report_as::<Known>();
    report_as::<Known>();
    let run = Builder::new().backend("sim").run(async {
        lose(String::from("a string")).await;
        lose("a str").await;
        lose(io::Error::other("an input error")).await;
        lose::<Box<dyn Error + Send + Sync>>("a boxed error".into()).await;
        lose(Known(7)).await;
        lose(Unknown).await;
    });
    run.unwrap();
    let heard = std::mem::take(&mut *HEARD.lock().unwrap());
    let mut texts: Vec<_> = heard.iter().map(|(text, _)| text.as_deref()).collect();
    texts.sort_unstable();
    let expected = [
        None,
        Some("a boxed error"),
        Some("a str"),
        Some("a string"),
        Some("an input error"),
        Some("disk 7 is full"),
    ];
    assert_eq!(texts, expected);
    for (text, report) in heard {
        assert!(
            report.contains(&format!(" of the task spawned at {}:", file!())),
            "{report}"
        );
        match text {
            Some(text) => assert!(report.contains(&format!("(\"{text}\")")), "{report}"),
            None => assert!(
                report.starts_with("an error of type `unhandled_text::Unknown` of "),
                "{report}"
            ),
        }
    }
}
