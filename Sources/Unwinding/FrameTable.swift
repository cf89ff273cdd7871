internal import CUnwind
internal import Glibc
internal import Synchronization

/// The functions of one module and their unwind entries, found when they are first asked for.
///
/// ```
///   .eh_frame_hdr, checked ─► entry, checked ─► kept
///        │ absent, wrong, incomplete
///        ▼
///   every entry of .eh_frame
///        │ not there
///        ▼
///   .debug_frame of the file or its debug file
/// ```
///
/// The answer never depends on the way: what the linker's table says is believed only as far as the entries confirm it,
/// and where it has no function, only after it was seen to have as many functions as there are entries. Any thread.
final class FrameTable: @unchecked Sendable {
    // Everything mutable is used under the lock. Entries are handed out as pointers: they never move or change.
    private let lock = Mutex<Void>(())
    private let frames: FrameBytes
    private let address: UInt64
    private let registers: CallFrameRegisters
    /// Constant, as are the bytes that it reads: searched by many threads at a time.
    private let header: FrameHeader?
    private var isHeaderWrong = false
    private var isHeaderComplete = false
    /// By the header's index; a length of 0 is an entry that nobody asked for.
    private let found: UnsafeMutablePointer<ts_fde>?
    private var all: UnsafeMutableBufferPointer<ts_fde>?
    private var debug: DebugFrameIndex?
    private var debugSource: (@Sendable () -> [UInt8]?)?
    /// Where ``debug``'s section is to be, by the module's own addresses.
    private let debugAddress: UInt64
    private let module: UnsafeMutablePointer<ts_unwind_module>
    /// What was compiled from the entries.
    let rows: SharedRows

    /// - Parameters:
    ///   - header: bytes of `.eh_frame_hdr` and where they are mapped.
    ///   - debugSource: gives the bytes of `.debug_frame`; called at most once.
    ///   - module: its `debug_frame` is filled in before an entry of that is handed out.
    init(
        frames: FrameBytes, address: UInt64, header: (bytes: FrameBytes, address: UInt64)?,
        debugSource: (@Sendable () -> [UInt8]?)?, debugAddress: UInt64,
        module: UnsafeMutablePointer<ts_unwind_module>, registers: CallFrameRegisters
    ) {
        self.frames = frames
        self.address = address
        self.registers = registers
        self.debugSource = debugSource
        self.debugAddress = debugAddress
        self.module = module
        let header = header.flatMap { FrameHeader($0.bytes, address: $0.address) }
        // Zeroed by the kernel when first touched: most of it never is.
        found = calloc(header?.count ?? 1, MemoryLayout<ts_fde>.stride)?.assumingMemoryBound(to: ts_fde.self)
        self.header = found == nil ? nil : header
        rows = SharedRows(functionCount: header?.count ?? 0)
    }

    deinit {
        free(found)
        all?.deallocate()
    }

    /// Number of functions in `.eh_frame`.
    var functionCount: Int {
        lock.withLock { _ in isHeaderWrong ? everyEntry().count : header?.count ?? everyEntry().count }
    }

    /// The entry that covers an address. O(log n) once the function was asked for.
    func find(_ target: UInt64) -> UnsafePointer<ts_fde>? {
        let index = header?.index(of: target)
        return lock.withLock { _ in
            if let header, !isHeaderWrong {
                if let answer = find(target, at: index, in: header) { return answer.entry ?? findInDebugFrame(target) }
                isHeaderWrong = true
            }
            return Self.search(everyEntry(), target) ?? findInDebugFrame(target)
        }
    }

    private struct Answer {
        var entry: UnsafePointer<ts_fde>?
    }

    /// - Parameter index: the header's for the target.
    /// - Returns: nil when the table is contradicted by the section.
    private func find(_ target: UInt64, at index: Int?, in header: FrameHeader) -> Answer? {
        if let index, let found {
            let entry = found + index
            if entry.pointee.length == 0 {
                let row = header[index]
                guard row.entry >= address, row.entry - address < UInt64(frames.bytes.count),
                    let parsed = CallFrameIndex.entry(
                        frames, at: Int(row.entry - address), address: address, registers),
                    parsed.start == row.start
                else { return nil }
                entry.pointee = parsed
            }
            if target &- entry.pointee.start < UInt64(entry.pointee.length & UInt32(TS_FDE_LENGTH)) {
                return Answer(entry: UnsafePointer(entry))
            }
        }
        if !isHeaderComplete {
            guard frames.countFunctions() == header.count else { return nil }
            isHeaderComplete = true
        }
        return Answer(entry: nil)
    }

    private func everyEntry() -> UnsafeMutableBufferPointer<ts_fde> {
        if let all { return all }
        let entries = CallFrameIndex.entries(frames, address: address, registers)
        let buffer = UnsafeMutableBufferPointer<ts_fde>.allocate(capacity: entries.count)
        _ = buffer.initialize(from: entries)
        all = buffer
        return buffer
    }

    private func findInDebugFrame(_ target: UInt64) -> UnsafePointer<ts_fde>? {
        if let source = debugSource {
            debugSource = nil
            let index = source().map {
                DebugFrameIndex($0, address: debugAddress, registers: registers)
            }
            if let index, !index.entries.isEmpty {
                debug = index
                module.pointee.debug_frame = ts_frame_section(
                    bytes: index.section.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    size: UInt64(index.section.bytes.count), address: debugAddress)
            }
        }
        return debug.flatMap { Self.search($0.entries, target) }
    }

    private static func search(
        _ entries: UnsafeMutableBufferPointer<ts_fde>, _ target: UInt64
    ) -> UnsafePointer<ts_fde>? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].start <= target { low = middle + 1 } else { high = middle }
        }
        guard low > 0, let base = entries.baseAddress else { return nil }
        let entry = base + (low - 1)
        let isCovered = target - entry.pointee.start < UInt64(entry.pointee.length & UInt32(TS_FDE_LENGTH))
        return isCovered ? UnsafePointer(entry) : nil
    }
}
