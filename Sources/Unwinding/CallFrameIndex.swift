internal import CUnwind

/// Finds functions in a section with call-frame information, with what their frames are: signal trampolines and
/// outermost frames, which end the search for a caller, are told by the entries alone.
enum CallFrameIndex {
    private static let longestFunction = UInt64(TS_FDE_LENGTH)

    /// Every function of a section, from its start to its end: sorted by address, no two with the same start. Broken
    /// records are skipped.
    static func entries(_ section: FrameBytes, address: UInt64, returnAddress: UInt64) -> [ts_fde] {
        section.load(0..<section.bytes.count)
        var commons: [Int: (entry: CommonEntry, isOutermost: Bool)] = [:]
        var entries: [ts_fde] = []
        var reader = ByteReader(section.bytes)
        while reader.remaining >= 4, reader.position <= Int(UInt32.max) {
            let start = reader.position
            guard let body = reader.record() else { break }
            var identifier = body
            // A zero length is a terminator; linkers leave one between inputs.
            guard body.remaining > 0, let identifier = identifier.unsigned(4) else { continue }
            if identifier == 0 {
                commons[start] = CommonEntry(body).map {
                    ($0, declaresUndefined(returnAddress, $0.instructions))
                }
                continue
            }
            guard let parent = FunctionEntry.commonOffset(of: body), let common = commons[parent],
                let function = FunctionEntry(body, common.entry, sectionAddress: address), function.length > 0
            else { continue }
            let isOutermost = common.isOutermost || declaresUndefined(returnAddress, function.instructions)
            entries.append(entry(function, common.entry, isOutermost: isOutermost, at: start))
        }
        entries.sort { $0.start != $1.start ? $0.start < $1.start : $0.fde < $1.fde }
        // Of functions that overlap, the one that starts last holds an address; of two with one start, the first.
        return entries.indices.filter { $0 == 0 || entries[$0].start != entries[$0 - 1].start }.map { entries[$0] }
    }

    /// The function whose entry is at an offset; nil when there is no sound one.
    static func entry(_ section: FrameBytes, at offset: Int, address: UInt64, returnAddress: UInt64) -> ts_fde? {
        guard let body = section.record(at: offset), let parent = FunctionEntry.commonOffset(of: body),
            let commonBody = section.record(at: parent), let common = CommonEntry(commonBody),
            let function = FunctionEntry(body, common, sectionAddress: address), function.length > 0
        else { return nil }
        let isOutermost =
            declaresUndefined(returnAddress, common.instructions)
            || declaresUndefined(returnAddress, function.instructions)
        return entry(function, common, isOutermost: isOutermost, at: offset)
    }

    private static func entry(
        _ function: FunctionEntry, _ common: CommonEntry, isOutermost: Bool, at offset: Int
    ) -> ts_fde {
        var length = UInt32(min(function.length, longestFunction))
        if common.isSignal { length |= UInt32(TS_FDE_SIGNAL) }
        if isOutermost { length |= UInt32(TS_FDE_OUTERMOST) }
        return ts_fde(start: function.start, length: length, fde: UInt32(truncatingIfNeeded: offset))
    }

    /// Looks for DW_CFA_undefined of the return address among call-frame instructions.
    private static func declaresUndefined(_ returnAddress: UInt64, _ instructions: ByteReader) -> Bool {
        let bytes = instructions.rest
        // Almost no function has the two bytes; walk the instructions only where they occur.
        var index = 1
        while index < bytes.count, bytes[index - 1] != 0x07 || UInt64(bytes[index]) != returnAddress { index += 1 }
        guard index < bytes.count else { return false }
        var reader = instructions
        while let opcode = reader.byte() {
            switch opcode {
            case 0x40...0x7F, 0xC0...0xFF, 0x00, 0x0A, 0x0B, 0x2D: break  // advance_loc, restore, nop, states, window
            case 0x80...0xBF: _ = reader.leb128()  // offset
            case 0x01: reader.skip(8)  // set_loc
            case 0x02: reader.skip(1)
            case 0x03: reader.skip(2)
            case 0x04: reader.skip(4)
            case 0x07:
                if reader.leb128() == returnAddress { return true }
            case 0x06, 0x08, 0x0D, 0x0E, 0x13, 0x2E: _ = reader.leb128()
            case 0x05, 0x09, 0x0C, 0x11, 0x12, 0x14, 0x15, 0x2F:
                _ = reader.leb128()
                _ = reader.leb128()
            case 0x0F:
                guard reader.block() != nil else { return false }
            case 0x10, 0x16:
                _ = reader.leb128()
                guard reader.block() != nil else { return false }
            default: return false
            }
        }
        return false
    }
}
