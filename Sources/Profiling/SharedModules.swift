internal import PerfEvents
internal import ProfileModel
internal import Sampling
internal import Synchronization

/// The files of a recording, opened once for all threads that unwind its samples. Thread-safe.
final class SharedModules: Sendable {
    private let store: Mutex<ModuleStore>

    init(_ store: sending ModuleStore = ModuleStore()) { self.store = Mutex(store) }

    var modules: [MappedModule] { store.withLock { $0.modules } }

    /// Files that are executed but could not be read.
    var unreadablePaths: [String] { store.withLock { $0.unreadablePaths } }

    /// Opens the file of a mapping while its process has it.
    func open(_ mapping: Mapping, process pid: Int32) { store.withLock { _ = $0.index(of: mapping, process: pid) } }

    /// Takes a record about the kernel's own mappings.
    func note(kernel record: MappingRecord) { store.withLock { $0.note(kernel: record) } }

    /// - Returns: nil when memory is short.
    func code(of space: AddressSpace, process pid: Int32, serial: UInt32) -> ProcessCode? {
        store.withLock { ProcessCode(space: space, process: pid, modules: &$0, serial: serial) }
    }
}
