internal import Glibc
internal import Synchronization

/// Ends a process that takes too long while its starter waits for it in the kernel, so that waiting costs it no time.
///
/// The process must not be reaped before ``finish()``: until then its number is its own.
final class CommandWatchdog: Sendable {
    private struct State {
        var process: pid_t = 0
        var hasEnded = false
    }

    private final class Shared: Sendable {
        let state = Mutex(State())
        let milliseconds: Int32
        let bell: Int32

        init(milliseconds: Int32, bell: Int32) {
            self.milliseconds = milliseconds
            self.bell = bell
        }

        func wait() {
            var polled = pollfd(fd: bell, events: Int16(POLLIN), revents: 0)
            var result = poll(&polled, 1, milliseconds)
            while result < 0 && errno == EINTR { result = poll(&polled, 1, milliseconds) }
            guard result == 0 else { return }
            state.withLock { state in
                state.hasEnded = true
                if state.process > 0 { kill(-state.process, SIGKILL) }
            }
        }
    }

    private let shared: Shared
    private let thread: pthread_t
    private let ringer: Int32

    /// - Throws: ``TimedCommandError`` when there can be no such thread.
    init(seconds: Double) throws(TimedCommandError) {
        guard let bell = try? WorkerProcess.makePipe(isBlocking: true) else {
            throw TimedCommandError("not-started", "cannot be watched: \(String(cString: strerror(errno)))")
        }
        shared = Shared(milliseconds: Int32(max(1, min(seconds * 1_000, 2e9))), bell: bell.read)
        ringer = bell.write
        var thread = pthread_t()
        let context = Unmanaged.passRetained(shared)
        let result = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Shared>.fromOpaque(context).takeRetainedValue().wait() }
                return nil
            }, context.toOpaque())
        self.thread = thread
        guard result == 0 else {
            context.release()
            close(bell.read)
            close(bell.write)
            throw TimedCommandError("not-started", "cannot be watched: \(String(cString: strerror(result)))")
        }
    }

    /// Names the process, just started.
    func watch(_ process: pid_t) {
        shared.state.withLock { state in
            state.process = process
            if state.hasEnded { kill(-process, SIGKILL) }
        }
    }

    /// Stops watching; once.
    /// - Returns: whether the process was ended.
    func finish() -> Bool {
        var ring: UInt8 = 1
        while write(ringer, &ring, 1) < 0 && errno == EINTR {}
        pthread_join(thread, nil)
        close(ringer)
        close(shared.bell)
        return shared.state.withLock { $0.hasEnded }
    }
}
