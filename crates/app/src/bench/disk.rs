//! The disk by itself, beside a measured run: how long it takes to force a little to it, while the server does the
//! same. What it says is the least that a commit could take at that moment; a longest time of 100 ms, which happens
//! on a disk that is shared with other machines, is then the disk's and not the server's.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::tally::Times;

/// How often it is tried: often enough to be there when the disk stalls, too seldom to be a load.
const EVERY: Duration = Duration::from_millis(20);

/// One page.
const BYTES: usize = 4_096;

/// Tries the disk until it is stopped.
pub struct DiskProbe {
    stop: Sender<()>,
    thread: JoinHandle<std::io::Result<()>>,
    times: Arc<Times>,
}

impl DiskProbe {
    /// Begins, with a file in this folder, which is made if it is not there.
    pub fn start(folder: &Path) -> std::io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut file = File::create(folder.join("probe"))?;
        write(&mut file)?;
        let times = Arc::new(Times::new());
        let (stop, stopped) = mpsc::channel();
        let noted = times.clone();
        let thread = thread::spawn(move || {
            while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                let begins = Instant::now();
                write(&mut file)?;
                noted.since(begins);
            }
            Ok(())
        });
        Ok(Self { stop, thread, times })
    }

    /// Stops; the times.
    pub fn stop(self) -> anyhow::Result<Arc<Times>> {
        drop(self.stop);
        self.thread.join().map_err(|_| anyhow::anyhow!("the disk's probe panicked"))??;
        Ok(self.times)
    }
}

/// Overwrites the page, and waits until the disk has it.
fn write(file: &mut File) -> std::io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&[0x5a; BYTES])?;
    file.sync_data()
}
