internal import Glibc

/// How the cost of an operation grows with the size of its input: the best of ``ComplexityClass``, as
/// cost = fixed + factor · growth(size).
///
/// Assumption: the noise of a cost is a share of it, and the costs of different sizes are independent.
///
/// Each class is judged by its error at sizes it was not fitted to: every point is left out once and foretold from the
/// others (M. Stone, *Cross-Validatory Choice and Assessment of Statistical Predictions*, 1974), except those of the
/// least size, without which the fixed cost is anyone's guess. A class that bends more
/// can always follow noise a little better, so the simplest class wins whose error is about as good as the least
/// (``parsimony``). Neither part of a cost may be negative: no class buys its fit with an impossible start.
package struct ComplexityFit: Hashable, Sendable {
    /// One class's attempt.
    package struct Candidate: Hashable, Sendable {
        package let complexity: ComplexityClass
        /// The cost that does not depend on the size, and the cost of one unit of growth; at least 0.
        package let fixed: Double
        package let factor: Double
        /// Root mean square of the relative deviations of the costs from the curve: 0.02 is 2 %.
        package let normalizedRMS: Double
        /// The same of each point from the curve through the others.
        package let predictionRMS: Double

        /// The cost at a size of at least 1.
        package func cost(at size: Double) -> Double { fixed + factor * complexity.growth(at: size) }
    }

    package let best: Candidate
    /// The attempt with the least prediction error among the others that the data could have meant.
    package let runnerUp: Candidate?
    /// Every class, slowest growth first.
    package let candidates: [Candidate]
    /// Whether the data tell the class apart from every other: enough sizes, far enough apart, and the runner-up is
    /// worse by more than chance makes of one noise (``resolvingRatio(points:)``).
    package let isResolved: Bool
    package let warnings: [StatisticalWarning]

    package var complexity: ComplexityClass { best.complexity }

    /// A class is about as good as the best one when its prediction error is at most `ratio` times as great plus
    /// `slack`. The slack of 1 % is what no measured cost is exact to; with it a series that grows by less is flat.
    package static let parsimony = (ratio: 1.25, slack: 0.01)
    /// How many times the error of the runner-up must exceed that of the best class for the class to be certain: the
    /// root of the 95 % point of Fisher's F with n − 2 degrees of freedom on both sides, by ½·ln F ≈ normal with
    /// variance 1/(ν − ¾). 4.4 for 4 points, 3 for 5, 1.8 for 10; the approximation is within 2 % from 4 points on.
    package static func resolvingRatio(points: Int) -> Double {
        exp(NormalDistribution.standard.quantile(0.95) / (max(Double(points) - 2, 1) - 0.75).squareRoot())
    }

    /// Growth over the range of sizes below which another class is but a flat line in disguise.
    private static let visibleGrowth = 1.1
    /// More points are refused: leaving each out in turn takes O(n²).
    package static let mostPoints = 2000

    /// - Parameters:
    ///   - sizes: at least 1 each, in any order; several costs may share a size.
    ///   - costs: times, cycles, instructions, allocations, …, at least 0; in any one unit.
    /// - Returns: nil without a usable point, or with more than ``mostPoints``. Points with a size below 1, a negative
    ///   cost or anything not finite are left out with a warning.
    package init?(sizes: [Double], costs: [Double]) {
        // A size whose cube is a number, a cost whose square is one.
        let points = PointSeries(sizes, costs) { $0 >= 1 && $0 < 1e75 && $1 >= 0 && $1 < 1e150 }
        guard points.count > 0, points.count <= Self.mostPoints, let least = points.x.min(),
            let greatest = points.x.max()
        else { return nil }
        // A cost of 0 has no relative deviations: it is as exact as the least other one.
        let smallest = points.y.lazy.filter { $0 > 0 }.min() ?? 1
        let scales = points.y.map { max($0, smallest) }
        candidates = ComplexityClass.allCases.compactMap { Candidate($0, points, scales: scales) }
        guard let leastError = candidates.map(\.predictionRMS).min(),
            let best = candidates.first(where: {
                $0.predictionRMS <= leastError * Self.parsimony.ratio + Self.parsimony.slack
            })
        else { return nil }
        let rivals = candidates.filter {
            guard $0.complexity != best.complexity else { return false }
            // A class that fits with no growth is the constant one again.
            if $0.complexity != .constant, $0.factor == 0 { return false }
            return best.complexity != .constant || $0.cost(at: greatest) > Self.visibleGrowth * $0.cost(at: least)
        }
        self.best = best
        runnerUp = rivals.min { $0.predictionRMS < $1.predictionRMS }
        var warnings = points.warnings
        let distinct = Set(points.x).count
        if distinct < 4 {
            warnings.append(
                StatisticalWarning(.tooFewValues, "\(distinct) sizes cannot tell how costs grow: measure at least 4"))
        }
        if greatest < 4 * least {
            warnings.append(
                StatisticalWarning(
                    .narrowRange,
                    "the greatest size is less than 4 times the least: spread them to tell how costs grow"))
        }
        let canTell = distinct >= 4 && greatest >= 4 * least
        let isClear =
            runnerUp.map { $0.predictionRMS >= Self.resolvingRatio(points: points.count) * best.predictionRMS } ?? true
        if canTell, !isClear, let runnerUp {
            warnings.append(
                StatisticalWarning(
                    .ambiguous,
                    "\(runnerUp.complexity) fits nearly as well as \(best.complexity): measure greater sizes "
                        + "or more quietly"
                ))
        }
        isResolved = canTell && isClear
        self.warnings = warnings
    }
}

extension ComplexityFit.Candidate {
    fileprivate init?(_ complexity: ComplexityClass, _ points: PointSeries, scales: [Double]) {
        guard let whole = ComplexityCurve(complexity, sizes: points.x, costs: points.y, scales: scales) else {
            return nil
        }
        let least = points.x.min() ?? 0
        let beyondLeast = points.x.indices.filter { points.x[$0] > least }
        func rootMeanSquare(_ indices: some Collection<Int>, _ predicted: (Int) -> Double) -> Double {
            let squares = indices.reduce(0) {
                let deviation = (predicted($1) - points.y[$1]) / scales[$1]
                return $0 + deviation * deviation
            }
            return (squares / Double(max(1, indices.count))).squareRoot()
        }
        self.complexity = complexity
        fixed = whole.fixed
        factor = whole.factor
        normalizedRMS = rootMeanSquare(points.x.indices) { whole.value(at: points.x[$0]) }
        predictionRMS = rootMeanSquare(beyondLeast) { left in
            let others = ComplexityCurve(complexity, sizes: points.x, costs: points.y, scales: scales, leavingOut: left)
            return (others ?? whole).value(at: points.x[left])
        }
    }
}
