/// A common information entry of `.eh_frame`: what its functions have in common.
///
/// Format: Linux Standard Base, Core, "Exception Frames"; DWARF 5, section 6.4.1.
struct CommonEntry {
    var codeFactor: UInt64
    var dataFactor: Int64
    /// DWARF number of the register whose rule gives the return address.
    var returnAddress: UInt64
    /// How function addresses are written.
    var pointerEncoding: UInt8 = 0
    var hasAugmentationData = false
    var isSignal = false
    /// Hold at the start of every function.
    var instructions: ByteReader

    /// - Parameter record: the body behind the length.
    init?(_ record: ByteReader) {
        var body = record
        guard body.unsigned(4) == 0, let version = body.byte(), version == 1 || version == 3 || version == 4 else {
            return nil
        }
        var augmentation = body
        while let character = body.byte(), character != 0 {}
        if version == 4 { body.skip(2) }
        guard let codeFactor = body.leb128(), let dataFactor = body.signedLEB128(),
            let returnAddress = version == 1 ? body.byte().map(UInt64.init) : body.leb128()
        else { return nil }
        self.codeFactor = codeFactor
        self.dataFactor = dataFactor
        self.returnAddress = returnAddress
        instructions = body
        let first = augmentation.byte() ?? 0
        if first == 0 { return }
        guard first == UInt8(ascii: "z"), let size = body.leb128(), size <= UInt64(body.remaining) else {
            return nil
        }
        let end = body.position + Int(size)
        hasAugmentationData = true
        while let character = augmentation.byte(), character != 0 {
            switch character {
            case UInt8(ascii: "R"):
                guard let encoding = body.byte() else { return nil }
                pointerEncoding = encoding
            case UInt8(ascii: "P"):
                guard let encoding = body.byte(), body.pointer(encoding, address: 0) != nil else { return nil }
            case UInt8(ascii: "L"): body.skip(1)  // encoding of language data
            case UInt8(ascii: "S"): isSignal = true
            default: break  // B: return addresses are signed with arm64's second key, and stripped all the same
            }
        }
        body.seek(end)
        instructions = body
    }
}

/// A frame description entry: one function's addresses and call-frame instructions.
struct FunctionEntry {
    var start: UInt64
    var length: UInt64
    var instructions: ByteReader

    /// Where the common entry of a function entry is; nil when the record is no function entry.
    static func commonOffset(of record: ByteReader) -> Int? {
        var body = record
        guard let distance = body.unsigned(4), distance != 0, Int(distance) <= record.position else { return nil }
        return record.position - Int(distance)
    }

    /// - Parameters:
    ///   - record: the body behind the length.
    ///   - sectionAddress: where the section is mapped, by the module's own addresses.
    init?(_ record: ByteReader, _ common: CommonEntry, sectionAddress: UInt64) {
        var body = record
        guard body.unsigned(4) != nil else { return nil }
        let place = sectionAddress &+ UInt64(body.position)
        guard let start = body.pointer(common.pointerEncoding, address: place),
            let length = body.pointer(common.pointerEncoding & 0x0F, address: 0)
        else { return nil }
        if common.hasAugmentationData {
            guard let size = body.leb128(), size <= UInt64(body.remaining) else { return nil }
            body.skip(Int(size))
        }
        self.start = start
        self.length = length
        instructions = body
    }
}
