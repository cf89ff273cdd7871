internal import Symbolization
internal import Synchronization

/// The symbols of the running kernel, read on a thread of their own from when it is known that they are needed: the
/// kernel takes tens of milliseconds to write them out. Thread-safe.
final class KernelNames: Sendable {
    private struct State {
        var thread: JoinableThread?
        var symbols: KernelSymbols?
    }

    private let isOfRunningKernel: Bool
    private let state = Mutex(State())
    private let read = Mutex<KernelSymbols?>(nil)

    /// - Parameter isOfRunningKernel: whether the addresses in the kernel are those of the one that runs; it has no names
    ///   for others.
    init(isOfRunningKernel: Bool) { self.isOfRunningKernel = isOfRunningKernel }

    /// Begins to read them, once.
    func prepare() {
        state.withLock { state in
            guard isOfRunningKernel, state.thread == nil, state.symbols == nil else { return }
            state.thread = JoinableThread { [self] in read.withLock { $0 = KernelSymbols() } }
        }
    }

    /// Waits until they have been read.
    var symbols: KernelSymbols {
        state.withLock { state in
            if let known = state.symbols { return known }
            state.thread?.join()
            state.thread = nil
            let symbols = read.withLock { $0 } ?? (isOfRunningKernel ? KernelSymbols() : KernelSymbols(kallsyms: []))
            state.symbols = symbols
            return symbols
        }
    }
}
