//! A library function has no type parameter, and is spawned by whoever likes it.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use anyrt::{
    fail_after, sleep,
    task::{FirstError, TryTaskGroup},
    to_thread, try_task_group,
};

use super::{Error, spawned};

struct Store {
    pages: Mutex<Vec<String>>,
}

impl Store {
    async fn fetch_all(self: Arc<Self>, names: &[&str]) -> Result<usize, Error> {
        let store = &self;
        try_task_group(async |tg: TryTaskGroup<Error>| {
            for name in names {
                let (store, name) = (Arc::clone(store), name.to_string());
                tg.spawn(async move {
                    let page = fail_after(Duration::from_secs(1), fetch(&name)).await;
                    let page = page.map_err(|_| Error)??;
                    store.pages.lock().map_err(|_| Error)?.push(page);
                    Ok(())
                });
            }
            Ok(names.len())
        })
        .await
        .first_err()
    }
}

async fn fetch(name: &str) -> Result<String, Error> {
    sleep(Duration::from_millis(1)).await;
    let owned = name.to_owned();
    Ok(to_thread(move || owned.to_uppercase()).await)
}

/// What a trait with boxed futures asks for.
trait Service: Send + Sync {
    fn call<'a>(
        &'a self,
        name: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<usize, Error>> + Send + 'a>>;
}

impl Service for Arc<Store> {
    fn call<'a>(
        &'a self,
        name: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<usize, Error>> + Send + 'a>> {
        Box::pin(async move { Arc::clone(self).fetch_all(&[name]).await })
    }
}

#[test]
fn are_spawned() {
    let store = Arc::new(Store {
        pages: Mutex::default(),
    });
    let service: Arc<dyn Service> = Arc::new(Arc::clone(&store));
    spawned(async move { store.fetch_all(&["one", "two"]).await });
    spawned(async move { service.call("three").await });
}
