internal import CUnwind

/// Finds every function of an `.eh_frame` section.
///
/// The section is read from its start instead of trusting `.eh_frame_hdr`: that table is absent from some files, can
/// be wrong in others, and says nothing of signal trampolines and outermost frames, which end the search for a caller.
/// Format: Linux Standard Base, Core, "Exception Frames"; DWARF 5, section 6.4.
enum CallFrameIndex {
    static let signalFlag: UInt32 = 0x8000_0000
    static let outermostFlag: UInt32 = 0x4000_0000
    private static let longestFunction: UInt64 = 0x3FFF_FFFF

    /// What a common information entry says about its functions.
    private struct Common {
        var pointerEncoding: UInt8 = 0
        var hasAugmentationData = false
        var isSignal = false
        var isOutermost = false
    }

    /// Entries sorted by address, no two with the same start. Broken records are skipped.
    static func entries(ehFrame: UnsafeRawBufferPointer, address: UInt64) -> [ts_fde] {
        var commons: [Int: Common] = [:]
        var entries: [ts_fde] = []
        var reader = ByteReader(ehFrame)
        while reader.remaining >= 4, reader.position <= Int(UInt32.max) {
            let start = reader.position
            guard let record = reader.record() else { break }
            var body = record
            let identifierPosition = body.position
            // A zero length is a terminator; linkers leave one between inputs.
            guard body.remaining > 0, let identifier = body.unsigned(4) else { continue }
            if identifier == 0 {
                commons[start] = common(&body)
                continue
            }
            let parent = identifierPosition - Int(identifier)
            guard parent >= 0, let common = commons[parent] else { continue }
            if let entry = function(&body, common, at: start, sectionAddress: address) { entries.append(entry) }
        }
        entries.sort { $0.start < $1.start }
        // Of functions that overlap, the one that starts last holds an address; of two with one start, the first.
        return entries.indices.filter { $0 == 0 || entries[$0].start != entries[$0 - 1].start }.map { entries[$0] }
    }

    private static func common(_ body: inout ByteReader) -> Common? {
        var common = Common()
        guard let version = body.byte(), version == 1 || version == 3 || version == 4 else { return nil }
        var augmentation: [UInt8] = []
        while let character = body.byte(), character != 0 { augmentation.append(character) }
        if version == 4 { body.skip(2) }
        guard body.leb128() != nil, body.leb128() != nil else { return nil }
        guard (version == 1 ? body.byte().map(UInt64.init) : body.leb128()) != nil else { return nil }
        if augmentation.first == 0x7A {  // z
            common.hasAugmentationData = true
            guard let size = body.leb128(), size <= UInt64(body.remaining) else { return nil }
            let end = body.position + Int(size)
            for character in augmentation.dropFirst() {
                switch character {
                case 0x52:  // R: how function addresses are written
                    guard let encoding = body.byte() else { return nil }
                    common.pointerEncoding = encoding
                case 0x50:  // P: personality routine
                    guard let encoding = body.byte(), body.pointer(encoding, address: 0) != nil else { return nil }
                case 0x4C: body.skip(1)  // L: encoding of language data
                case 0x53: common.isSignal = true  // S
                default: break
                }
            }
            body.seek(end)
        } else if !augmentation.isEmpty {
            return nil
        }
        common.isOutermost = declaresReturnAddressUndefined(body)
        return common
    }

    private static func function(
        _ body: inout ByteReader, _ common: Common, at start: Int, sectionAddress: UInt64
    ) -> ts_fde? {
        let place = sectionAddress &+ UInt64(body.position)
        guard let begin = body.pointer(common.pointerEncoding, address: place),
            let length = body.pointer(common.pointerEncoding & 0x0F, address: 0), length > 0
        else { return nil }
        if common.hasAugmentationData {
            guard let size = body.leb128(), size <= UInt64(body.remaining) else { return nil }
            body.skip(Int(size))
        }
        var flags: UInt32 = common.isSignal ? signalFlag : 0
        if common.isOutermost || declaresReturnAddressUndefined(body) { flags |= outermostFlag }
        return ts_fde(
            start: begin, length: UInt32(min(length, longestFunction)) | flags, fde: UInt32(truncatingIfNeeded: start))
    }

    /// DWARF number of the return-address column.
    #if arch(arm64)
        private static let returnAddress: UInt8 = 30
    #else
        private static let returnAddress: UInt8 = 16
    #endif

    /// Looks for DW_CFA_undefined of the return address among the call-frame instructions.
    private static func declaresReturnAddressUndefined(_ instructions: ByteReader) -> Bool {
        let bytes = instructions.rest
        // Almost no function has the two bytes; walk the instructions only where they occur.
        guard zip(bytes, bytes.dropFirst()).contains(where: { $0 == 0x07 && $1 == returnAddress }) else { return false }
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
                if reader.leb128() == UInt64(returnAddress) { return true }
            case 0x06, 0x08, 0x0D, 0x0E, 0x13, 0x2E: _ = reader.leb128()
            case 0x05, 0x09, 0x0C, 0x11, 0x12, 0x14, 0x15, 0x2F:
                _ = reader.leb128()
                _ = reader.leb128()
            case 0x0F:
                guard let size = reader.leb128(), size <= UInt64(reader.remaining) else { return false }
                reader.skip(Int(size))
            case 0x10, 0x16:
                _ = reader.leb128()
                guard let size = reader.leb128(), size <= UInt64(reader.remaining) else { return false }
                reader.skip(Int(size))
            default: return false
            }
        }
        return false
    }
}
