internal import CUnwind
package import ProfileModel

/// The unwind information of one file, shared by every process that maps it. Immutable.
package final class UnwindModule: @unchecked Sendable {
    // Immutable after init, so sharing it between threads is safe.
    private let frameBytes: UnsafeMutableRawBufferPointer
    private let entries: UnsafeMutableBufferPointer<ts_fde>
    let module: UnsafeMutablePointer<ts_unwind_module>

    /// - Parameters:
    ///   - ehFrame: bytes of `.eh_frame`, hostile; empty for a file without.
    ///   - address: where they are, by the module's own addresses.
    ///   - entryPoint: where the kernel starts the program, 0 for a library.
    ///   - addresses: the range that the module occupies.
    ///   - file: descriptor to read code from, or -1; borrowed for the life of the module.
    package init(
        ehFrame: [UInt8], address: ModuleRelativeAddress, entryPoint: ModuleRelativeAddress,
        addresses: Range<ModuleRelativeAddress>, file: Int32
    ) {
        frameBytes = .allocate(byteCount: max(ehFrame.count, 1), alignment: 16)
        frameBytes.copyBytes(from: ehFrame)
        let bytes = UnsafeRawBufferPointer(rebasing: frameBytes[..<ehFrame.count])
        let index = CallFrameIndex.entries(ehFrame: bytes, address: address.rawValue)
        entries = .allocate(capacity: max(index.count, 1))
        _ = entries.initialize(from: index)
        module = .allocate(capacity: 1)
        module.initialize(
            to: ts_unwind_module(
                eh_frame: frameBytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
                eh_frame_size: UInt64(ehFrame.count), eh_frame_address: address.rawValue,
                entries: UnsafePointer(entries.baseAddress), entry_count: UInt64(index.count),
                entry_point: entryPoint.rawValue, low: addresses.lowerBound.rawValue,
                high: addresses.upperBound.rawValue, file: file))
    }

    deinit {
        module.deinitialize(count: 1)
        module.deallocate()
        entries.deallocate()
        frameBytes.deallocate()
    }

    /// How far past the entry point still counts as the thread's root, in a file that describes no frame there.
    static let entryCodeBytes: UInt64 = 64

    /// Number of functions with an unwind entry.
    package var functionCount: Int { Int(module.pointee.entry_count) }

    /// Where the kernel starts the program, 0 for a library.
    package var entryPoint: ModuleRelativeAddress { ModuleRelativeAddress(module.pointee.entry_point) }

    /// First address of the function that holds an address, by its unwind entry: all that a stripped file tells.
    package func functionStart(of address: ModuleRelativeAddress) -> ModuleRelativeAddress? {
        ts_fde_at(module, address.rawValue).map { ModuleRelativeAddress($0.pointee.start) }
    }

    /// Whether the function that holds an address is where a thread starts: its return address is declared undefined,
    /// or it is the program's entry.
    package func isOutermost(_ address: ModuleRelativeAddress) -> Bool {
        if let entry = ts_fde_at(module, address.rawValue) {
            return entry.pointee.length & CallFrameIndex.outermostFlag != 0
        }
        return module.pointee.entry_point != 0 && address.rawValue &- module.pointee.entry_point < Self.entryCodeBytes
    }
}
