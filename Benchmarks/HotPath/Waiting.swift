internal import CCycles
internal import Glibc

/// Keeps the CPU busy with nothing.
func spin(microseconds: Int) {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let end = now.tv_sec * 1_000_000_000 + now.tv_nsec + microseconds * 1_000
    repeat { clock_gettime(CLOCK_MONOTONIC, &now) } while now.tv_sec * 1_000_000_000 + now.tv_nsec < end
}

/// Drops cache lines from all caches, as those are that a network card has just written.
func flushLines(_ start: UnsafeRawPointer, bytes: Int) { ts_flush_range(start, bytes) }
