/// A range that holds the true value in a stated share of repetitions. Both bounds are finite and belong to it.
package struct ConfidenceInterval: Hashable, Sendable, Codable {
    package var lower: Double
    package var upper: Double
    /// The share of repetitions whose interval holds the true value: what was reached, which may exceed what was asked.
    package var confidence: Double

    package init(lower: Double, upper: Double, confidence: Double) {
        self.lower = lower
        self.upper = upper
        self.confidence = confidence
    }

    package var halfWidth: Double { (upper - lower) / 2 }

    package func contains(_ value: Double) -> Bool { lower <= value && value <= upper }

    package func isWithin(_ range: ClosedRange<Double>) -> Bool {
        range.lowerBound <= lower && upper <= range.upperBound
    }

    /// Whether the two share a value.
    package func overlaps(_ range: ClosedRange<Double>) -> Bool {
        lower <= range.upperBound && range.lowerBound <= upper
    }
}
