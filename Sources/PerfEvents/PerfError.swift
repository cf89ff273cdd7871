internal import Glibc

/// A refusal of the kernel's performance-event interface, with what the user can do about it.
package struct PerfError: Error, Hashable, Sendable, CustomStringConvertible {
    package struct Code: RawRepresentable, Hashable, Sendable {
        package var rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        /// The caller may not observe this task, or not at this level.
        package static let notPermitted = Code(rawValue: "not permitted")
        /// The machine or the kernel does not have the event.
        package static let unsupportedEvent = Code(rawValue: "unsupported event")
        /// No event has this name.
        package static let unknownEvent = Code(rawValue: "unknown event")
        /// The task exited, or never was.
        package static let noSuchTask = Code(rawValue: "no such task")
        /// The process has no file descriptor left.
        package static let tooManyFiles = Code(rawValue: "too many open files")
        /// The memory for a ring exceeds what this user may lock.
        package static let lockedMemory = Code(rawValue: "locked memory")
        package static let other = Code(rawValue: "other")
    }

    package var code: Code
    /// The errno behind it, 0 when there is none.
    package var errno: Int32
    /// One line: what failed, why, and the remedy.
    package var description: String

    package init(_ code: Code, errno: Int32 = 0, _ description: String) {
        self.code = code
        self.errno = errno
        self.description = description
    }
}

extension PerfError {
    /// What the refusal of an event on a task means.
    init(opening event: EventSpecification, task: Int32, errno error: Int32, limits: KernelLimits) {
        switch error {
        case ESRCH:
            self.init(.noSuchTask, errno: error, "task \(task) no longer exists")
        case EACCES, EPERM:
            self.init(.notPermitted, errno: error, Self.permissionText(task: task, limits: limits))
        case ENOENT, EOPNOTSUPP, ENODEV, ENXIO:
            self.init(
                .unsupportedEvent, errno: error,
                "event '\(event.name)' does not exist on this machine (\(Self.text(error)))")
        case EMFILE, ENFILE:
            self.init(
                .tooManyFiles, errno: error,
                "no file descriptor left for task \(task); raise the limit with 'ulimit -n' or attach to fewer threads")
        case EINVAL:
            self.init(
                .other, errno: error,
                "the kernel rejects event '\(event.name)' with these settings; try a lower frequency or --stack-size")
        case let error:
            self.init(.other, errno: error, "cannot open event '\(event.name)' on task \(task): \(Self.text(error))")
        }
    }

    private static func permissionText(task: Int32, limits: KernelLimits) -> String {
        var text = "no permission to observe task \(task)"
        if let paranoid = limits.paranoid {
            text += " (kernel.perf_event_paranoid is \(paranoid))"
        }
        return text + "; run as root or as the target's owner, grant CAP_PERFMON,"
            + " or lower it with 'sysctl kernel.perf_event_paranoid=1'"
    }

    /// The C library's text of an errno.
    package static func text(_ error: Int32) -> String { String(cString: strerror(error)) }
}
