internal import PerfEvents
internal import Profiling
internal import Sampling

/// Looks at every byte that it is handed.
private struct LookingHandler: PerfDataHandler {
    var sum: UInt64 = 0

    mutating func handle(_ sample: SampleView, callGraph: RecordFormat.CallGraph) {
        sum &+= sample.look()
    }

    mutating func handle(_ record: SidebandRecord, time: UInt64) {
        if case .mapping(let mapping) = record { sum &+= UInt64(mapping.path.utf8.count + mapping.buildID.utf8.count) }
    }
}

extension SampleView {
    fileprivate func look() -> UInt64 {
        var registers = [UInt64](repeating: 0, count: UserRegisters.count)
        registers.withUnsafeMutableBufferPointer { copyRegisters(to: $0) }
        return callchain.reduce(registers.reduce(0, &+), &+) &+ stack.reduce(0) { $0 &+ UInt64($1) }
    }
}

extension FuzzTarget {
    /// A whole recording of perf's, as a file or a pipe: each of its events.
    static let perfData = FuzzTarget("perf-data", largestInput: 16 << 10) { bytes in
        guard let file = MemoryFile(Array(bytes)) else { return }
        let path = "/proc/self/fd/\(file.descriptor)"
        guard let data = try? PerfDataFile(path: path) else { return }
        for event in data.events.indices.prefix(4) {
            var reader = PerfDataReader(data, event: event)
            var handler = LookingHandler()
            try? reader.read(into: &handler) { precondition($0 >= 0 && $0 <= 1) }
        }
    }

    /// The same, all the way to a profile, without any file that it names.
    static let importing = FuzzTarget("import", largestInput: 16 << 10) { bytes in
        guard let file = MemoryFile(Array(bytes)) else { return }
        var plan = ImportPlan()
        plan.symfs = "/nonexistent"
        _ = try? Importer(path: "/proc/self/fd/\(file.descriptor)", plan: plan).run { _ in }
    }

    /// Eleven words of attributes and a sample of that event.
    static let formattedRecord = FuzzTarget("formatted-record") { bytes in
        var input = FuzzInput(bytes)
        let attributes = Array(input.take(RecordFormat.smallestAttributes))
        guard let format = attributes.withUnsafeBytes({ RecordFormat(attributes: $0) }) else { return }
        let decoder = FormattedRecordDecoder(format)
        let misc = UInt16(truncatingIfNeeded: input.small())
        let kind = UInt32(input.byte() & 31)
        let record = UnsafeMutableRawBufferPointer.allocate(byteCount: max(8, input.rest.count), alignment: 8)
        defer { record.deallocate() }
        record.copyMemory(from: input.rest)
        let whole = UnsafeRawBufferPointer(rebasing: record[..<input.rest.count])
        guard whole.count >= RecordHeader.size else { return }
        if let sample = decoder.sample(whole, misc: misc) { _ = sample.look() }
        let header = RecordHeader(kind: RecordKind(rawValue: kind), misc: misc, byteCount: whole.count)
        _ = RecordDecoder.sideband(whole, header: header, trailerSize: decoder.trailerSize)
        precondition(decoder.trailerSize <= 48 && (decoder.timeFromEnd ?? 8) <= decoder.trailerSize + 8)
        precondition((decoder.timeInSample ?? 8) <= 32 && (decoder.eventIDInSample ?? 8) <= 40)
        _ = format.callGraph
        _ = format.defaultName
    }
}
