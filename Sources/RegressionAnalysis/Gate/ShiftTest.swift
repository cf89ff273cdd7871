internal import Glibc
package import Statistics

/// By how much one side's replicates exceed the other's, and how sure that is against any bound.
///
/// Assumption: replicates (processes) are independent, and the sides differ by a shift. By ranks (Mann–Whitney, with the
/// interval of Hodges & Lehmann) where there are enough replicates for ranks to reach the level that is asked for; with
/// fewer, by Welch's t, which also assumes that the means are nearly normal. Which of the two it is depends on the
/// numbers of replicates alone, never on their values.
/// Source of the second: B. Welch, *The Generalization of 'Student's' Problem when Several Different Population
/// Variances Are Involved*, 1947.
package struct ShiftTest: Sendable {
    package enum Method: String, Sendable, Codable { case ranks, welch }

    package let method: Method
    /// B − A: by ranks the median of all differences, else that of means.
    package let shift: Double
    /// At 95 %.
    package let interval: ConfidenceInterval
    /// What a comparison of a side with itself would show, in 95 of 100 cases at most: half of the interval's width.
    package let noise: Double

    private let a: [Double]
    private let b: [Double]
    private let standardError: Double
    private let freedom: Double

    package static let confidence = 0.95

    /// Nil for fewer than two finite values on a side, or too few for an interval.
    /// - Parameter level: the smallest p-value that has to be within reach.
    package init?(baseline a: [Double], candidate b: [Double], level: Double) {
        guard a.count >= 2, b.count >= 2, (a + b).allSatisfy(\.isFinite) else { return nil }
        self.a = a
        self.b = b
        let (first, second) = (Self.moments(a), Self.moments(b))
        let (partA, partB) = (first.variance / Double(a.count), second.variance / Double(b.count))
        standardError = (partA + partB).squareRoot()
        let spread = partA + partB
        freedom =
            spread > 0
            ? spread * spread / (partA * partA / Double(a.count - 1) + partB * partB / Double(b.count - 1)) : 1
        let reach = Self.smallestPValue(a.count, b.count)
        if reach <= min(level, 1 - Self.confidence),
            let estimate = HodgesLehmann(b, a, confidence: Self.confidence), let interval = estimate.interval
        {
            method = .ranks
            shift = estimate.shift
            self.interval = interval
        } else {
            // Values that are all alike have no t; with few of them nothing is known.
            guard spread > 0 || first.mean == second.mean,
                let student = StudentDistribution(degreesOfFreedom: max(1, freedom))
            else { return nil }
            method = .welch
            shift = second.mean - first.mean
            let half = student.quantile(1 - (1 - Self.confidence) / 2) * standardError
            interval = ConfidenceInterval(lower: shift - half, upper: shift + half, confidence: Self.confidence)
        }
        guard interval.lower.isFinite, interval.upper.isFinite else { return nil }
        noise = interval.halfWidth
    }

    /// That B − A is not greater than a bound: twice the one-sided probability, at most 1.
    package func pValue(greaterThan bound: Double) -> Double {
        switch method {
        case .ranks: min(1, 2 * (MannWhitney(b.map { $0 - bound }, a)?.pValueGreater ?? 1))
        case .welch: tail(shift - bound)
        }
    }

    /// That B − A is not less than a bound.
    package func pValue(lessThan bound: Double) -> Double {
        switch method {
        case .ranks: min(1, 2 * (MannWhitney(b.map { $0 - bound }, a)?.pValueLess ?? 1))
        case .welch: tail(bound - shift)
        }
    }

    private func tail(_ distance: Double) -> Double {
        guard standardError > 0, let student = StudentDistribution(degreesOfFreedom: max(1, freedom)) else { return 1 }
        return distance > 0 ? min(1, 2 * student.upperTail(distance / standardError)) : 1
    }

    // MARK: Planning

    /// How far beyond a bound the true shift must be for a verdict at a level in 80 of 100 cases.
    package func margin(level: Double) -> Double {
        spread * (1 / Double(a.count) + 1 / Double(b.count)).squareRoot() * Self.multiple(level)
    }

    /// About how many more replicates of each side resolve a shift so far from a bound; nil for more than 1,000.
    package func moreReplicates(distance: Double, level: Double) -> Int? {
        guard distance > 0 else { return nil }
        let ratio = spread * Self.multiple(level) / distance
        let needed = (2 * ratio * ratio).rounded(.up)
        let more = needed - Double(min(a.count, b.count))
        return more <= 1000 ? max(1, Int(more)) : nil
    }

    /// The spread of replicates that the interval's width stands for; one wild process does not change it.
    private var spread: Double {
        let pooled = Double(a.count + b.count - 2)
        let student = StudentDistribution(degreesOfFreedom: max(1, method == .welch ? freedom : pooled))
        let quantile = student?.quantile(1 - (1 - Self.confidence) / 2) ?? 2
        return noise / quantile / (1 / Double(a.count) + 1 / Double(b.count)).squareRoot()
    }

    /// Normal quantiles of a two-sided level and of a power of 80 %.
    private static func multiple(_ level: Double) -> Double {
        NormalDistribution.standard.quantile(1 - max(level, 1e-12) / 2) + NormalDistribution.standard.quantile(0.8)
    }

    private static func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
        let mean = values.reduce(0) { $0 + $1 / Double(values.count) }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, squares / Double(values.count - 1))
    }

    /// Of the two-sided rank test: 2 ÷ the ways to choose one side's ranks.
    private static func smallestPValue(_ n: Int, _ m: Int) -> Double {
        (1...n).reduce(2.0) { $0 * Double($1) / Double(m + $1) }
    }
}
