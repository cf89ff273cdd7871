internal import CPerfEvents

/// Decodes the bytes of one record. Pure: no kernel, no state; every length is checked against the record's end.
///
/// Formats: `enum perf_event_type` in linux/perf_event.h.
package struct RecordDecoder: Sendable {
    package var layout: SampleLayout

    package init(layout: SampleLayout) { self.layout = layout }

    /// The time and task that `sample_id_all` appends to every record but a sample: tid, time, cpu, identifier.
    private static let trailerSize = 32

    /// Nanoseconds of a record, or nil when it is too short to have any.
    // hot: per sample
    package static func time(of record: UnsafeRawBufferPointer, kind: RecordKind) -> UInt64? {
        if kind == .sample {
            // header, identifier, ip, pid+tid, time
            return record.count >= 40 ? record.loadUnaligned(fromByteOffset: 32, as: UInt64.self) : nil
        }
        guard record.count >= RecordHeader.size + trailerSize else { return nil }
        return record.loadUnaligned(fromByteOffset: record.count - 24, as: UInt64.self)
    }

    /// Decodes a sample without copying. Nil when the record contradicts itself.
    // hot: per sample
    package func sample(_ record: UnsafeRawBufferPointer) -> SampleView? {
        guard record.count >= 64, let base = record.baseAddress else { return nil }
        let word = { (offset: Int) in record.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        let half = { (offset: Int) in record.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
        var offset = 56
        let chainCount = word(offset)
        offset += 8
        guard chainCount <= UInt64((record.count - offset) / 8) else { return nil }
        let chain = UnsafeBufferPointer(
            start: (base + offset).assumingMemoryBound(to: UInt64.self), count: Int(chainCount))
        offset += Int(chainCount) * 8
        var view = SampleView(
            eventID: word(8), pid: Int32(bitPattern: half(24)), tid: Int32(bitPattern: half(28)), time: word(32),
            cpu: half(40), period: word(48), callchain: chain, registersABI: .none,
            kernelOrderedRegisters: UnsafeBufferPointer(start: nil, count: 0),
            stack: UnsafeRawBufferPointer(start: nil, count: 0))
        guard layout.hasUserRegisters else { return view }

        guard record.count - offset >= 8, let abi = UserRegisters.ABI(rawValue: word(offset)) else { return nil }
        view.registersABI = abi
        offset += 8
        if abi != .none {
            guard record.count - offset >= UserRegisters.count * 8 else { return nil }
            view.kernelOrderedRegisters = UnsafeBufferPointer(
                start: (base + offset).assumingMemoryBound(to: UInt64.self), count: UserRegisters.count)
            offset += UserRegisters.count * 8
        }
        guard record.count - offset >= 8 else { return nil }
        let stackSize = word(offset)
        offset += 8
        guard stackSize > 0 else { return view }
        guard stackSize <= UInt64(record.count - offset), record.count - offset - Int(stackSize) >= 8 else {
            return nil
        }
        let copied = word(offset + Int(stackSize))
        view.stack = UnsafeRawBufferPointer(start: base + offset, count: Int(min(copied, stackSize)))
        return view
    }

    /// Decodes a record about tasks or losses. Nil for kinds that are of no interest and for malformed ones.
    package func sideband(_ record: UnsafeRawBufferPointer, header: RecordHeader) -> SidebandRecord? {
        Self.sideband(record, header: header, trailerSize: Self.trailerSize)
    }

    /// Decodes a record about tasks or losses.
    /// - Parameter trailerSize: bytes at its end that say whom and when it is about.
    package static func sideband(
        _ record: UnsafeRawBufferPointer, header: RecordHeader, trailerSize: Int
    ) -> SidebandRecord? {
        guard record.count >= RecordHeader.size + trailerSize else { return nil }
        let body = UnsafeRawBufferPointer(rebasing: record[RecordHeader.size..<(record.count - trailerSize)])
        let word = { (offset: Int) in body.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        let half = { (offset: Int) in body.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
        let task = { (offset: Int) in
            TaskReference(pid: Int32(bitPattern: half(offset)), tid: Int32(bitPattern: half(offset + 4)))
        }
        switch header.kind {
        case .mmap2:
            guard body.count >= 64 else { return nil }
            // With a build-id in place of the device and inode (MISC bit 14) there is no identity to compare.
            let hasInode = header.misc & UInt16(PERF_RECORD_MISC_MMAP_BUILD_ID) == 0
            return .mapping(
                MappingRecord(
                    task: task(0), start: word(8), length: word(16), fileOffset: word(24),
                    deviceMajor: hasInode ? half(32) : 0, deviceMinor: hasInode ? half(36) : 0,
                    inode: hasInode ? word(40) : 0, protection: half(56),
                    buildID: hasInode ? "" : buildID(body[32..<56]), path: Self.text(body[64...])))
        case .mmap:
            guard body.count >= 32, header.misc & UInt16(PERF_RECORD_MISC_MMAP_DATA) == 0 else { return nil }
            // The older record names executable mappings only, and no file but by its path.
            return .mapping(
                MappingRecord(
                    task: task(0), start: word(8), length: word(16), fileOffset: word(24), deviceMajor: 0,
                    deviceMinor: 0, inode: 0, protection: 4, path: Self.text(body[32...])))
        case .comm:
            guard body.count >= 8 else { return nil }
            let isExec = header.misc & UInt16(PERF_RECORD_MISC_COMM_EXEC) != 0
            return .comm(task(0), name: Self.text(body[8...]), isExec: isExec)
        case .fork, .exit:
            guard body.count >= 16 else { return nil }
            // pid, ppid, tid, ptid
            let own = TaskReference(pid: Int32(bitPattern: half(0)), tid: Int32(bitPattern: half(8)))
            let parent = TaskReference(pid: Int32(bitPattern: half(4)), tid: Int32(bitPattern: half(12)))
            return header.kind == .fork ? .fork(child: own, parent: parent) : .exit(own, parent: parent)
        case .lost:
            return body.count >= 16 ? .lost(eventID: word(0), count: word(8)) : nil
        case .lostSamples:
            return body.count >= 8 ? .lost(eventID: 0, count: word(0)) : nil
        case .throttle: return .throttle
        case .unthrottle: return .unthrottle
        default: return nil
        }
    }

    /// A build-id with its size in front, in lower-case hexadecimal.
    private static func buildID(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        let size = min(Int(bytes[bytes.startIndex]), 20)
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.dropFirst(4).prefix(size).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    /// A text padded with zero bytes.
    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
