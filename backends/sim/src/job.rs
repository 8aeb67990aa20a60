//! Blocking jobs: the thread they run on, one at a time.

use std::{
    fmt, io,
    panic::Location,
    sync::{
        Arc,
        mpsc::{Sender, channel},
    },
    thread::{self, JoinHandle},
};

use crate::{executor::Core, panics::contain, wait::as_job};

/// A job and what it is called when it does not return.
pub(crate) struct Job {
    pub(crate) name: JobName,
    pub(crate) work: Box<dyn FnOnce() + Send>,
}

/// What a job is called.
#[derive(Clone, Copy)]
pub(crate) struct JobName {
    pub(crate) number: u64,
    pub(crate) place: &'static Location<'static>,
}

impl fmt::Display for JobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "job {}, submitted at {}", self.number, self.place)
    }
}

/// The thread that runs jobs. It ends when this is dropped, after the job that it is in.
pub(crate) struct Worker {
    jobs: Sender<Job>,
    thread: JoinHandle<()>,
}

impl Worker {
    pub(crate) fn start(core: &Arc<Core>) -> io::Result<Self> {
        let (jobs, queue) = channel::<Job>();
        let core = Arc::clone(core);
        let thread = thread::Builder::new()
            .name("anyrt-sim-job".to_owned())
            .spawn(move || {
                for Job { name, work } in queue {
                    as_job(&core, name.number, || contain(work));
                    core.finish_job(name.number);
                }
            })?;
        Ok(Self { jobs, thread })
    }

    pub(crate) fn run(&self, job: Job) {
        self.jobs
            .send(job)
            .expect("the thread receives for as long as its sender lives");
    }

    /// Waits for the thread to end; it must not be inside a job.
    pub(crate) fn join(self) {
        drop(self.jobs);
        // Panics of jobs are contained in the thread.
        let _ = self.thread.join();
    }
}
