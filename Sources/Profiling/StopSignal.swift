internal import Glibc
internal import Synchronization

/// Turns SIGINT and SIGTERM into a readable descriptor; the second one aborts the process.
///
/// The signals are blocked in every thread and taken by one of our own, so no system call anywhere is interrupted.
package final class StopSignal: Sendable {
    /// Readable once the recording should stop.
    package let descriptor: Int32
    private let writeEnd: Int32
    private let received = Atomic<Int32>(0)
    private let isFromUser = Atomic<Bool>(false)

    /// - Parameter onAbort: runs before the process exits on the second signal; must be quick and safe on any thread.
    package init(onAbort: @escaping @Sendable () -> Void) {
        var ends: [Int32] = [-1, -1]
        _ = pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        descriptor = ends[0]
        writeEnd = ends[1]
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        // Shells start background jobs with SIGINT ignored; an ignored signal is never taken.
        for number in [SIGINT, SIGTERM] { Glibc.signal(number, SIG_DFL) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        startThread { [self] in waitForSignals(onAbort) }
    }

    /// The first signal received, 0 for none.
    package var signal: Int32 { received.load(ordering: .acquiring) }

    /// Whether a process sent the signal to this one alone, instead of a terminal to its whole group.
    package var cameFromProcess: Bool { isFromUser.load(ordering: .acquiring) }

    private func waitForSignals(_ onAbort: @Sendable () -> Void) {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        while true {
            var info = siginfo_t()
            let number = sigwaitinfo(&set, &info)
            guard number > 0 else { continue }
            if signal != 0 {
                onAbort()
                _exit(128 + number)
            }
            isFromUser.store(info.si_code == SI_USER, ordering: .releasing)
            received.store(number, ordering: .releasing)
            _ = write(writeEnd, "!", 1)
        }
    }
}

/// Starts a detached thread.
func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(Box(body)).toOpaque()
    pthread_create(
        &thread, &attributes,
        { argument in
            Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
            return nil
        }, argument)
    pthread_attr_destroy(&attributes)
}
