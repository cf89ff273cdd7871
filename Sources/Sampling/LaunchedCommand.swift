internal import CTasks
internal import Glibc
internal import PerfEvents

/// A program that we start, held at a gate until its events are open.
package final class LaunchedCommand {
    package let pid: Int32
    private var launch: ts_launch
    private var isReleased = false

    /// How a program ended.
    package enum Ending: Hashable, Sendable {
        case exit(Int32)
        case signal(Int32)

        /// The status that a shell would report.
        package var status: Int32 {
            switch self {
            case .exit(let code): code
            case .signal(let signal): 128 + signal
            }
        }
    }

    /// Forks the child that waits.
    init(_ command: [String]) throws {
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        launch = ts_launch()
        let result = ts_launch_prepare(arguments, &launch)
        guard result == 0 else {
            throw SamplingError(.cannotExecute, "cannot start '\(command[0])': \(PerfError.text(-result))")
        }
        pid = launch.pid
    }

    deinit { if !isReleased { ts_launch_cancel(&launch) } }

    /// Lets the program run.
    /// - Throws: ``SamplingError`` when it cannot be executed.
    func release(name: String) throws {
        isReleased = true
        let result = ts_launch_release(&launch)
        guard result == 0 else {
            throw SamplingError(.cannotExecute, "cannot execute '\(name)': \(PerfError.text(-result))")
        }
    }

    /// Waits for the end and reaps.
    package func wait() -> Ending {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            if errno != EINTR { return .exit(127) }
        }
        return ts_wait_exited(status) != 0 ? .exit(ts_wait_exit_code(status)) : .signal(ts_wait_signal(status))
    }
}
