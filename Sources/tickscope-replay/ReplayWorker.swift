internal import Glibc
internal import Synchronization
internal import TradingHotPath

/// One thread that replays the stream again and again into books of its own, until told to stop.
///
/// After a pass the books are emptied, which costs a few nanoseconds for each order still alive; so every pass sees
/// the references of the stream for the first time, and leaves the same state.
final class ReplayWorker: Sendable {
    let index: Int
    private let plan: ReplayPlan
    private nonisolated(unsafe) let stream: UnsafeRawBufferPointer
    private let shouldStop = Atomic<Bool>(false)
    private let handled = Atomic<UInt64>(0)
    private let isWrong = Atomic<Bool>(false)

    /// Bytes replayed between two looks at the stop flag: a fraction of a millisecond.
    private static let blockBytes = 1 << 18

    /// - Parameter stream: must outlive the thread.
    init(index: Int, plan: ReplayPlan, stream: UnsafeRawBufferPointer) {
        self.index = index
        self.plan = plan
        self.stream = stream
    }

    /// Messages replayed so far.
    var messages: UInt64 { handled.load(ordering: .relaxed) }
    /// A pass left another state than the plan's.
    var hasWrongDigest: Bool { isWrong.load(ordering: .relaxed) }

    func stop() { shouldStop.store(true, ordering: .relaxed) }

    /// Starts the thread, named `replay-0` and so on.
    func start() throws(InputError) -> pthread_t {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { context in
                let worker = Unmanaged<ReplayWorker>.fromOpaque(context!).takeRetainedValue()
                nameThisThread("replay-\(worker.index)")
                worker.run()
                return nil
            }, context.toOpaque())
        guard status == 0 else {
            context.release()
            throw InputError(description: "cannot start a thread: \(String(cString: strerror(status)))")
        }
        return thread
    }

    private func run() {
        var books = BookSet(capacity: plan.capacity)
        var total: UInt64 = 0
        var isFirstPass = true
        while true {
            var reader = ITCHStreamReader(stream)
            while !reader.isAtEnd {
                reader.replay(upTo: Self.blockBytes, into: &books)
                handled.store(total &+ reader.counts.messages, ordering: .relaxed)
                if shouldStop.load(ordering: .relaxed) { return }
            }
            total &+= reader.counts.messages
            if isFirstPass, books.stateDigest() != plan.digest { isWrong.store(true, ordering: .relaxed) }
            isFirstPass = false
            books.reset()
        }
    }
}

/// pthread_setname_np is a GNU extension that Swift's Glibc does not show; the kernel takes the name from here too.
private func nameThisThread(_ name: String) {
    let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    _ = name.withCString { write(descriptor, $0, strlen($0)) }
}
