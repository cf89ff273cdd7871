/// Builds the bytes of kernel records for decoder tests, field by field as linux/perf_event.h lays them out.
package struct RecordBytes {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func add(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func add(text: String) {
        bytes.append(contentsOf: text.utf8)
        repeat { bytes.append(0) } while bytes.count % 8 != 0
    }

    package mutating func add(raw: [UInt8]) { bytes.append(contentsOf: raw) }

    /// What sample_id_all appends: tid, time, cpu, identifier.
    package mutating func addTrailer(pid: Int32 = 1, tid: Int32 = 2, time: UInt64 = 99) {
        add(pid)
        add(tid)
        add(time)
        add(UInt64(0))
        add(UInt64(7))
    }

    /// The record with its header in front.
    package func record(type: UInt32, misc: UInt16 = 0) -> [UInt8] {
        var record = RecordBytes()
        record.add(type)
        record.add(misc)
        record.add(UInt16(bytes.count + 8))
        return record.bytes + bytes
    }

    /// A sample with the given chain, registers and stack.
    package static func sample(
        chain: [UInt64] = [], abi: UInt64 = 2, registers: [UInt64], stack: [UInt8], copied: UInt64? = nil
    ) -> [UInt8] {
        var body = RecordBytes()
        body.add(UInt64(41))  // identifier
        body.add(UInt64(0x1000))  // ip
        body.add(Int32(10))
        body.add(Int32(11))
        body.add(UInt64(123_456))  // time
        body.add(UInt32(3))  // cpu
        body.add(UInt32(0))
        body.add(UInt64(1_001_001))  // period
        body.add(UInt64(chain.count))
        for address in chain { body.add(address) }
        body.add(abi)
        if abi != 0 { for register in registers { body.add(register) } }
        body.add(UInt64(stack.count))
        body.add(raw: stack)
        if !stack.isEmpty { body.add(copied ?? UInt64(stack.count)) }
        return body.record(type: 9)
    }
}

/// The attributes of an event (`struct perf_event_attr`), as files of records carry them.
package struct AttributeBytes {
    package var type: UInt32 = 1
    package var config: UInt64 = 0
    /// Period, or samples a second with ``isFrequency``.
    package var rate: UInt64 = 250_000
    package var isFrequency = false
    package var sampleType: UInt64
    package var readFormat: UInt64 = 0
    package var hasTrailer = true
    package var branchSampleType: UInt64 = 0
    package var userRegisters: UInt64 = 0

    package init(sampleType: UInt64) { self.sampleType = sampleType }

    /// - Parameter size: of the structure; it has grown with the kernel's versions.
    package func bytes(size: Int = 128) -> [UInt8] {
        var attributes = RecordBytes()
        attributes.add(type)
        attributes.add(UInt32(size))
        let flags: UInt64 = (isFrequency ? 1 << 10 : 0) | (hasTrailer ? 1 << 18 : 0)
        for word in [config, rate, sampleType, readFormat, flags, 0, 0, 0, branchSampleType, userRegisters] as [UInt64]
        {
            attributes.add(word)
        }
        return attributes.bytes + [UInt8](repeating: 0, count: max(0, size - attributes.bytes.count))
    }
}
