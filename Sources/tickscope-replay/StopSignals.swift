internal import Glibc

/// SIGTERM and SIGINT, waited for rather than handled: no handler ever interrupts a system call of the process.
struct StopSignals {
    private var set = sigset_t()

    /// Blocks the signals in this thread and in all it starts from now on.
    init() {
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Sleeps until a stop signal or a moment of the monotonic clock.
    ///
    /// - Returns: whether a signal came.
    func wait(until deadlineNanoseconds: UInt64) -> Bool {
        var set = set
        while true {
            let now = monotonicNanoseconds()
            let left = deadlineNanoseconds > now ? deadlineNanoseconds - now : 0
            var timeout = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
            if sigtimedwait(&set, nil, &timeout) > 0 { return true }
            // Stopped and continued, by a debugger for instance.
            if errno == EINTR { continue }
            return false
        }
    }
}

func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
