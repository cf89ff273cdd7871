internal import PerfEvents

extension FuzzTarget {
    /// One record of a ring: a byte that says which kind, two of flags, and the record with its header.
    static let record = FuzzTarget("record", largestInput: 2048) { bytes in
        var input = FuzzInput(bytes)
        let kind = UInt32(input.byte() & 31)
        let misc = UInt16(truncatingIfNeeded: input.small())
        // Records lie on 8 bytes in the ring.
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(input.rest.count, 8), alignment: 8)
        defer { memory.deallocate() }
        memory.copyMemory(from: input.rest)
        let record = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory)[..<input.rest.count])
        // The ring hands out records with a whole header only.
        guard record.count >= RecordHeader.size else { return }
        for callGraph in [SampleLayout.CallGraph.registersAndStack(bytes: 16_384), .framePointers] {
            let decoder = RecordDecoder(layout: SampleLayout(callGraph: callGraph, includesKernel: true))
            if let sample = decoder.sample(record) {
                var registers = [UInt64](repeating: 0, count: UserRegisters.count)
                registers.withUnsafeMutableBufferPointer { sample.copyRegisters(to: $0) }
                _ = sample.callchain.reduce(0, &+)
                _ = sample.stack.reduce(0, ^)
            }
            let header = RecordHeader(kind: RecordKind(rawValue: kind), misc: misc, byteCount: record.count)
            _ = decoder.sideband(record, header: header)
            _ = RecordDecoder.time(of: record, kind: header.kind)
        }
    }
}
