//! A value that is counted, by tasks of processes.

use concurrent_futures::ProcessPoolExecutor;

/// As [`crate::probe::Probe`].
pub(crate) type Probe<const N: usize> = crate::probe::Probe<ProcessPoolExecutor, N>;
