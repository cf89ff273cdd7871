package import Statistics

/// A cost before and after, in the unit of the comparison.
package struct CostChange: Hashable, Sendable {
    package let before: Double
    package let after: Double
    /// Of the difference, at 95 %; nil when nothing was counted.
    package let interval: ConfidenceInterval?
    /// Two-sided, for this cost alone.
    package let pValue: Double
    /// Samples before and after together; of unequal ones, how many equal ones tell as much.
    package let count: Double
    /// The change that costs like this could have shown in four of five cases.
    package let smallestDetectable: Double

    package var difference: Double { after - before }
    /// Of what it was; nil when it was nothing.
    package var relative: Double? { before > 0 ? difference / before : nil }
}

/// Turns what was counted in each run into changes of cost.
struct CostMeter {
    private let profiles: ComparedProfiles
    private let beforeCount: Int
    /// Of a side: what one sample weighs.
    private let sampleWeights: (before: Double, after: Double)
    private let exposures: (before: Double, after: Double)
    private let model: CountContrast.Model
    /// φ where runs do not tell: of the typical function, or as stated.
    private(set) var usualDispersion = 1.0
    /// Whether each run's number of samples is known and no finding: what a function has then varies less, as parts of
    /// totals do, by 1 − its share.
    private let hasKnownTotals: Bool
    /// Level at which ``CostChange/smallestDetectable`` is told.
    var detectionLevel = 0.05

    /// How many degrees of freedom the typical dispersion counts as, beside a function's own.
    static let priorDegrees = 4.0

    /// - Parameter dispersion: φ as it is known from elsewhere; nil takes it from the runs.
    init(_ profiles: ComparedProfiles, dispersion: Double?, hasKnownTotals: Bool = false) {
        self.profiles = profiles
        self.hasKnownTotals = hasKnownTotals
        let before = profiles.before.count
        beforeCount = before
        model = profiles.normalization.isShare ? .share : .rate
        func weight(_ side: ArraySlice<(value: Double, count: Double)>) -> Double {
            side.reduce(0) { $0 + $1.value } / side.reduce(0) { $0 + $1.count }
        }
        sampleWeights = (weight(profiles.totals.prefix(before)), weight(profiles.totals.dropFirst(before)))
        exposures = (
            profiles.exposures.prefix(before).reduce(0, +), profiles.exposures.dropFirst(before).reduce(0, +)
        )
        if let dispersion { usualDispersion = max(1, dispersion) }
    }

    /// Whether costs are shares of known totals.
    var isShare: Bool { model == .share }

    /// Degrees of freedom by which runs of a side differ.
    var freedom: Double { Double(max(0, profiles.exposures.count - 2)) }

    /// Takes the typical φ from what functions show, when runs were repeated.
    mutating func learnDispersion(from functions: [ArraySlice<Int64>]) {
        guard freedom > 0 else { return }
        let seen = functions.filter { count($0) >= 20 }.compactMap { pearson($0) }.sorted()
        guard !seen.isEmpty else { return }
        // The median of χ²/ν lies below its mean: E. Wilson & M. Hilferty, 1931.
        let root = 1 - 2 / (9 * freedom)
        usualDispersion = max(usualDispersion, 1, seen[seen.count / 2] / max(0.2, root * root * root))
    }

    /// Samples of both sides together.
    func count(_ values: ArraySlice<Int64>) -> Double {
        let (a, b) = sides(values)
        return a.count + b.count
    }

    func change(_ values: ArraySlice<Int64>) -> CostChange {
        let (a, b) = sides(values)
        var (dispersion, degrees) = (usualDispersion, Double.infinity)
        if freedom > 0 {
            let own = pearson(values) ?? usualDispersion
            dispersion = (Self.priorDegrees * usualDispersion + freedom * own) / (Self.priorDegrees + freedom)
            degrees = Self.priorDegrees + freedom
        }
        dispersion = max(1, dispersion) * part(a.count + b.count)
        let contrast = CountContrast(
            a: a, b: b, model: model, dispersion: dispersion, degreesOfFreedom: degrees)
        return CostChange(
            before: a.rate, after: b.rate, interval: a.count + b.count > 0 ? contrast?.interval : nil,
            pValue: a.count + b.count > 0 ? contrast?.pValue ?? 1 : 1, count: a.count + b.count,
            smallestDetectable: CountContrast.smallestDetectable(
                a: a, b: b, model: model, dispersion: dispersion, level: detectionLevel))
    }

    /// Difference of costs, without what it takes to judge it.
    func costs(_ values: ArraySlice<Int64>) -> (before: Double, after: Double) {
        let (a, b) = sides(values)
        return (a.rate, b.rate)
    }

    /// The smallest change that a function with a share of the cost before could have shown.
    func smallestDetectable(share: Double) -> Double {
        let total = profiles.totals.prefix(beforeCount).reduce(0) { $0 + $1.value }
        let cost = share * total / exposures.before
        let (a, b) = (exposures.before / sampleWeights.before, exposures.after / sampleWeights.after)
        let part = hasKnownTotals ? max(Self.smallestPart, 1 - share) : 1
        return CountContrast.smallestDetectable(
            a: CountContrast.Side(count: cost * a, exposure: a), b: CountContrast.Side(count: cost * b, exposure: b),
            model: model, dispersion: usualDispersion * part, level: detectionLevel)
    }

    /// How much of the model's variance is left to something with so many samples.
    private func part(_ count: Double) -> Double {
        guard hasKnownTotals else { return 1 }
        let all = profiles.totals.reduce(0) { $0 + $1.count }
        return max(Self.smallestPart, 1 - count / all)
    }

    /// So that what has nearly all samples keeps a variance, of rounding at least.
    private static let smallestPart = 0.02

    private func sides(_ values: ArraySlice<Int64>) -> (CountContrast.Side, CountContrast.Side) {
        let a = values.prefix(beforeCount).reduce(0.0) { $0 + Double($1) }
        let b = values.dropFirst(beforeCount).reduce(0.0) { $0 + Double($1) }
        return (
            CountContrast.Side(count: a / sampleWeights.before, exposure: exposures.before / sampleWeights.before),
            CountContrast.Side(count: b / sampleWeights.after, exposure: exposures.after / sampleWeights.after)
        )
    }

    /// Pearson's Σ(k − μ)²/variance over the runs, by its degrees of freedom; nil where nothing varies.
    private func pearson(_ values: ArraySlice<Int64>) -> Double? {
        let (a, b) = sides(values)
        var sum = 0.0
        for (index, value) in values.enumerated() {
            let isBefore = index < beforeCount
            let rate = isBefore ? a.rate : b.rate
            let weight = isBefore ? sampleWeights.before : sampleWeights.after
            let mean = rate * profiles.exposures[index] / weight
            let variance = model == .share ? mean * (1 - rate) : mean
            guard variance > 0 else { continue }
            let difference = Double(value) / weight - mean
            sum += difference * difference / variance
        }
        return a.count + b.count > 0 ? sum / freedom / part(a.count + b.count) : nil
    }
}
