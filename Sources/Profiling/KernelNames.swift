internal import ProfileModel
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
            state.thread = JoinableThread { [self] in
                let cache = KernelSymbolCache()
                let kept = cache.flatMap { KernelSymbols($0) }
                let symbols = kept ?? KernelSymbols()
                read.withLock { $0 = symbols }
                if kept == nil, let cache { symbols.store(in: cache) }
            }
        }
    }

    /// Waits until they have been read.
    /// - Parameter addresses: that will be looked up; what was kept from an earlier run may not know all.
    func symbols(for addresses: some Sequence<VirtualAddress>) -> KernelSymbols {
        state.withLock { state in
            guard isOfRunningKernel else { return KernelSymbols(kallsyms: []) }
            state.thread?.join()
            state.thread = nil
            var symbols = state.symbols ?? read.withLock { $0 } ?? KernelSymbols()
            if !addresses.allSatisfy(symbols.covers) { symbols = KernelSymbols() }
            state.symbols = symbols
            return symbols
        }
    }
}
