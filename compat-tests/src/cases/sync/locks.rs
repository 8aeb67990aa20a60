//! What is particular to `Mutex`, `RwLock` and `Semaphore`.

use anyrt::sync::{Mutex, RwLock, Semaphore};

use crate::{
    Trace,
    tools::{caught, peek},
};

/// `available/waiting`.
fn state(semaphore: &Semaphore) -> String {
    let now = semaphore.statistics();
    format!("{}/{}", now.available, now.waiting)
}

/// No poisoning: whoever comes next sees the value as it was left.
pub async fn s110_a_panic_leaves_the_value_as_it_is(t: Trace) {
    let value = Mutex::new(1);
    let outcome = caught(async {
        *value.lock().await = 2;
        let mut value = value.lock().await;
        *value = 3;
        panic!("on-purpose");
    })
    .await;
    t.log("main", outcome.unwrap_err());
    t.log("main", *value.lock().await);
    t.log("main", value.into_inner());
}

/// Permits are counted; there are never more than the maximum. Catalogue F.102.
pub async fn s111_permits_are_counted(t: Trace) {
    t.log("refused", Semaphore::with_maximum(3, 2).is_err());
    let semaphore = Semaphore::with_maximum(2, 2).unwrap();
    t.log("semaphore", state(&semaphore));
    let one = semaphore.acquire().await;
    t.log("semaphore", state(&semaphore));
    let two = semaphore.acquire().await;
    t.log("semaphore", state(&semaphore));
    t.log("refused", semaphore.try_acquire().is_err());
    drop((one, two));
    t.log("refused", semaphore.release(1).is_err());
    t.log("semaphore", state(&semaphore));
}

/// Whoever asks for many is not overtaken by those who ask for few. Catalogue F.103.
pub async fn s112_many_permits_are_not_overtaken(t: Trace) {
    let semaphore = Semaphore::new(2);
    let one = semaphore.acquire().await;
    let (mut many, mut few) = (
        Box::pin(semaphore.acquire_many(2)),
        Box::pin(semaphore.acquire()),
    );
    assert!(peek(&mut many).await.is_pending());
    t.log("few", peek(&mut few).await.is_ready());
    drop(one);
    // They are no longer free, though nobody has them yet.
    t.log("semaphore", state(&semaphore));
    t.log("few", peek(&mut few).await.is_ready());
    drop(many.await);
    drop(few.await);
    t.log("semaphore", state(&semaphore));
}

/// When the one who asked for many gives up, those behind do not wait for it.
pub async fn s113_giving_up_lets_those_behind_pass(t: Trace) {
    let semaphore = Semaphore::new(1);
    let (mut many, mut few) = (
        Box::pin(semaphore.acquire_many(2)),
        Box::pin(semaphore.acquire()),
    );
    assert!(peek(&mut many).await.is_pending() && peek(&mut few).await.is_pending());
    drop(many);
    drop(few.await);
    t.log("semaphore", state(&semaphore));
}

/// Permits can be taken out for good, and put in.
pub async fn s114_permits_can_be_forgotten_and_added(t: Trace) {
    let semaphore = Semaphore::new(1);
    semaphore.acquire().await.forget();
    t.log("semaphore", state(&semaphore));
    let mut waiter = Box::pin(semaphore.acquire());
    assert!(peek(&mut waiter).await.is_pending());
    semaphore.release(2).unwrap();
    let permit = waiter.await;
    t.log("semaphore", state(&semaphore));
    drop(permit);
    t.log("semaphore", state(&semaphore));
}

/// Permits that are out count for the maximum as those do that are free.
pub async fn s119_permits_that_are_out_count(t: Trace) {
    let semaphore = Semaphore::with_maximum(2, 2).unwrap();
    let one = semaphore.acquire().await;
    t.log("refused", semaphore.release(1).is_err());
    drop(one);
    t.log("semaphore", semaphore.available());
    semaphore.acquire().await.forget();
    t.log("added", semaphore.release(1).is_ok());
}

/// Readers share; a writer is alone.
pub async fn s115_readers_share_and_writers_do_not(t: Trace) {
    let lock = RwLock::new(1);
    let (one, two) = (lock.read().await, lock.read().await);
    t.log("readers", lock.statistics().readers);
    t.log("writer", lock.try_write().is_err());
    drop((one, two));
    let mut writer = lock.write().await;
    *writer += 1;
    t.log("readers", lock.try_read().is_err());
    drop(writer);
    t.log("readers", *lock.read().await);
}

/// A reader that comes after a waiting writer waits behind it, so that writers are not starved.
pub async fn s116_a_waiting_writer_is_not_starved(t: Trace) {
    let lock = RwLock::new(());
    let reading = lock.read().await;
    let (mut writer, mut late) = (Box::pin(lock.write()), Box::pin(lock.read()));
    assert!(peek(&mut writer).await.is_pending());
    t.log("late", peek(&mut late).await.is_ready());
    t.log("late", lock.try_read().is_ok());
    drop(reading);
    t.log("late", peek(&mut late).await.is_ready());
    drop(writer.await);
    drop(late.await);
    t.log("late", lock.try_write().is_ok());
}

/// A writer that gives up lets the readers behind it in, before and after it was handed the lock.
pub async fn s117_a_writer_that_gives_up_lets_readers_in(t: Trace) {
    for after_the_grant in [false, true] {
        let lock = RwLock::new(());
        let reading = lock.read().await;
        let mut writer = Box::pin(lock.write());
        let mut readers = [Box::pin(lock.read()), Box::pin(lock.read())];
        assert!(peek(&mut writer).await.is_pending());
        for reader in &mut readers {
            assert!(peek(reader).await.is_pending());
        }
        if after_the_grant {
            drop(reading);
        }
        drop(writer);
        let [first, second] = readers;
        let both = (first.await, second.await);
        t.log("readers", lock.statistics().readers);
        drop(both);
    }
}
