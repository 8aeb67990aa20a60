//! placeholder
/// Limiter
#[derive(Debug)]
pub struct Limiter;
impl Limiter {
    /// new
    pub fn new(_total: Option<usize>) -> Self {
        Limiter
    }
}
