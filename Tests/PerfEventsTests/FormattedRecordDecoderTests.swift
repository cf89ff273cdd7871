import PerfEvents
import TestSupport
import Testing

/// Samples of events with any attributes, built field by field in the order that perf_event_open(2) states.
@Suite struct FormattedRecordDecoderTests {
    /// PERF_SAMPLE_* by their bits.
    private enum Field {
        static let ip: UInt64 = 1 << 0, tid: UInt64 = 1 << 1, time: UInt64 = 1 << 2, addr: UInt64 = 1 << 3
        static let read: UInt64 = 1 << 4, callchain: UInt64 = 1 << 5, id: UInt64 = 1 << 6, cpu: UInt64 = 1 << 7
        static let period: UInt64 = 1 << 8, streamID: UInt64 = 1 << 9, raw: UInt64 = 1 << 10
        static let branchStack: UInt64 = 1 << 11, registers: UInt64 = 1 << 12, stack: UInt64 = 1 << 13
        static let identifier: UInt64 = 1 << 16
        static let all = [
            ip, tid, time, addr, read, callchain, id, cpu, period, streamID, raw, branchStack, registers, stack,
            identifier,
        ]
    }

    /// What perf asks for on x86-64: every register but the segments that are constant.
    private static let perfMask: UInt64 = 0xFF_0FFF
    private static let stack = [UInt8](0..<32)

    private static func attributes(_ sampleType: UInt64) -> AttributeBytes {
        var attributes = AttributeBytes(sampleType: sampleType)
        attributes.userRegisters = perfMask
        return attributes
    }

    private static func format(_ attributes: AttributeBytes) throws -> RecordFormat {
        try #require(attributes.bytes().withUnsafeBytes { RecordFormat(attributes: $0) })
    }

    /// A sample with the fields that the attributes ask for: number n of a field is n × 0x111.
    private static func sample(_ attributes: AttributeBytes, abi: UInt64 = 2, copied: UInt64 = 24) -> [UInt8] {
        let has = { attributes.sampleType & $0 != 0 }
        var body = RecordBytes()
        if has(Field.identifier) { body.add(UInt64(0x111)) }
        if has(Field.ip) { body.add(UInt64(0x222)) }
        if has(Field.tid) {
            body.add(Int32(10))
            body.add(Int32(11))
        }
        if has(Field.time) { body.add(UInt64(0x333)) }
        if has(Field.addr) { body.add(UInt64(0x444)) }
        if has(Field.id) { body.add(UInt64(0x555)) }
        if has(Field.streamID) { body.add(UInt64(0x666)) }
        if has(Field.cpu) {
            body.add(UInt32(3))
            body.add(UInt32(0))
        }
        if has(Field.period) { body.add(UInt64(0x777)) }
        if has(Field.read) { addReading(attributes.readFormat, to: &body) }
        if has(Field.callchain) {
            for word in [3, UInt64(bitPattern: -512), 0x888, 0x999] as [UInt64] { body.add(word) }
        }
        if has(Field.raw) {
            body.add(UInt32(12))
            body.add(raw: [UInt8](repeating: 0xEE, count: 12))
        }
        if has(Field.branchStack) {
            body.add(UInt64(2))
            if attributes.branchSampleType & (1 << 17) != 0 { body.add(UInt64(5)) }
            body.add(raw: [UInt8](repeating: 0xDD, count: 48))
            if attributes.branchSampleType & (1 << 19) != 0 { body.add(raw: [UInt8](repeating: 0xCC, count: 16)) }
        }
        if has(Field.registers) {
            body.add(abi)
            if abi != 0 {
                for bit in 0..<64 as Range<UInt64> where attributes.userRegisters & (1 << bit) != 0 {
                    body.add(0x1000 + bit)
                }
            }
        }
        if has(Field.stack) {
            body.add(UInt64(abi == 0 ? 0 : stack.count))
            if abi != 0 {
                body.add(raw: stack)
                body.add(copied)
            }
        }
        return body.record(type: 9)
    }

    /// `struct read_format`: times by bits 0 and 1, the number by bit 2, a group by bit 3, losses by bit 4.
    private static func addReading(_ format: UInt64, to body: inout RecordBytes) {
        let counters: UInt64 = format & 8 != 0 ? 3 : 1
        if format & 8 != 0 { body.add(counters) } else { body.add(UInt64(0xAAA)) }
        for bit in [1, 2] as [UInt64] where format & bit != 0 { body.add(UInt64(0xBBB)) }
        for _ in 0..<counters {
            if format & 8 != 0 { body.add(UInt64(0xAAA)) }
            for bit in [4, 16] as [UInt64] where format & bit != 0 { body.add(UInt64(0xCCC)) }
        }
    }

    private static func check(_ attributes: AttributeBytes, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let decoder = FormattedRecordDecoder(try format(attributes))
        let has = { attributes.sampleType & $0 != 0 }
        try sample(attributes).withUnsafeBytes { bytes in
            let view = try #require(decoder.sample(bytes, misc: 2), sourceLocation: sourceLocation)
            #expect(view.eventID == (has(Field.identifier) ? 0x111 : has(Field.id) ? 0x555 : 0))
            #expect(view.pid == (has(Field.tid) ? 10 : -1), sourceLocation: sourceLocation)
            #expect(view.tid == (has(Field.tid) ? 11 : -1), sourceLocation: sourceLocation)
            #expect(view.time == (has(Field.time) ? 0x333 : 0), sourceLocation: sourceLocation)
            #expect(view.cpu == (has(Field.cpu) ? 3 : 0), sourceLocation: sourceLocation)
            #expect(view.period == (has(Field.period) ? 0x777 : 250_000), sourceLocation: sourceLocation)
            let context = UInt64(bitPattern: -512)
            let chain: [UInt64] =
                has(Field.callchain) ? [context, 0x888, 0x999] : [context, has(Field.ip) ? 0x222 : 0]
            #expect(Array(view.callchain) == chain, sourceLocation: sourceLocation)
            #expect(
                Array(view.stack) == (has(Field.stack) ? Array(stack.prefix(24)) : []), sourceLocation: sourceLocation)
            #expect(view.registersABI == (has(Field.registers) ? .bits64 : .none), sourceLocation: sourceLocation)
            #expect(view.kernelOrderedRegisters.isEmpty != has(Field.registers), sourceLocation: sourceLocation)
            let word = { (place: Int?) in place.map { bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self) } }
            #expect(word(decoder.timeInSample) == (has(Field.time) ? 0x333 : nil), sourceLocation: sourceLocation)
            let id: UInt64? = has(Field.identifier) ? 0x111 : has(Field.id) ? 0x555 : nil
            #expect(word(decoder.eventIDInSample) == id, sourceLocation: sourceLocation)
        }
    }

    @Test func everyFieldIsFoundWithAndWithoutEachOther() throws {
        let everything = Field.all.reduce(0, |)
        try Self.check(Self.attributes(everything))
        try Self.check(Self.attributes(0))
        for field in Field.all {
            try Self.check(Self.attributes(field))
            try Self.check(Self.attributes(everything & ~field))
            for other in Field.all { try Self.check(Self.attributes(everything & ~field & ~other)) }
        }
    }

    @Test func countersInEveryReadFormatAreSteppedOver() throws {
        for readFormat in 0..<32 as Range<UInt64> {
            var attributes = Self.attributes(Field.read | Field.callchain | Field.tid)
            attributes.readFormat = readFormat
            try Self.check(attributes)
        }
    }

    @Test(arguments: [0, 1 << 17, 1 << 19, 1 << 17 | 1 << 19] as [UInt64])
    func branchStacksAreSteppedOver(branchSampleType: UInt64) throws {
        var attributes = Self.attributes(Field.branchStack | Field.registers | Field.stack)
        attributes.branchSampleType = branchSampleType
        try Self.check(attributes)
    }

    #if arch(x86_64)
        @Test func registersOfAnotherMaskGoToTheirPlaces() throws {
            let attributes = Self.attributes(Field.registers | Field.stack)
            let decoder = FormattedRecordDecoder(try Self.format(attributes))
            #expect(decoder.format.callGraph == .registersAndStack)
            Self.sample(attributes).withUnsafeBytes { bytes in
                var output = [UInt64](repeating: 0, count: UserRegisters.count)
                output.withUnsafeMutableBufferPointer { decoder.sample(bytes, misc: 2)?.copyRegisters(to: $0) }
                // RAX RDX RCX RBX RSI RDI RBP RSP R8…R15 RIP by their perf numbers; flags and segments are left out.
                let numbers: [UInt64] = [0, 3, 2, 1, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 8]
                #expect(output == numbers.map { 0x1000 + $0 })
            }
        }

        @Test(arguments: [1 << 6 | 1 << 7, 1 << 7 | 1 << 8, 0] as [UInt64])
        func tooFewRegistersAreNoBaseForUnwinding(mask: UInt64) throws {
            var attributes = Self.attributes(Field.registers | Field.stack | Field.callchain)
            attributes.userRegisters = mask
            #expect(try Self.format(attributes).callGraph == .chain)
            attributes.sampleType &= ~Field.callchain
            #expect(try Self.format(attributes).callGraph == .address)
        }
    #endif

    @Test func taskWithoutUserMemoryHasNeitherRegistersNorStack() throws {
        let attributes = Self.attributes(Field.registers | Field.stack)
        let decoder = FormattedRecordDecoder(try Self.format(attributes))
        // Registers of a sample before must not show through.
        _ = Self.sample(attributes).withUnsafeBytes { decoder.sample($0, misc: 2)?.time }
        try Self.sample(attributes, abi: 0).withUnsafeBytes { bytes in
            let view = try #require(decoder.sample(bytes, misc: 1))
            #expect(view.registersABI == .none)
            #expect(view.kernelOrderedRegisters.isEmpty)
            #expect(view.stack.isEmpty)
        }
        Self.sample(attributes, abi: 7).withUnsafeBytes { #expect(decoder.sample($0, misc: 2) == nil) }
    }

    @Test func addressWithoutChainSaysWhetherItIsTheKernels() throws {
        let attributes = Self.attributes(Field.ip)
        let decoder = FormattedRecordDecoder(try Self.format(attributes))
        Self.sample(attributes).withUnsafeBytes { bytes in
            #expect(decoder.sample(bytes, misc: 1)?.callchain.first == UInt64(bitPattern: -128))
            #expect(decoder.sample(bytes, misc: 2)?.callchain.first == UInt64(bitPattern: -512))
        }
    }

    @Test func stackThatClaimsMoreThanWasReservedIsCut() throws {
        let attributes = Self.attributes(Field.stack)
        let decoder = FormattedRecordDecoder(try Self.format(attributes))
        Self.sample(attributes, copied: .max).withUnsafeBytes {
            #expect(decoder.sample($0, misc: 2)?.stack.count == Self.stack.count)
        }
    }

    @Test func truncationsAndLyingCountsAreRefused() throws {
        let attributes = Self.attributes(Field.all.reduce(0, |))
        let decoder = FormattedRecordDecoder(try Self.format(attributes))
        let whole = Self.sample(attributes)
        for length in RecordHeader.size..<whole.count {
            Array(whole.prefix(length)).withUnsafeBytes { #expect(decoder.sample($0, misc: 2) == nil, "\(length)") }
        }
        for offset in stride(from: RecordHeader.size, to: whole.count, by: 8) {
            for value in [UInt64.max, 1 << 63, 1 << 61, 1 << 32, 1 << 13, 4097] {
                var lying = whole
                withUnsafeBytes(of: value) { lying.replaceSubrange(offset..<(offset + 8), with: $0) }
                lying.withUnsafeBytes { bytes in
                    if let view = decoder.sample(bytes, misc: 2) {
                        #expect(view.stack.count <= whole.count && view.callchain.count * 8 <= whole.count)
                    }
                }
            }
        }
    }

    @Test func attributesThatAreTooShortAreRefused() {
        let bytes = AttributeBytes(sampleType: 1).bytes()
        for size in 0..<RecordFormat.smallestAttributes {
            #expect(bytes[..<size].withUnsafeBytes { RecordFormat(attributes: $0) } == nil)
        }
    }

    @Test func ratesAreToldFromPeriods() throws {
        var attributes = Self.attributes(0)
        attributes.rate = 999
        #expect(try Self.format(attributes).period == 999)
        attributes.isFrequency = true
        #expect(try Self.format(attributes).period == 0)
        #expect(try Self.format(attributes).frequency == 999)
    }

    @Test func trailersHaveTheFieldsThatTheEventAsksFor() throws {
        for fields in 0..<64 as Range<UInt64> {
            // In the order that they stand in at a record's end.
            let order = [Field.tid, Field.time, Field.id, Field.streamID, Field.cpu, Field.identifier]
            let present = order.enumerated().filter { fields & (1 << UInt64($0.offset)) != 0 }.map(\.element)
            var attributes = Self.attributes(present.reduce(Field.ip, |))
            let decoder = FormattedRecordDecoder(try Self.format(attributes))
            #expect(decoder.trailerSize == present.count * 8)
            let place = present.firstIndex(of: Field.time).map { (present.count - $0) * 8 }
            #expect(decoder.timeFromEnd == place)
            attributes.hasTrailer = false
            let bare = FormattedRecordDecoder(try Self.format(attributes))
            #expect(bare.trailerSize == 0)
            #expect(bare.timeFromEnd == nil)
        }
    }
}
