//! placeholder
use std::io;
/// run
pub fn run(job: Box<dyn FnOnce() + Send>) -> io::Result<()> {
    std::thread::Builder::new().spawn(job).map(drop)
}
