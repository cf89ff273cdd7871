internal import Benchmarking
internal import Glibc

/// What one run of a command took.
struct CommandCost {
    /// From before it was started until it had ended, CLOCK_MONOTONIC_RAW.
    var wallNanoseconds: Double
    /// User and system time of the process and of those it waited for.
    var cpuNanoseconds: Double
    /// As `waitpid` gives it.
    var status: Int32

    /// Why a run is no good; nil when it exited with 0.
    var complaint: String? {
        let signal = status & 0x7F
        if signal != 0 { return "was ended by signal \(signal) (\(String(cString: strsignal(signal))))" }
        let code = status >> 8 & 0xFF
        return code == 0 ? nil : "exited with status \(code)"
    }
}

/// A command that is run and timed: no shell, nothing to read, and nobody to read what it prints.
struct TimedCommand {
    let words: [String]

    /// Runs it once, in an environment of another size each time, which moves its stack.
    /// - Throws: ``BenchmarkFailure`` in a ``TimedCommandError`` when it cannot be started or takes too long.
    func run(timeoutSeconds: Double) throws(TimedCommandError) -> CommandCost {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = []
        var entry = environ
        while let value = entry.pointee {
            environment.append(strdup(value))
            entry += 1
        }
        let padding = String(repeating: "x", count: Int.random(in: 0..<4_096))
        environment += [strdup("\(WorkerRequest.paddingVariable)=\(padding)"), nil]
        defer { for text in arguments + environment { free(text) } }

        let watchdog = try CommandWatchdog(seconds: timeoutSeconds)
        var process: pid_t = 0
        let start = Self.now()
        let result = posix_spawnp(&process, words[0], &actions, &attributes, arguments, environment)
        guard result == 0 else {
            _ = watchdog.finish()
            throw TimedCommandError("not-started", "cannot be started: \(String(cString: strerror(result)))")
        }
        watchdog.watch(process)
        Interruption.hold(process)
        // Not reaped yet, so that nobody else can have its number while the watchdog might end it.
        var information = siginfo_t()
        while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        let end = Self.now()
        let isLate = watchdog.finish()
        kill(-process, SIGKILL)
        Interruption.release()
        var status: Int32 = 0
        var usage = rusage()
        while wait4(process, &status, 0, &usage) < 0 && errno == EINTR {}
        if Interruption.isRequested { throw TimedCommandError(Interruption.code, "was interrupted") }
        if isLate {
            throw TimedCommandError("timed-out", "took longer than \(Int(timeoutSeconds.rounded())) s and was ended")
        }
        let cpu = Self.nanoseconds(usage.ru_utime) + Self.nanoseconds(usage.ru_stime)
        return CommandCost(wallNanoseconds: end - start, cpuNanoseconds: cpu, status: status)
    }

    private static func nanoseconds(_ time: timeval) -> Double {
        Double(time.tv_sec) * 1e9 + Double(time.tv_usec) * 1e3
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_RAW, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}

/// Why a command was not timed.
struct TimedCommandError: Error {
    let failure: BenchmarkFailure

    init(_ code: String, _ text: String) { failure = BenchmarkFailure(code, text) }
}
