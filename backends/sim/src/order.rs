//! Who runs next.

use std::{collections::VecDeque, env, fmt, io};

/// The environment variable that carries a seed.
pub(crate) const SEED_VARIABLE: &str = "ANYRT_SIM_SEED";

/// In which order tasks and jobs that can run get their turn.
///
/// ```
/// use anyrt_sim::{Order, SimRuntime};
///
/// for seed in 0..100 {
///     let runtime = SimRuntime::new(Order::Seeded(seed));
///     // Run the test on it: a hundred different schedules, each of them repeatable.
/// #   drop(runtime);
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Order {
    /// First woken, first polled.
    Fifo,
    /// The next one is drawn from those that can run; the same seed draws the same.
    Seeded(u64),
    /// The same, and now and then another task is polled inside `wake`: before the wake takes effect, or right after it.
    ///
    /// To the one who wakes this looks as if another thread had been faster, which on a real runtime it may be. Code
    /// that wakes while it holds a lock that the other task takes stands still in this order; on threads it only waits.
    /// A task is never polled inside `spawn`, nor while it is being polled, and main never inside a `wake`.
    ///
    /// In the environment variable it is written `interleaved:7`.
    Interleaved(u64),
}

/// What stands before the seed of [`Order::Interleaved`] in the environment variable.
const INTERLEAVED: &str = "interleaved:";

impl Order {
    /// What `ANYRT_SIM_SEED` asks for.
    pub(crate) fn from_env() -> io::Result<Self> {
        let Some(value) = env::var_os(SEED_VARIABLE) else {
            return Ok(Self::Fifo);
        };
        match value.to_str().and_then(Self::parse) {
            Some(order) => Ok(order),
            None => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!(
                    "{SEED_VARIABLE} must be a whole number from 0 to {}, or one after \"{INTERLEAVED}\", not \
                     {value:?}",
                    u64::MAX
                ),
            )),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix(INTERLEAVED) {
            Some(seed) => seed.parse().ok().map(Self::Interleaved),
            None => text.parse().ok().map(Self::Seeded),
        }
    }

    /// Whether tasks are polled inside wakes.
    pub(crate) fn interleaves(self) -> bool {
        matches!(self, Self::Interleaved(_))
    }

    /// The environment variable that repeats this order, with its value; nothing where nothing is drawn.
    pub fn variable(self) -> Option<String> {
        match self {
            Self::Fifo => None,
            Self::Seeded(seed) => Some(format!("{SEED_VARIABLE}={seed}")),
            Self::Interleaved(seed) => Some(format!("{SEED_VARIABLE}={INTERLEAVED}{seed}")),
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.variable() {
            None => f.write_str("first in, first out"),
            Some(variable) => write!(f, "drawn, {variable}"),
        }
    }
}

/// What can run, taken out one by one in the [`Order`].
pub(crate) struct RunQueue<T> {
    waiting: VecDeque<T>,
    draw: Option<SplitMix64>,
    interleaves: bool,
}

/// One wake in so many has another task polled inside it.
const WAKES_PER_POLL: usize = 4;

/// How many entries are looked at for one that may be polled inside a wake, however long the queue is.
const LOOKED_AT: usize = 8;

impl<T> RunQueue<T> {
    pub(crate) fn new(order: Order) -> Self {
        Self {
            waiting: VecDeque::new(),
            draw: match order {
                Order::Fifo => None,
                Order::Seeded(seed) | Order::Interleaved(seed) => Some(SplitMix64(seed)),
            },
            interleaves: order.interleaves(),
        }
    }

    pub(crate) fn push(&mut self, entry: T) {
        self.waiting.push_back(entry);
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        match &mut self.draw {
            Some(draw) if self.waiting.len() > 1 => {
                let index = draw.below(self.waiting.len());
                self.waiting.swap_remove_back(index)
            }
            _ => self.waiting.pop_front(),
        }
    }

    /// Takes out, now and then, an entry for a poll inside a wake: one that `may` allows.
    pub(crate) fn pop_early(&mut self, may: impl Fn(&T) -> bool) -> Option<T> {
        let draw = self.draw.as_mut().filter(|_| self.interleaves)?;
        let length = self.waiting.len();
        if length == 0 || draw.below(WAKES_PER_POLL) > 0 {
            return None;
        }
        let first = draw.below(length);
        let index = (first..length)
            .chain(0..first)
            .take(LOOKED_AT)
            .find(|index| may(&self.waiting[*index]))?;
        self.waiting.swap_remove_back(index)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }
}

/// Sebastiano Vigna's `SplitMix64` (<https://prng.di.unimi.it/splitmix64.c>, public domain).
///
/// Our own copy, so that a seed means the same schedule whatever happens to other crates.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, not including, `bound`: the upper half of a product of 128 bits.
    fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_the_published_sequence() {
        let mut draw = SplitMix64(1_234_567);
        assert_eq!(
            [draw.next(), draw.next(), draw.next()],
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn every_index_is_drawn() {
        let mut draw = SplitMix64(0);
        let mut seen = [false; 7];
        for _ in 0..1000 {
            seen[draw.below(7)] = true;
        }
        assert_eq!(seen, [true; 7]);
    }
}
