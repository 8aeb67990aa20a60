//! Where `?` converts before and after, nothing but the argument's type says what is in between.
//!
//! The type arguments are given as `_`: else the help repeats the path of this file, as long as it is on each machine.

use anyrt::{task::FirstError, try_task_group};

async fn parsed(text: &str) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    let value = try_task_group::<_, _, u32, _>(async |tg| {
        tg.spawn(async { Ok(()) });
        Ok(text.parse::<u32>()?)
    })
    .await
    .first_err()?;
    Ok(value)
}

fn main() {
    drop(parsed("1"));
}
