internal import CUnwind

/// Finds functions in a section with call-frame information, with what their frames are: signal trampolines and
/// outermost frames, which end the search for a caller, are told by the entries alone.
enum CallFrameIndex {
    private static let longestFunction = UInt64(TS_FDE_LENGTH)

    /// Every function of a section, from its start to its end: sorted by address, no two with the same start. Broken
    /// records are skipped.
    static func entries(_ section: FrameBytes, address: UInt64, _ registers: CallFrameRegisters) -> [ts_fde] {
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
                if let common = CommonEntry(body),
                    let survey = CallFrameSurvey(
                        common.instructions, encoding: common.pointerEncoding, registers)
                {
                    commons[start] = (common, survey.isOutermost)
                }
                continue
            }
            guard let parent = FunctionEntry.commonOffset(of: body), let common = commons[parent],
                let function = FunctionEntry(body, common.entry, sectionAddress: address), function.length > 0,
                let survey = CallFrameSurvey(
                    function.instructions, encoding: common.entry.pointerEncoding, registers)
            else { continue }
            let isOutermost = common.isOutermost || survey.isOutermost
            entries.append(entry(function, common.entry, isOutermost: isOutermost, at: start))
        }
        entries.sort { $0.start != $1.start ? $0.start < $1.start : $0.fde < $1.fde }
        // Of functions that overlap, the one that starts last holds an address; of two with one start, the first.
        return entries.indices.filter { $0 == 0 || entries[$0].start != entries[$0 - 1].start }.map { entries[$0] }
    }

    /// The function whose entry is at an offset; nil when there is no sound one.
    static func entry(
        _ section: FrameBytes, at offset: Int, address: UInt64, _ registers: CallFrameRegisters
    ) -> ts_fde? {
        guard let body = section.record(at: offset), let parent = FunctionEntry.commonOffset(of: body),
            let commonBody = section.record(at: parent), let common = CommonEntry(commonBody),
            let function = FunctionEntry(body, common, sectionAddress: address), function.length > 0,
            let shared = CallFrameSurvey(common.instructions, encoding: common.pointerEncoding, registers),
            let own = CallFrameSurvey(
                function.instructions, encoding: common.pointerEncoding, registers)
        else { return nil }
        return entry(function, common, isOutermost: shared.isOutermost || own.isOutermost, at: offset)
    }

    private static func entry(
        _ function: FunctionEntry, _ common: CommonEntry, isOutermost: Bool, at offset: Int
    ) -> ts_fde {
        var length = UInt32(min(function.length, longestFunction))
        if common.isSignal { length |= UInt32(TS_FDE_SIGNAL) }
        if isOutermost { length |= UInt32(TS_FDE_OUTERMOST) }
        return ts_fde(start: function.start, length: length, fde: UInt32(truncatingIfNeeded: offset))
    }
}
