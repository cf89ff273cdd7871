internal import ProfileModel
internal import Symbolization
internal import Synchronization

/// The names of the kernel's functions. The running kernel's symbols are read on a thread of their own from when it is
/// known that they are needed: the kernel takes tens of milliseconds to write them out. Thread-safe.
final class KernelNames: Sendable {
    private struct State {
        var thread: JoinableThread?
        var symbols: KernelSymbols?
    }

    /// The files of a recording that others made, which knows its kernel; nil for the one that runs.
    private let recorded: RecordedFiles?
    private let state = Mutex(State())
    private let read = Mutex<KernelSymbols?>(nil)

    init(of recorded: RecordedFiles? = nil) { self.recorded = recorded }

    /// Begins to read the running kernel's symbols, once, if they are likely to be needed.
    func prepare() {
        guard recorded?.kernel.isRunning ?? true else { return }
        state.withLock { state in
            guard state.thread == nil, state.symbols == nil else { return }
            state.thread = JoinableThread { [self] in
                let cache = KernelSymbolCache()
                let kept = cache.flatMap { KernelSymbols($0) }
                let symbols = kept ?? KernelSymbols()
                read.withLock { $0 = symbols }
                if kept == nil, let cache { symbols.store(in: cache) }
            }
        }
    }

    /// What names some addresses.
    func lookup(of addresses: [VirtualAddress]) -> RecordedKernel.Lookup {
        if let recorded {
            let lookup = recorded.kernel.lookup(of: addresses) { needsModules in
                running { !needsModules || $0.isWhole }
            }
            return lookup ?? { _ in nil }
        }
        return running { addresses.allSatisfy($0.covers) }.lookup
    }

    /// The running kernel's symbols; waits until they have been read.
    /// - Parameter suffices: whether what was kept from an earlier run will do.
    private func running(_ suffices: (KernelSymbols) -> Bool) -> KernelSymbols {
        state.withLock { state in
            state.thread?.join()
            state.thread = nil
            var symbols = state.symbols ?? read.withLock { $0 } ?? KernelSymbols()
            if !suffices(symbols) { symbols = KernelSymbols() }
            state.symbols = symbols
            return symbols
        }
    }
}
