internal import ProfileModel

/// What a recording is and how complete, as short statements for the head of every output.
struct RecordingSummary {
    private let profile: Profile

    init(_ profile: Profile) { self.profile = profile }

    var duration: String? {
        let nanoseconds = profile.metadata.durationNanoseconds
        return nanoseconds > 0 ? NumberText.duration(nanoseconds: nanoseconds) : nil
    }

    /// For instance `cpu-clock, one sample each 1.00 ms (999 Hz)`.
    var event: String? {
        guard let type = profile.metadata.periodType else { return nil }
        let period = profile.metadata.period
        guard period > 0 else { return type.name }
        if type.unit == "nanoseconds" {
            let frequency = NumberText.grouped(Int64((1e9 / Double(period)).rounded()))
            return "\(type.name), one sample each \(NumberText.duration(nanoseconds: period)) (\(frequency) Hz)"
        }
        return
            "\(type.name), one sample each \(NumberText.grouped(period)) \(type.unit == "count" ? type.name : type.unit)"
    }

    /// Everything that ``RecordingQuality`` states, in its order; empty when nothing is stated.
    var quality: [String] {
        guard let quality = profile.metadata.quality else { return [] }
        var parts = ["\(NumberText.grouped(quality.received)) received"]
        if let expected = quality.expected { parts[0] += " of \(NumberText.grouped(expected)) expected" }
        for metric in [RecordingQuality.Metric.lost, .throttled, .truncated, .unnamed] {
            parts.append(Self.text(metric, in: quality))
        }
        for metric in [RecordingQuality.Metric.completed, .uncovered, .dropped] where quality[metric] != 0 {
            parts.append(Self.text(metric, in: quality))
        }
        return parts
    }

    var namedFrames: String? {
        guard let quality = profile.metadata.quality, let share = quality.namedShare else { return nil }
        return NumberText.percent(share, decimals: 1)
    }

    /// One line for the head of a picture.
    var line: String {
        var parts: [String] = []
        if let quality = profile.metadata.quality {
            parts.append("\(NumberText.grouped(quality.received)) samples\(duration.map { " in \($0)" } ?? "")")
            for metric in [RecordingQuality.Metric.lost, .truncated, .unnamed] {
                parts.append(Self.text(metric, in: quality))
            }
        } else if let column = profile.valueColumn() {
            parts.append(ValueText(profile, column: column).value(profile.total(column: column)))
            if let duration { parts.append(duration) }
            parts.append("losses not stated")
        }
        if let event { parts.insert(event, at: 0) }
        return parts.joined(separator: " · ")
    }

    /// `12 truncated (0.1%)`; events that are no samples have no share, and neither has none.
    private static func text(_ metric: RecordingQuality.Metric, in quality: RecordingQuality) -> String {
        let count = quality[metric] ?? 0
        let text = "\(NumberText.grouped(count)) \(metric.rawValue)"
        guard count > 0, metric != .throttled, metric != .uncovered, let share = quality.share(of: metric) else {
            return text
        }
        let decimals = NumberText.percentDecimals(samples: quality.received)
        let percent = NumberText.percent(share, decimals: decimals)
        // What happened must not read as 0.0%.
        let isBelowResolution = !percent.contains { ("1"..."9").contains($0) }
        let least = decimals == 0 ? "<1%" : decimals == 1 ? "<0.1%" : "<0.01%"
        return "\(text) (\(isBelowResolution ? least : percent))"
    }
}
