package import Benchmarking
internal import FoundationEssentials
internal import Glibc

/// One fresh process of a benchmark program: started with a request, ended with its answer, its death or its timeout.
///
/// It leads a process group, which is ended with it, so that nothing it started stays behind. What it prints goes
/// nowhere; the end of what it says on standard error is kept for when it fails.
package struct WorkerProcess {
    package let identifier: Int32
    private let answer: Int32
    private let complaints: Int32
    private let timeoutSeconds: Double
    private let deadline: Double
    /// What it said on standard error so far.
    private var said: [UInt8] = []
    private var isListening = true

    /// Descriptors of a worker: where it answers, where commands come from and where their answers go.
    private static let answerNumber: Int32 = 3
    private static let commandNumber: Int32 = 4
    private static let commandAnswerNumber: Int32 = 5

    /// Starts a program.
    /// - Parameters:
    ///   - commands: for a request that takes commands: the ends that the worker gets.
    ///   - timeoutSeconds: after which it is ended.
    /// - Throws: ``SuiteError`` when it cannot be started.
    package init(
        _ program: String, request: WorkerRequest, commands: (read: Int32, write: Int32)? = nil, timeoutSeconds: Double
    ) throws {
        var request = request
        if commands != nil {
            request.commandDescriptor = Self.commandNumber
            request.answerDescriptor = Self.commandAnswerNumber
        }
        let answerPipe = try Self.makePipe(isBlocking: false)
        let complaintPipe = try Self.makePipe(isBlocking: false)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, complaintPipe.write, 2)
        posix_spawn_file_actions_adddup2(&actions, answerPipe.write, Self.answerNumber)
        if let commands {
            posix_spawn_file_actions_adddup2(&actions, commands.read, Self.commandNumber)
            posix_spawn_file_actions_adddup2(&actions, commands.write, Self.commandAnswerNumber)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setpgroup(&attributes, 0)
        // Not those of the thread that starts it, which may block any.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))

        let arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), nil]
        let environment = try Self.environment(request).map { strdup($0) } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var process: pid_t = 0
        let result = posix_spawn(&process, program, &actions, &attributes, arguments, environment)
        close(answerPipe.write)
        close(complaintPipe.write)
        guard result == 0 else {
            close(answerPipe.read)
            close(complaintPipe.read)
            throw SuiteError(.program, "cannot start '\(program)': \(String(cString: strerror(result)))")
        }
        identifier = process
        answer = answerPipe.read
        complaints = complaintPipe.read
        self.timeoutSeconds = timeoutSeconds
        deadline = Self.now() + timeoutSeconds
    }

    /// Waits for the answer. Whatever happens, the process and all that it started are gone afterwards.
    /// - Parameter withinSeconds: from now, instead of the timeout it was started with.
    package consuming func result(withinSeconds seconds: Double? = nil) -> WorkerAnswer {
        let deadline = seconds.map { Self.now() + $0 } ?? deadline
        var received: [UInt8] = []
        var status: Int32 = 0
        var hasExited = false
        var isLate = false
        while !hasExited {
            // The process may hold a descriptor open in a child of its own: its exit is what counts.
            hasExited = waitpid(identifier, &status, WNOHANG) == identifier
            var polled = [
                pollfd(fd: answer, events: Int16(POLLIN), revents: 0),
                pollfd(fd: complaints, events: Int16(POLLIN), revents: 0),
            ]
            poll(&polled, 2, hasExited ? 0 : 20)
            Self.drain(answer, into: &received, keeping: Self.answerLimit)
            Self.drain(complaints, into: &said, keeping: Self.complaintLimit)
            if polled.allSatisfy({ $0.revents & Int16(POLLIN) == 0 && $0.revents != 0 }), !hasExited { usleep(500) }
            if !hasExited, Interruption.isRequested || Self.now() > deadline {
                isLate = true
                break
            }
        }
        kill(-identifier, SIGKILL)
        if isLate { waitpid(identifier, &status, 0) }
        close(answer)
        close(complaints)
        if isLate, Interruption.isRequested { return .failed(BenchmarkFailure(Interruption.code, "was interrupted")) }
        if isLate {
            let allowed = NumberGroups.text(seconds ?? timeoutSeconds)
            return .failed(BenchmarkFailure("timed-out", "took longer than its timeout of \(allowed) s and was ended"))
        }
        if !received.isEmpty, let value = try? JSONDecoder().decode(WorkerAnswer.self, from: Data(received)) {
            return value
        }
        return .failed(Self.death(status, said: said))
    }

    /// Ends the process at once.
    package func end() { kill(-identifier, SIGKILL) }

    /// Waits until there is something to read from another descriptor, the process is gone, or time is up, and meanwhile
    /// listens to what it says on standard error, so that it never waits for being heard.
    /// - Returns: whether there is something to read.
    package mutating func waitForNews(_ descriptor: Int32, seconds: Double) -> Bool {
        var polled = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: isListening ? complaints : -1, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&polled, 2, Int32(seconds * 1_000)) > 0 else { return false }
        if polled[1].revents & Int16(POLLIN) != 0 {
            Self.drain(complaints, into: &said, keeping: Self.complaintLimit)
        } else if polled[1].revents != 0 {
            isListening = false
        }
        return polled[0].revents != 0
    }

    /// Whether the process has ended by itself; what became of it is left for ``result(withinSeconds:)``.
    package var hasExited: Bool {
        var information = siginfo_t()
        let result = waitid(P_PID, id_t(identifier), &information, WEXITED | WNOHANG | WNOWAIT)
        return result == 0 && information.si_signo == SIGCHLD
    }

    private static let complaintLimit = 1 << 16
    private static let answerLimit = 256 << 20

    private static func death(_ status: Int32, said: [UInt8]) -> BenchmarkFailure {
        let lines = String(decoding: said, as: UTF8.self).split(separator: "\n")
        let words =
            (lines.first { $0.contains("Fatal error") || $0.contains("Program crashed") } ?? lines.last).map {
                ": \($0.prefix(300))"
            } ?? ""
        let signal = status & 0x7F
        if signal != 0 {
            let name = String(cString: strsignal(signal))
            return BenchmarkFailure("crashed", "crashed with signal \(signal) (\(name))\(words)")
        }
        return BenchmarkFailure(
            "exited", "exited with status \(status >> 8 & 0xFF) before it was measured\(words)")
    }

    private static func environment(_ request: WorkerRequest) throws -> [String] {
        let text = String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
        var result: [String] = []
        var hasBacktrace = false
        var entry = environ
        while let value = entry.pointee {
            let variable = String(cString: value)
            if variable.hasPrefix("SWIFT_BACKTRACE=") { hasBacktrace = true }
            if !variable.hasPrefix("TICKSCOPE_BENCH_") { result.append(variable) }
            entry += 1
        }
        // The message of a crash is enough, and a backtrace takes a second.
        if !hasBacktrace { result.append("SWIFT_BACKTRACE=enable=no") }
        // Mytkowicz et al. 2009: the size of the environment moves the stack, and with it the results.
        let padding = String(repeating: "x", count: Int.random(in: 0..<4_096))
        result.append("\(WorkerRequest.paddingVariable)=\(padding)")
        result.append("\(WorkerRequest.variable)=\(text)")
        result.append("\(WorkerRequest.descriptorVariable)=\(answerNumber)")
        return result
    }

    private static func drain(_ descriptor: Int32, into bytes: inout [UInt8], keeping limit: Int) {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return }
            if bytes.count < limit { bytes.append(contentsOf: chunk[..<count]) }
        }
    }

    /// A pipe whose ends close when something else is executed, above the numbers that a worker's descriptors get.
    /// - Parameter isBlocking: whether reading waits.
    static func makePipe(isBlocking: Bool) throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw SuiteError(.program, "cannot make a pipe: \(String(cString: strerror(errno)))")
        }
        let moved = Self.moveUp(ends)
        if !isBlocking { _ = fcntl(moved[0], F_SETFL, O_NONBLOCK) }
        return (moved[0], moved[1])
    }

    /// Like a pipe, but writing to it when its reader is gone is an error, not the end of the writer: use `send` with
    /// `MSG_NOSIGNAL`.
    static func makeSocket() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
            throw SuiteError(.program, "cannot make a socket: \(String(cString: strerror(errno)))")
        }
        let moved = Self.moveUp(ends)
        return (moved[0], moved[1])
    }

    private static func moveUp(_ ends: [Int32]) -> [Int32] {
        ends.map { end in
            let copy = fcntl(end, F_DUPFD_CLOEXEC, 16)
            close(end)
            return copy
        }
    }

    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
