internal import ProfileModel
internal import Sampling
internal import Symbolization
internal import Synchronization

/// The names of the code that one process writes at run time, from what its runtime keeps for profilers: a dump
/// (`jit-PID.dump`), which it shows by mapping it, or a map (`/tmp/perf-PID.map`).
final class GeneratedCode: Sendable {
    private struct State {
        var dump: JitDump?
        var map: PerfMap?
        var readTime: UInt64 = 0
    }

    /// Nil for a process of a finished recording: there is nothing more to come.
    private let process: Int32?
    private let state = Mutex(State())

    init(process pid: Int32) { process = pid }

    /// - Parameter map: what a process that has ended left behind; nil for nothing.
    init(finished map: PerfMap?) {
        process = nil
        state.withLock { $0.map = map }
    }

    /// Adds the dump that the process has mapped.
    func add(dump file: OpenFile) { state.withLock { $0.dump = JitDump(file) } }

    /// The function that holds an address.
    ///
    /// What the runtime wrote grows while the process runs: it is read on for an address that it did not have, but not
    /// for each.
    func lookup(_ address: VirtualAddress) -> SymbolTable.Match? {
        state.withLock { state in
            if let match = state.dump?.lookup(address) ?? state.map?.lookup(address) { return match }
            guard let process else { return nil }
            let now = MonotonicClock.now()
            guard state.readTime == 0 || now &- state.readTime > 1_000_000_000 else { return nil }
            state.readTime = now
            state.dump?.update()
            if let match = state.dump?.lookup(address) { return match }
            if state.map?.isEmpty == false { state.map?.update() } else { state.map = PerfMap(process: process) }
            return state.map?.lookup(address)
        }
    }
}
