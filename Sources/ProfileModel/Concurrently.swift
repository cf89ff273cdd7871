internal import Glibc
internal import Synchronization

/// Does independent pieces of work on as many threads as there are CPUs, this one among them.
/// - Parameters:
///   - count: of pieces; the first are begun first.
///   - mostThreads: no more threads than these: for work that is a piece of such work itself.
///   - body: makes the result of the piece with a number.
/// - Returns: the results in order, whatever thread made them.
package func concurrently<Result: Sendable>(
    _ count: Int, mostThreads: Int = .max, _ body: @escaping @Sendable (Int) -> Result
) -> [Result] {
    let work = SharedWork(count, body)
    let helpers = max(0, min(count, mostThreads, sysconf(Int32(_SC_NPROCESSORS_ONLN))) - 1)
    let threads = (0..<helpers).compactMap { _ in JoinableThread { work.run() } }
    work.run()
    for thread in threads { thread.join() }
    return work.results
}

private final class SharedWork<Result: Sendable>: Sendable {
    private let count: Int
    private let body: @Sendable (Int) -> Result
    private let next = Atomic<Int>(0)
    private let finished: Mutex<[Result?]>

    init(_ count: Int, _ body: @escaping @Sendable (Int) -> Result) {
        self.count = count
        self.body = body
        finished = Mutex(Array(repeating: nil, count: count))
    }

    func run() {
        while case let index = next.wrappingAdd(1, ordering: .relaxed).oldValue, index < count {
            let result = body(index)
            finished.withLock { $0[index] = result }
        }
    }

    /// Complete once all threads have ended.
    var results: [Result] { finished.withLock { $0.compactMap(\.self) } }
}

/// A thread whose end is waited for.
package struct JoinableThread {
    private let thread: pthread_t

    /// Starts it; nil when the system has no room for another one.
    package init?(_ body: @escaping @Sendable () -> Void) {
        let argument = Unmanaged.passRetained(ThreadBody(body))
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        // Demanglers recurse, and the shell's limit may be anything.
        pthread_attr_setstacksize(&attributes, 8 << 20)
        defer { pthread_attr_destroy(&attributes) }
        let status = pthread_create(
            &thread, &attributes,
            { argument in
                Unmanaged<ThreadBody>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, argument.toOpaque())
        guard status == 0 else {
            argument.release()
            return nil
        }
        self.thread = thread
    }

    package func join() { pthread_join(thread, nil) }
}

private final class ThreadBody: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
