internal import CUnwind
package import ProfileModel
internal import Synchronization

/// The unwind information of one file, shared by every process that maps it. Any thread.
package final class UnwindModule: @unchecked Sendable {
    // Constant after init but for what the table does under its own lock.
    private let table: FrameTable
    let module: UnsafeMutablePointer<ts_unwind_module>

    /// What a module is besides its call-frame information.
    package struct Layout: Sendable {
        /// Where the kernel starts the program, 0 for a library.
        package var entryPoint: ModuleRelativeAddress
        /// The range that the module occupies.
        package var addresses: Range<ModuleRelativeAddress>
        /// Descriptor to read code and tables from, or -1; borrowed for the life of the module.
        package var file: Int32

        package init(entryPoint: ModuleRelativeAddress, addresses: Range<ModuleRelativeAddress>, file: Int32) {
            self.entryPoint = entryPoint
            self.addresses = addresses
            self.file = file
        }
    }

    /// Where a section is in the file, and where it is mapped.
    package struct Section: Sendable {
        package var fileOffset: UInt64
        package var size: UInt64
        package var address: ModuleRelativeAddress

        package init(fileOffset: UInt64, size: UInt64, address: ModuleRelativeAddress) {
            self.fileOffset = fileOffset
            self.size = size
            self.address = address
        }
    }

    /// The module of an open file, from which tables are read as they are needed.
    /// - Parameters:
    ///   - ehFrame: `.eh_frame`; nil for a file without.
    ///   - ehFrameHeader: `.eh_frame_hdr`; nil for a file without.
    ///   - debugFrame: gives the bytes of `.debug_frame`, for functions that `.eh_frame` does not have; called at most
    ///     once, by any thread.
    package convenience init(
        ehFrame: Section?, ehFrameHeader: Section?, layout: Layout,
        registers: CallFrameRegisters = .native, debugFrame: (@Sendable () -> [UInt8]?)? = nil
    ) {
        let bytes = { (section: Section) in
            FrameBytes(file: layout.file, offset: section.fileOffset, size: section.size)
        }
        self.init(
            frames: ehFrame.map(bytes) ?? FrameBytes(copying: UnsafeRawBufferPointer(start: nil, count: 0)),
            address: ehFrame?.address ?? ModuleRelativeAddress(0),
            header: ehFrameHeader.map { (bytes($0), $0.address.rawValue) }, layout: layout, registers: registers,
            debugFrame: debugFrame)
    }

    /// A module whose tables are in memory already.
    /// - Parameters:
    ///   - ehFrame: bytes of `.eh_frame`, hostile; empty for a file without.
    ///   - address: where they are, by the module's own addresses.
    ///   - debugFrame: gives the bytes of `.debug_frame`, as above.
    package convenience init(
        ehFrame: [UInt8], address: ModuleRelativeAddress, layout: Layout,
        registers: CallFrameRegisters = .native, debugFrame: (@Sendable () -> [UInt8]?)? = nil
    ) {
        self.init(
            frames: ehFrame.withUnsafeBytes { FrameBytes(copying: $0) }, address: address, header: nil,
            layout: layout, registers: registers, debugFrame: debugFrame)
    }

    private init(
        frames: FrameBytes, address: ModuleRelativeAddress, header: (bytes: FrameBytes, address: UInt64)?,
        layout: Layout, registers: CallFrameRegisters, debugFrame: (@Sendable () -> [UInt8]?)?
    ) {
        module = .allocate(capacity: 1)
        module.initialize(to: ts_unwind_module())
        // Behind the module and its tables, where no address of its own can be.
        let end = max(layout.addresses.upperBound.rawValue, address.rawValue &+ UInt64(frames.bytes.count))
        let debugAddress = (end | 0xFFF) &+ 1
        table = FrameTable(
            frames: frames, address: address.rawValue, header: header, debugSource: debugFrame,
            debugAddress: debugAddress, module: module, registers: registers)
        module.pointee.eh_frame = ts_frame_section(
            bytes: frames.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), size: UInt64(frames.bytes.count),
            address: address.rawValue)
        module.pointee.find = { context, address in
            guard let context else { return nil }
            return Unmanaged<FrameTable>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.find(address) }
        }
        module.pointee.context = Unmanaged.passUnretained(table).toOpaque()
        module.pointee.entry_point = layout.entryPoint.rawValue
        module.pointee.low = layout.addresses.lowerBound.rawValue
        module.pointee.high = layout.addresses.upperBound.rawValue
        module.pointee.file = layout.file
        module.pointee.serial = Self.serials.wrappingAdd(1, ordering: .relaxed).newValue
    }

    private static let serials = Atomic<UInt64>(0)

    deinit {
        module.deinitialize(count: 1)
        module.deallocate()
    }

    /// How far past the entry point still counts as the thread's root, in a file that describes no frame there.
    static let entryCodeBytes: UInt64 = 64

    /// Number of functions with an unwind entry in `.eh_frame`.
    package var functionCount: Int { table.functionCount }

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
            return entry.pointee.length & UInt32(TS_FDE_OUTERMOST) != 0
        }
        return module.pointee.entry_point != 0 && address.rawValue &- module.pointee.entry_point < Self.entryCodeBytes
    }

    /// How to get from an address to the caller; nil where the module describes nothing.
    package func row(at address: ModuleRelativeAddress, _ registers: CallFrameRegisters = .native) -> UnwindRow? {
        ts_fde_at(module, address.rawValue).map { Self.row(module, $0, at: address.rawValue, registers) }
    }

    /// The rows that were compiled from a module's entries so far.
    static func rows(_ module: UnsafePointer<ts_unwind_module>) -> SharedRows? {
        module.pointee.context.map { Unmanaged<FrameTable>.fromOpaque($0)._withUnsafeGuaranteedRef { $0.rows } }
    }

    /// The row that an entry has for an address.
    static func row(
        _ module: UnsafePointer<ts_unwind_module>, _ entry: UnsafePointer<ts_fde>, at address: UInt64,
        _ registers: CallFrameRegisters
    ) -> UnwindRow {
        guard let section = ts_fde_section(module, entry)?.pointee else { return UnwindRow(kind: .bad) }
        return CallFrameProgram.row(
            section: UnsafeRawBufferPointer(start: section.bytes, count: Int(section.size)), address: section.address,
            entry: Int(entry.pointee.fde), target: address, registers: registers)
    }
}
