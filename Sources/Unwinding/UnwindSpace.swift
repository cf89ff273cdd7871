internal import CUnwind
package import ProfileModel
internal import Synchronization

/// One executable mapping as an unwinder sees it.
package struct UnwindMapping {
    package var addresses: Range<VirtualAddress>
    /// Mapped address minus the module's own address.
    package var bias: UInt64
    /// Position in the file of the first byte.
    package var fileOffset: FileOffset
    /// Nil for executable memory without a readable file.
    package var module: UnwindModule?
    /// Code that was written at run time: it keeps frame pointers instead of tables.
    package var isGenerated: Bool

    package init(
        addresses: Range<VirtualAddress>, bias: UInt64, fileOffset: FileOffset, module: UnwindModule?,
        isGenerated: Bool = false
    ) {
        self.isGenerated = isGenerated
        self.addresses = addresses
        self.bias = bias
        self.fileOffset = fileOffset
        self.module = module
    }
}

/// The executable mappings of one process, ready for unwinding, with what the engine has learned about them.
/// Used by one thread at a time.
package final class UnwindSpace {
    let space: OpaquePointer
    /// Changes with the mappings, and is never used twice: what was compiled for other mappings does not match.
    private(set) var serial: UInt64
    /// Addresses that were asked about in ``isCall(before:from:)``.
    var callSites: [UInt64: Bool] = [:]
    private static let serials = Atomic<UInt64>(1)
    /// Keeps the modules alive that the C side points to.
    private var mappings: [UnwindMapping]
    /// Whether the process writes code at run time.
    private(set) var hasGeneratedCode = false

    /// - Parameter mappings: sorted, not overlapping.
    package init?(_ mappings: [UnwindMapping]) {
        guard let space = ts_unwind_space_create() else { return nil }
        self.space = space
        self.mappings = []
        serial = 0
        guard update(mappings) else { return nil }
    }

    deinit { ts_unwind_space_destroy(space) }

    /// Replaces the mappings.
    /// - Parameter mappings: sorted, not overlapping.
    /// - Returns: false when memory is short; the old mappings stay.
    @discardableResult
    package func update(_ mappings: [UnwindMapping]) -> Bool {
        let plain = mappings.map { mapping in
            ts_unwind_mapping(
                start: mapping.addresses.lowerBound.rawValue, end: mapping.addresses.upperBound.rawValue,
                bias: mapping.bias, file_offset: mapping.fileOffset.rawValue,
                module: mapping.module.map { UnsafePointer($0.module) }, is_generated: mapping.isGenerated ? 1 : 0)
        }
        guard ts_unwind_space_set(space, plain, plain.count) == 0 else { return false }
        self.mappings = mappings
        hasGeneratedCode = mappings.contains(where: \.isGenerated)
        callSites = [:]
        serial = Self.serials.wrappingAdd(1, ordering: .relaxed).newValue
        return true
    }
}
