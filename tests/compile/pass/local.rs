//! Children of a local group borrow, also where the group is spawned.

use std::{cell::Cell, rc::Rc};

use anyrt::{
    gather,
    task::{LocalTaskGroup, local_task_group, local_task_group_unsend},
    yield_now,
};

use super::spawned;

async fn lengths(words: &[String]) -> usize {
    local_task_group(async |lg| {
        let handles: Vec<_> = words
            .iter()
            .map(|word| lg.spawn_value(async move { (yield_now().await, word.len()).1 }))
            .collect();
        let mut sum = 0;
        for handle in handles {
            sum += handle.await.unwrap_or(0);
        }
        sum
    })
    .await
}

fn count<'env>(lg: &LocalTaskGroup<'env>, word: &'env str, left: u32) {
    let again = lg.clone();
    lg.spawn(async move {
        yield_now().await;
        assert_eq!(word, "two");
        if left > 0 {
            count(&again, word, left - 1);
        }
    });
}

#[test]
fn from_the_caller() {
    spawned(async {
        let words = vec![String::from("one"), String::from("two")];
        let mut last = String::new();
        local_task_group(async |lg| {
            lg.spawn(async { last.push_str(&words[0]) });
            count(&lg, &words[1], 3);
        })
        .await;
        last.len() + lengths(&words).await
    });
}

#[test]
fn in_every_form_of_body() {
    async fn body(lg: LocalTaskGroup<'_>) {
        lg.spawn(async {});
    }
    spawned(async {
        let word = String::from("word");
        let word = &word;
        let (length, ()) = gather((
            local_task_group(|lg| async move { lg.spawn_value(async move { word.len() }).await }),
            local_task_group(body),
        ))
        .await;
        local_task_group(async move |lg| {
            let nested = local_task_group(async |inner| {
                inner.spawn(async { assert_eq!(word.len(), 4) });
            });
            lg.spawn(nested);
        })
        .await;
        length
    });
}

#[test]
fn without_send() {
    drop(async {
        let (seen, shared) = (Cell::new(0), Rc::new(7));
        local_task_group_unsend(async |lg| {
            let own = Rc::clone(&shared);
            lg.spawn(async move { drop(own) });
            lg.spawn(async { seen.set(*shared) });
            let value = lg.spawn_value(async { Rc::clone(&shared) });
            drop(value.await);
        })
        .await;
    });
}
