internal import CUnwind

/// The functions of a `.debug_frame` section, rewritten to the format of `.eh_frame`.
///
/// Both sections hold the same instructions under different headers, so one rewriting spares every reader of entries, of
/// which libunwind is one, a second format. Versions 1, 3 and 4 of common entries (DWARF 2 to 5), both sizes of DWARF.
/// Format: DWARF 5, section 6.4.1.
final class DebugFrameIndex {
    let section: FrameBytes
    /// Sorted by address, no two with the same start.
    let entries: UnsafeMutableBufferPointer<ts_fde>

    /// What lies behind this much is not read.
    private static let largestSection = 256 << 20

    /// - Parameters:
    ///   - source: bytes of `.debug_frame`, hostile.
    ///   - address: where the rewritten section is to be, by the module's own addresses.
    init(_ source: [UInt8], address: UInt64, registers: CallFrameRegisters) {
        var writer = Writer(address: address)
        source.withUnsafeBytes { bytes in
            writer.rewrite(UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.largestSection)))
        }
        section = writer.bytes.withUnsafeBytes { FrameBytes(copying: $0) }
        let index = CallFrameIndex.entries(section, address: address, registers)
        entries = .allocate(capacity: index.count)
        _ = entries.initialize(
            from: index.map { ts_fde(start: $0.start, length: $0.length | UInt32(TS_FDE_DEBUG), fde: $0.fde) })
    }

    deinit { entries.deallocate() }
}

private struct Writer {
    let address: UInt64
    private(set) var bytes: [UInt8] = []
    /// Offsets of common entries in the source, and here.
    private var commons: [Int: Int] = [:]

    /// DW_EH_PE_pcrel | DW_EH_PE_sdata8.
    private static let pointerEncoding: UInt8 = 0x1C

    init(address: UInt64) { self.address = address }

    mutating func rewrite(_ source: UnsafeRawBufferPointer) {
        var reader = ByteReader(source)
        while reader.remaining >= 4 {
            let start = reader.position
            var size = reader
            let isLong = size.unsigned(4) == 0xFFFF_FFFF
            guard var body = reader.record() else { return }
            guard let identifier = body.unsigned(isLong ? 8 : 4) else { continue }
            if identifier == (isLong ? .max : 0xFFFF_FFFF) {
                _ = common(body, from: start)
            } else if let parent = Int(exactly: identifier), let common = commonPosition(parent, in: source) {
                function(body, common)
            }
        }
    }

    /// Where a common entry is here. A function may come before its common entry.
    private mutating func commonPosition(_ offset: Int, in source: UnsafeRawBufferPointer) -> Int? {
        if let known = commons[offset] { return known < 0 ? nil : known }
        var reader = ByteReader(source)
        reader.seek(offset)
        guard reader.position == offset else { return nil }
        var size = reader
        let isLong = size.unsigned(4) == 0xFFFF_FFFF
        guard var body = reader.record(), body.unsigned(isLong ? 8 : 4) == (isLong ? .max : 0xFFFF_FFFF) else {
            commons[offset] = -1
            return nil
        }
        return common(body, from: offset)
    }

    private mutating func common(_ source: ByteReader, from offset: Int) -> Int? {
        if let known = commons[offset] { return known < 0 ? nil : known }
        commons[offset] = -1
        var body = source
        guard let version = body.byte(), version == 1 || version == 3 || version == 4 else { return nil }
        var isSignal = false
        while let character = body.byte(), character != 0 {
            switch character {
            case UInt8(ascii: "S"): isSignal = true
            case UInt8(ascii: "B"): break  // arm64: signed with the second key
            default: return nil  // says how to read what follows, in a way that nobody describes
            }
        }
        if version == 4 {
            // Size of an address, and of a segment selector.
            guard body.byte() == 8, body.byte() == 0 else { return nil }
        }
        guard let codeFactor = body.leb128(), let dataFactor = body.signedLEB128(),
            let returnAddress = version == 1 ? body.byte().map(UInt64.init) : body.leb128()
        else { return nil }
        let position = bytes.count
        let instructions = body.rest
        begin()
        append(UInt32(0))
        bytes.append(3)
        bytes += Array((isSignal ? "zRS" : "zR").utf8) + [0]
        appendLEB128(codeFactor)
        appendSignedLEB128(dataFactor)
        appendLEB128(returnAddress)
        bytes += [1, Self.pointerEncoding]
        bytes += instructions
        end(position)
        commons[offset] = position
        return position
    }

    private mutating func function(_ source: ByteReader, _ common: Int) {
        var body = source
        guard let start = body.unsigned(8), let length = body.unsigned(8), length > 0 else { return }
        let position = bytes.count
        begin()
        append(UInt32(truncatingIfNeeded: bytes.count - common))
        append(start &- (address &+ UInt64(bytes.count)))
        append(length)
        bytes.append(0)
        bytes += body.rest
        end(position)
    }

    private mutating func begin() { append(UInt32(0)) }

    /// Fills in the length of the record that began at a position.
    private mutating func end(_ position: Int) {
        while bytes.count % 4 != 0 { bytes.append(0) }
        let length = UInt32(truncatingIfNeeded: bytes.count - position - 4)
        withUnsafeBytes(of: length.littleEndian) { bytes.replaceSubrange(position..<(position + 4), with: $0) }
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    private mutating func appendLEB128(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func appendSignedLEB128(_ value: Int64) {
        var rest = value
        while rest < -64 || rest > 63 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest & 0x7F))
    }
}
