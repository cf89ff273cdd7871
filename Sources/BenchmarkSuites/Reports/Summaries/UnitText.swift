package import Benchmarking
internal import ProfileFormats
internal import Statistics

/// Values with the unit that suits them and no digit beyond what was resolved.
package enum UnitText {
    /// What a value counts, hence how it is scaled.
    package enum Kind: Hashable {
        case nanoseconds
        case bytes
        case count
        /// Per second; the word after the prefix, such as `messages`.
        case rate(String)
    }

    package static func kind(of metric: BenchmarkMetric) -> Kind {
        switch metric.unit {
        case "ns": .nanoseconds
        case "bytes": .bytes
        case "operations/s": .rate("")
        default: .count
        }
    }

    /// - Parameter uncertainty: in the value's unit; 0 for exact values, nil when it is not known, which leaves three
    ///   digits.
    package static func text(_ value: Double, _ kind: Kind, uncertainty: Double?) -> String {
        let scale = Scale(value, kind)
        return scale.digits(value, uncertainty: uncertainty) + scale.suffix
    }

    /// The uncertainty in the unit that its value is shown in; nil when it says nothing.
    package static func uncertainty(_ uncertainty: Double, of value: Double, _ kind: Kind) -> String? {
        let scale = Scale(value, kind)
        guard uncertainty > 0,
            let digits = SignificantDigits(value: value / scale.divisor, uncertainty: uncertainty / scale.divisor)
        else { return nil }
        return digits.uncertaintyText + scale.suffix
    }

    package struct Scale {
        package let divisor: Double
        /// With the space before it.
        package let suffix: String

        package init(_ value: Double, _ kind: Kind) {
            let steps: [(Double, String)] =
                switch kind {
                case .nanoseconds: [(1, " ns"), (1e3, " µs"), (1e6, " ms"), (1e9, " s")]
                case .bytes: [(1, " B"), (1024, " KiB"), (1_048_576, " MiB"), (1_073_741_824, " GiB")]
                case .count: [(1, ""), (1e6, " M"), (1e9, " G")]
                case .rate: [(1, " "), (1e3, " k"), (1e6, " M"), (1e9, " G")]
                }
            // A value that rounds to the next unit takes that one.
            let step = steps.last { value.magnitude >= $0.0 * 0.9995 } ?? steps[0]
            divisor = step.0
            switch kind {
            case .rate("bytes"): suffix = (step.0 == 1 ? " " : step.1) + "B/s"
            case .rate(let word) where word.isEmpty: suffix = (step.0 == 1 ? "" : step.1) + "/s"
            case .rate(let word): suffix = (step.0 == 1 ? " " : step.1 + " ") + word + "/s"
            default: suffix = step.1
            }
        }

        func digits(_ value: Double, uncertainty: Double?) -> String {
            let scaled = value / divisor
            guard let uncertainty, scaled.isFinite else { return NumberText.significant(scaled) }
            guard uncertainty > 0 else { return Self.exact(scaled) }
            // Five digits and three decimals are enough for everybody.
            let known = max(uncertainty / divisor, scaled.magnitude * 1e-5, 0.0005)
            guard let digits = SignificantDigits(value: scaled, uncertainty: known), let decimals = digits.decimals
            else {
                return NumberText.significant(scaled)
            }
            // Nothing but the noise's place is left of a value that drowns in it: say how large it was at least.
            if known > scaled.magnitude { return NumberText.fixed(scaled, decimals: max(0, decimals)) }
            return Self.grouped(digits.valueText)
        }

        /// A whole number as such, another with three decimals at most.
        private static func exact(_ value: Double) -> String {
            if value == value.rounded(), value.magnitude < 1e15 { return NumberText.grouped(Int64(value)) }
            var text = NumberText.fixed(value, decimals: 3)
            while text.hasSuffix("0"), text.contains(".") { text.removeLast() }
            return grouped(text.hasSuffix(".") ? String(text.dropLast()) : text)
        }

        /// Thousands separated in the part before the point.
        private static func grouped(_ text: String) -> String {
            let parts = text.split(separator: ".", maxSplits: 1)
            guard let whole = parts.first.flatMap({ Int64($0) }), whole.magnitude >= 1000 else { return text }
            return NumberText.grouped(whole) + (parts.count > 1 ? "." + parts[1] : "")
        }
    }
}
