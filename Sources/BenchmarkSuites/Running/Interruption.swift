internal import Glibc
internal import Synchronization

/// The user's wish to stop: SIGINT, SIGTERM or SIGHUP, turned into something that is asked for.
///
/// Measured processes lead groups of their own, so that a terminal's Ctrl-C does not reach them: whoever measures must
/// end them. The second signal has its usual effect.
package enum Interruption {
    private static let requested = Atomic<Bool>(false)
    /// The process group that ends at once with the first signal; 0 for none.
    private static let group = Atomic<Int32>(0)

    /// What a failure is called that is none of the benchmark's.
    static let code = "interrupted"

    /// Begins to listen. Once, early.
    package static func listen() {
        // Touched before a handler does: what is made at its first use is made under a lock.
        _ = requested.load(ordering: .relaxed)
        _ = group.load(ordering: .relaxed)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            Interruption.requested.store(true, ordering: .sequentiallyConsistent)
            let group = Interruption.group.load(ordering: .sequentiallyConsistent)
            if group > 0 { kill(-group, SIGKILL) }
        }
        action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
        for signal in [SIGINT, SIGTERM, SIGHUP] { sigaction(signal, &action, nil) }
    }

    package static var isRequested: Bool { requested.load(ordering: .sequentiallyConsistent) }

    /// Names the group that ends with the signal, just started and not reaped before ``release()``.
    static func hold(_ process: Int32) {
        group.store(process, ordering: .sequentiallyConsistent)
        if isRequested { kill(-process, SIGKILL) }
    }

    static func release() { group.store(0, ordering: .sequentiallyConsistent) }
}
