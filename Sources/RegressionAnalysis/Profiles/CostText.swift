internal import BenchmarkSuites
internal import ProfileFormats
internal import ProfileModel
internal import Statistics

/// Costs of a comparison as people read them.
package struct CostText: Sendable {
    private let normalization: ProfileNormalization
    private let type: SampleType

    package init(_ profiles: ComparedProfiles) {
        normalization = profiles.normalization
        type = profiles.type
    }

    /// Unit of costs, for people and programs: `share`, `nanoseconds/second`, `nanoseconds/operation`, `nanoseconds`.
    package var unit: String {
        let base = type.unit == "count" ? PlainText.of(type.name) : PlainText.of(type.unit)
        return switch normalization {
        case .total, .samples: "share"
        case .time: base + "/second"
        case .work: base + "/operation"
        case .none: base
        }
    }

    /// What costs are, in words.
    package var meaning: String {
        let name = PlainText.of(type.name)
        return switch normalization {
        case .total: "share of \(name)"
        case .samples: "share of samples"
        case .time: "\(name) per second of recording"
        case .work: "\(name) per operation"
        case .none: "\(name) per profile"
        }
    }

    package func cost(_ value: Double) -> String {
        if normalization.isShare { return NumberText.fixed(value * 100, decimals: 2) + " %" }
        if type.unit == "nanoseconds" || type.unit == "ns" { return Self.time(value) }
        return value >= 1000 ? NumberText.grouped(Int64(min(value, 9e18))) : NumberText.significant(value)
    }

    /// With its sign; differences of shares are in points of a hundred.
    package func change(_ value: Double) -> String {
        let sign = value > 0 ? "+" : value < 0 ? "-" : ""
        if normalization.isShare { return sign + NumberText.fixed(value.magnitude * 100, decimals: 2) + " pp" }
        return sign + cost(value.magnitude)
    }

    package func interval(_ change: CostChange) -> String {
        guard let interval = change.interval else { return "" }
        return "\(self.change(interval.lower)) … \(self.change(interval.upper))"
    }

    package static func relative(_ change: CostChange) -> String {
        guard let relative = change.relative else { return change.after > 0 ? "new" : "" }
        if change.after == 0 { return "gone" }
        let percent = NumberText.fixed(relative * 100, decimals: relative.magnitude < 0.0995 ? 1 : 0)
        return (relative > 0 ? "+" : "") + percent + " %"
    }

    package static func probability(_ value: Double) -> String {
        value < 0.0001 ? "<0.0001" : NumberText.fixed(value, decimals: 4)
    }

    private static func time(_ nanoseconds: Double) -> String {
        if nanoseconds < 999.5 { return NumberText.significant(nanoseconds) + " ns" }
        return NumberText.duration(nanoseconds: Int64(min(nanoseconds, 9e18)))
    }
}
