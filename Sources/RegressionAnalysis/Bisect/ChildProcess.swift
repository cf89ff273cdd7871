internal import BenchmarkSuites
internal import Glibc
internal import ProfileFormats

/// A program that is run to its end, in a process group of its own.
struct ChildProcess {
    enum Output {
        /// Kept, up to a limit.
        case captured
        /// To our standard error, as it comes.
        case shown
    }

    struct Result {
        /// As `waitpid` gives it.
        var status: Int32
        var output: [UInt8]
        var errors: [UInt8]
        var hasTimedOut = false

        /// The exit status; nil when a signal ended it.
        var exitCode: Int32? { status & 0x7F == 0 ? status >> 8 & 0xFF : nil }
        var firstErrorLine: String {
            let lines = String(decoding: errors, as: UTF8.self).split(separator: "\n")
            return PlainText.of(lines.first ?? "", limit: 160)
        }
    }

    var words: [String]
    /// Variables that are set.
    var environment: [String: String] = [:]
    /// Variables that it does not get.
    var withheld: Set<String> = []
    var output = Output.captured
    var timeoutSeconds: Double?
    /// Whether it ends when the user wants to stop. What cleans up must not.
    var endsWithInterruption = false

    private static let mostBytes = 64 << 20

    /// - Throws: ``RegressionError`` when it cannot be started.
    func run() throws(RegressionError) -> Result {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        var files: [UnsafeMutablePointer<FILE>] = []
        defer { for file in files { fclose(file) } }
        switch output {
        case .captured:
            for descriptor: Int32 in [1, 2] {
                guard let file = tmpfile() else { throw problem(errno) }
                files.append(file)
                posix_spawn_file_actions_adddup2(&actions, fileno(file), descriptor)
            }
        case .shown: posix_spawn_file_actions_adddup2(&actions, 2, 1)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        let environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, words[0], &actions, &attributes, arguments, environment)
        guard code == 0 else { throw problem(code) }
        let (status, isLate) = wait(for: process)
        return Result(
            status: status, output: files.first.map(Self.content) ?? [], errors: files.last.map(Self.content) ?? [],
            hasTimedOut: isLate)
    }

    /// Waits, and ends the whole group when it takes too long or the user wants to stop.
    private func wait(for process: pid_t) -> (status: Int32, isLate: Bool) {
        var (status, waited, pause, isLate): (Int32, Double, UInt32, Bool) = (0, 0, 500, false)
        while waitpid(process, &status, WNOHANG) == 0 {
            let isLateNow = timeoutSeconds.map { waited > $0 } ?? false
            if isLateNow || endsWithInterruption && Interruption.isRequested {
                isLate = isLateNow
                kill(-process, SIGKILL)
                while waitpid(process, &status, 0) < 0 && errno == EINTR {}
                break
            }
            usleep(pause)
            waited += Double(pause) / 1e6
            pause = min(pause * 2, 20_000)
        }
        return (status, isLate)
    }

    private func problem(_ code: Int32) -> RegressionError {
        RegressionError(
            .repository, "cannot run '\(PlainText.of(words[0], limit: 100))': \(String(cString: strerror(code)))")
    }

    private var variables: [String] {
        var result: [String] = []
        var entry = environ
        while let value = entry.pointee {
            let text = String(cString: value)
            let name = String(text.prefix { $0 != "=" })
            if environment[name] == nil, !withheld.contains(name) { result.append(text) }
            entry += 1
        }
        return result + environment.map { "\($0)=\($1)" }
    }

    private static func content(_ file: UnsafeMutablePointer<FILE>) -> [UInt8] {
        // The child moved the place that both share.
        rewind(file)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < mostBytes {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes
    }
}
