//! Wall and processor time, without a profiler.

use std::fs;
use std::ops::{AddAssign, Sub};

use rustix::time::{ClockId, clock_gettime};

/// Seconds that something took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Took {
    /// On the wall.
    pub wall: f64,
    /// Of all threads' processor time.
    pub cpu: f64,
    /// Of the measuring thread's processor time.
    pub own: f64,
}

impl Took {
    /// The clocks now; the difference of two is what lies between.
    pub fn now() -> Took {
        let read = |clock| {
            let time = clock_gettime(clock);
            time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
        };
        Took {
            wall: read(ClockId::Monotonic),
            cpu: read(ClockId::ProcessCPUTime),
            own: read(ClockId::ThreadCPUTime),
        }
    }
}

impl Took {
    fn least(self, other: Took) -> Took {
        Took {
            wall: self.wall.min(other.wall),
            cpu: self.cpu.min(other.cpu),
            own: self.own.min(other.own),
        }
    }
}

impl Sub for Took {
    type Output = Took;

    fn sub(self, before: Took) -> Took {
        Took {
            wall: self.wall - before.wall,
            cpu: self.cpu - before.cpu,
            own: self.own - before.own,
        }
    }
}

impl AddAssign for Took {
    fn add_assign(&mut self, more: Took) {
        self.wall += more.wall;
        self.cpu += more.cpu;
        self.own += more.own;
    }
}

/// What `run` gives and how long it took.
pub fn time<T>(run: impl FnOnce() -> T) -> (T, Took) {
    let before = Took::now();
    let value = run();
    (value, Took::now() - before)
}

/// The least of each time over `times` runs, and what the last run gave: on a machine that others
/// use too, the least disturbed counts.
///
/// # Errors
/// What a run says.
pub fn best<T, E>(
    times: usize,
    mut run: impl FnMut() -> Result<(T, Took), E>,
) -> Result<(T, Took), E> {
    let mut best = run()?;
    for _ in 1..times {
        let (value, next) = run()?;
        best = (value, best.1.least(next));
    }
    Ok(best)
}

/// The greatest resident memory that this process has had, in bytes.
pub fn peak_resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_disturbed_run_counts() {
        let mut runs = [(3.0, 1.0), (1.0, 5.0), (2.0, 4.0)].into_iter();
        let best = best(3, || -> Result<_, ()> {
            let (wall, cpu) = runs.next().ok_or(())?;
            let own = cpu;
            Ok(((), Took { wall, cpu, own }))
        });
        let least = Took {
            wall: 1.0,
            cpu: 1.0,
            own: 1.0,
        };
        assert_eq!(best, Ok(((), least)));
    }

    #[test]
    fn memory_is_known() {
        assert!(peak_resident() > 1 << 20);
    }
}
