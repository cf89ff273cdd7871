import Foundation
import Synchronization

/// A child process of a test: started, listened to, signalled, and always gone at the end.
///
/// It runs in a process group of its own, with default signal dispositions; its output is drained all the time, so
/// that it never blocks on a full pipe. `deinit` kills the whole group, which makes `defer { program.kill() }` a
/// matter of timing, not of cleanliness.
package final class Program: Sendable {
    /// How a process ended.
    package enum Ending: Equatable, Sendable {
        case exited(Int32)
        case signaled(Int32)
    }

    package let arguments: [String]
    package let pid: Int32
    /// What it has written so far.
    package let output: OutputCollector
    package let errors: OutputCollector
    private let input: FileHandle?
    private let ending = Mutex<Ending?>(nil)
    private let groupIsGone = Mutex(false)

    /// Starts `arguments[0]`, looked up in PATH when it has no slash.
    ///
    /// - Parameters:
    ///   - arguments: the program and its arguments.
    ///   - keepsInputOpen: standard input is a pipe that ``closeInput()`` closes, instead of `/dev/null`.
    ///   - environment: variables that are added to this process's.
    package init(_ arguments: [String], keepsInputOpen: Bool = false, environment: [String: String] = [:]) throws {
        self.arguments = arguments
        // One start at a time: a pipe that another child inherits before it is close-on-exec would stay open.
        let (pid, output, errors, input) = try Self.starting.withLock { _ in
            try Self.spawn(arguments, keepsInputOpen: keepsInputOpen, environment: environment)
        }
        self.pid = pid
        self.input = input
        self.output = OutputCollector(draining: output)
        self.errors = OutputCollector(draining: errors)
    }

    private static let starting = Mutex(())

    /// Returns the process and this side's ends of its pipes.
    private static func spawn(
        _ arguments: [String], keepsInputOpen: Bool, environment: [String: String]
    ) throws -> (pid: Int32, output: FileHandle, errors: FileHandle, input: FileHandle?) {
        let output = try Pipe.opened(), errors = try Pipe.opened()
        let input = keepsInputOpen ? try Pipe.opened() : nil

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input.fileHandleForReading.fileDescriptor, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, output.fileHandleForWriting.fileDescriptor, 1)
        posix_spawn_file_actions_adddup2(&actions, errors.fileHandleForWriting.fileDescriptor, 2)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t(), all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
        var argv = arguments.map { strdup($0) } + [nil]
        var envp = variables.map { strdup($0) } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var pid: pid_t = 0
        let status = posix_spawnp(&pid, arguments[0], &actions, &attributes, &argv, &envp)
        guard status == 0 else {
            throw TestFailure("cannot start \(arguments[0]): \(String(cString: strerror(status)))")
        }

        try input?.fileHandleForReading.close()
        try output.fileHandleForWriting.close()
        try errors.fileHandleForWriting.close()
        return (pid, output.fileHandleForReading, errors.fileHandleForReading, input?.fileHandleForWriting)
    }

    deinit { kill() }

    /// Runs a program to its end.
    package static func run(_ arguments: [String], timeout: Double = 60) throws -> Program {
        let program = try Program(arguments)
        try program.wait(timeout: timeout)
        return program
    }

    package var isRunning: Bool { reap(WNOHANG) == nil }

    /// Sends a signal to the process itself, not to its group.
    package func signal(_ number: Int32) {
        if isRunning { _ = Foundation.kill(pid, number) }
    }

    package func closeInput() { try? input?.close() }

    /// Waits for the end, with all output drained. A program that outlives `timeout` seconds is killed, and the wait
    /// fails.
    @discardableResult
    package func wait(timeout: Double = 60) throws -> Ending {
        let deadline = Date(timeIntervalSinceNow: timeout)
        while true {
            if let ending = reap(WNOHANG) {
                output.waitForEnd(timeout: 2)
                errors.waitForEnd(timeout: 2)
                return ending
            }
            guard Date() < deadline else {
                kill()
                throw TestFailure("\(arguments) did not end within \(timeout) s; stderr: \(errors.text)")
            }
            usleep(5000)
        }
    }

    /// Waits for a line of standard output that starts with `prefix`, and returns the rest of it.
    @discardableResult
    package func waitForLine(_ prefix: String, timeout: Double = 20) throws -> String {
        let deadline = Date(timeIntervalSinceNow: timeout)
        while true {
            let ended = !isRunning
            if ended { output.waitForEnd(timeout: 2) }
            for line in output.completeLines where line.hasPrefix(prefix) {
                return String(line.dropFirst(prefix.count)).trimmingCharacters(in: .whitespaces)
            }
            guard !ended, Date() < deadline else {
                throw TestFailure("\(arguments): no line “\(prefix)”; stdout: \(output.text) stderr: \(errors.text)")
            }
            usleep(2000)
        }
    }

    /// Ends the process and what it started, at once.
    package func kill() {
        // Once only: later on, the number of the group may be another's.
        let wasGone = groupIsGone.withLock { gone in
            defer { gone = true }
            return gone
        }
        if !wasGone { _ = Foundation.kill(-pid, SIGKILL) }
        _ = reap(0)
    }

    private func reap(_ options: Int32) -> Ending? {
        ending.withLock { ending in
            if ending != nil { return ending }
            var status: Int32 = 0
            guard waitpid(pid, &status, options) == pid else { return nil }
            let signal = status & 0x7f
            ending = signal == 0 ? .exited((status >> 8) & 0xff) : .signaled(signal)
            return ending
        }
    }
}

/// A test cannot go on: says why.
package struct TestFailure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

extension Pipe {
    /// A pipe that children do not inherit, or an error when there are no descriptors left.
    fileprivate static func opened() throws -> Pipe {
        let pipe = Pipe()
        for handle in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
            guard handle.fileDescriptor >= 0, fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC) == 0 else {
                throw TestFailure("no file descriptors left")
            }
        }
        return pipe
    }
}
