/// What a comparison of two costs says, against the tolerance that was declared for it.
package enum Verdict: String, Hashable, Sendable, Codable, CaseIterable {
    /// Less by more than the tolerance.
    case faster
    /// Greater by more than the tolerance.
    case slower
    /// The difference, whatever it is, lies within the tolerance.
    case equivalent
    /// The data do not tell: more rounds, a quieter machine or a wider tolerance are needed.
    case notResolved

    /// The verdict of an interval of cost ratios.
    /// - Parameter tolerated: the ratios that count as equal.
    package init(ratio: ConfidenceInterval, tolerated: ClosedRange<Double>) {
        if ratio.lower > tolerated.upperBound {
            self = .slower
        } else if ratio.upper < tolerated.lowerBound {
            self = .faster
        } else if ratio.isWithin(tolerated) {
            self = .equivalent
        } else {
            self = .notResolved
        }
    }
}
