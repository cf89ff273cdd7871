/// How complete a recording is: what was asked of the kernel, what arrived, and what became of it.
///
/// Every output states these numbers; a profile is only as good as they are.
package struct RecordingQuality: Hashable, Sendable {
    /// One stated number, with the name under which files and `--fail-on` know it.
    package enum Metric: String, CaseIterable, Sendable {
        /// Samples that the event's count implies (count ÷ period); absent when the period varied.
        case expected
        /// Samples that arrived and are in the profile.
        case received
        /// Samples that the kernel dropped because a ring was full.
        case lost
        /// Times the kernel paused the event because it fired too often.
        case throttled
        /// Samples whose stack ends before the thread's entry.
        case truncated
        /// Samples whose stack was deeper than the captured bytes and was completed with frames that are proved.
        case completed
        /// Samples whose leaf frame has no function name.
        case unnamed
        /// Tasks that were seen but could not be attached to.
        case uncovered
        /// Samples whose stack was cut because the recorder's memory limit was reached.
        case dropped
    }

    package var expected: Int64?
    package var received: Int64 = 0
    package var lost: Int64 = 0
    package var throttled: Int64 = 0
    package var truncated: Int64 = 0
    package var completed: Int64 = 0
    package var unnamed: Int64 = 0
    package var uncovered: Int64 = 0
    package var dropped: Int64 = 0
    /// Frames with a function name, and all frames (markers excluded), weighted by samples.
    package var namedFrames: Int64 = 0
    package var totalFrames: Int64 = 0

    package init() {}

    /// Adds what another part of the same recording says of its samples. Losses and pauses are of the whole recording.
    package mutating func addSamples(of other: RecordingQuality) {
        received += other.received
        truncated += other.truncated
        completed += other.completed
        unnamed += other.unnamed
        dropped += other.dropped
        namedFrames += other.namedFrames
        totalFrames += other.totalFrames
    }

    package subscript(metric: Metric) -> Int64? {
        switch metric {
        case .expected: expected
        case .received: received
        case .lost: lost
        case .throttled: throttled
        case .truncated: truncated
        case .completed: completed
        case .unnamed: unnamed
        case .uncovered: uncovered
        case .dropped: dropped
        }
    }

    /// Share of received samples, 0…1; nil when nothing was received. Lost samples count against received + lost.
    package func share(of metric: Metric) -> Double? {
        guard let value = self[metric] else { return nil }
        let base = metric == .lost ? received + lost : received
        return base > 0 ? Double(value) / Double(base) : nil
    }

    /// Share of frames that have a function name, 0…1.
    package var namedShare: Double? {
        totalFrames > 0 ? Double(namedFrames) / Double(totalFrames) : nil
    }
}

extension RecordingQuality {
    private static let prefix = "tickscope.quality:"

    /// One line of `key=value` pairs, for formats that only have room for text.
    package var comment: String {
        var pairs = Metric.allCases.compactMap { metric in self[metric].map { "\(metric.rawValue)=\($0)" } }
        pairs.append("named_frames=\(namedFrames)")
        pairs.append("total_frames=\(totalFrames)")
        return Self.prefix + " " + pairs.joined(separator: " ")
    }

    /// Reads what ``comment`` wrote; nil for any other text. Unknown keys are ignored.
    package init?(comment: String) {
        guard comment.hasPrefix(Self.prefix) else { return nil }
        for pair in comment.dropFirst(Self.prefix.count).split(separator: " ") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let value = Int64(parts[1]) else { continue }
            switch parts[0] {
            case "expected": expected = value
            case "received": received = value
            case "lost": lost = value
            case "throttled": throttled = value
            case "truncated": truncated = value
            case "completed": completed = value
            case "unnamed": unnamed = value
            case "uncovered": uncovered = value
            case "dropped": dropped = value
            case "named_frames": namedFrames = value
            case "total_frames": totalFrames = value
            default: continue
            }
        }
    }
}
