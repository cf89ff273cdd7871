internal import Glibc

/// The levels between cuts of a history, while cuts are tested and taken back.
struct HistoryLevels {
    /// In units of the noise.
    let values: [Double]
    /// By how much correlation widens the noise of a mean, in units of variance.
    private(set) var inflation: Double
    private(set) var correlation: Double
    private var levels: [Level]
    /// The cuts that count as steps; those of a drift stay cuts, so that the levels beside a step stay near it.
    private var isDrift: Set<Int> = []

    struct Level: Hashable {
        let range: Range<Int>
        /// A mean in which no value counts for more than three deviations from the median.
        let center: Double
        /// Of those bounded values.
        let variance: Double

        init(_ range: Range<Int>, of values: [Double]) {
            self.range = range
            let median = Median.of(values[range]) ?? 0
            var sum = 0.0
            var squares = 0.0
            for i in range {
                let deviation = min(max(values[i] - median, -HistoryDetector.reach), HistoryDetector.reach)
                sum += deviation
                squares += deviation * deviation
            }
            let count = Double(range.count)
            center = median + sum / count
            variance = max(0, (squares - sum * sum / count) / max(1, count - 1))
        }
    }

    init(_ values: [Double], cuts: [Int], correlation: Double) {
        self.values = values
        self.correlation = correlation
        inflation = HistoryScale.inflation(correlation: correlation, count: values.count)
        let bounds = [0] + cuts + [values.count]
        levels = zip(bounds, bounds.dropFirst()).map { Level($0..<$1, of: values) }
    }

    /// What is left after cuts that make too short levels, and cuts that are not certain enough, were taken back.
    func merged(falseAlarmRate: Double) -> HistoryLevels {
        var result = self
        result.mergeShort(minimumLength: HistoryDetector.shortestLevel)
        result.mergeUncertain(falseAlarmRate: falseAlarmRate)
        return result
    }

    /// The same cuts with another correlation, of which no more than ``greatestCorrection`` is believed: steps that
    /// were missed look like correlation.
    func corrected(to correlation: Double?, inflation: Double) -> HistoryLevels {
        var result = self
        result.inflation = max(result.inflation, inflation)
        guard let correlation else { return result }
        let range =
            max(
                0, self.correlation - Self.greatestCorrection)...(self.correlation + Self.greatestCorrection)
        result.correlation = min(max(correlation, range.lowerBound), range.upperBound, 0.9)
        result.inflation = max(
            inflation, HistoryScale.inflation(correlation: result.correlation, count: values.count))
        return result
    }

    /// The starts of all levels but the first.
    var cuts: [Int] { levels.dropFirst().map(\.range.lowerBound) }

    /// Lags that are looked at for a level that wanders.
    static let wanderingLags = 8

    /// By how much a mean's variance is widened when the level wanders below the noise of single values: neighbors then
    /// correlate little, but for long. 1 unless the correlations of the first lags are in sum clearly (two standard
    /// errors) above what that of neighbors explains.
    ///
    /// Then the correlation at lag k is taken as r₁·φ^(k−1) (an AR(1) under noise, ARMA(1, 1)), with φ the ratio of the
    /// sums of the later and the earlier lags: 1 + 2·r₁/(1 − φ).
    var residualInflation: Double {
        guard values.count >= 6 * Self.wanderingLags else { return 1 }
        let r = residualCorrelations(lags: Self.wanderingLags, withoutDrift: true)
        guard r.count == Self.wanderingLags, r[0] > 0 else { return 1 }
        let explained = r[0] * (1 - pow(r[0], Double(r.count))) / (1 - min(r[0], 0.99))
        guard r.reduce(0, +) > explained + 2 * (Double(r.count) / Double(values.count)).squareRoot()
        else { return 1 }
        let ratio = r.dropFirst().reduce(0, +) / r.dropLast().reduce(0, +)
        return 1 + 2 * r[0] / (1 - min(max(ratio, r[0], 0), 0.95))
    }

    /// Two standard errors of the first estimate at 300 values.
    static let greatestCorrection = 0.2

    /// The correlation of neighbors within levels, values bounded around their median; nil for fewer than 24 values.
    ///
    /// Deviations from a mean that was taken from the values themselves correlate by about (1 + 4ρ)/n less (F. Marriott
    /// & J. Pope, *Bias in the Estimation of Autocorrelations*, 1954), which is added back level by level.
    var residualCorrelation: Double? {
        values.count < 24 ? nil : residualCorrelations(lags: 1).first.map { max(0, $0) }
    }

    /// Of a level's bounded values, per index, by least squares.
    private func slope(_ level: Level) -> Double {
        let middle = Double(level.range.lowerBound + level.range.upperBound - 1) / 2
        var (products, squares) = (0.0, 0.0)
        for i in level.range {
            let x = Double(i) - middle
            // Wider than elsewhere: the ends of a climb are far from its middle.
            products += x * min(max(values[i] - level.center, -3 * HistoryDetector.reach), 3 * HistoryDetector.reach)
            squares += x * x
        }
        return squares > 0 ? products / squares : 0
    }

    /// Those of lags 1, 2, …; none when all values equal their levels.
    /// - Parameter withoutDrift: whether to take a straight line from each level: a steady climb is no noise.
    private func residualCorrelations(lags: Int, withoutDrift: Bool = false) -> [Double] {
        var squares = 0.0
        var products = [Double](repeating: 0, count: lags)
        for level in levels {
            let middle = Double(level.range.lowerBound + level.range.upperBound - 1) / 2
            let slope = withoutDrift ? self.slope(level) : 0
            let residuals = level.range.map {
                let residual = values[$0] - level.center - slope * (Double($0) - middle)
                return min(max(residual, -HistoryDetector.reach), HistoryDetector.reach)
            }
            for i in residuals.indices {
                squares += residuals[i] * residuals[i]
                for lag in 1...lags where i >= lag {
                    products[lag - 1] += residuals[i - lag] * residuals[i]
                }
            }
        }
        guard squares > 0 else { return [] }
        let share = Double(levels.count) / Double(values.count)
        return products.map { $0 / squares + (1 + 4 * max(0, products[0] / squares)) * share }
    }

    /// Levels that are too short to be told from wild values become part of the neighbor that is nearer in height.
    mutating func mergeShort(minimumLength: Int) {
        while levels.count > 1 {
            var merged: [Level] = []
            var i = 0
            while i < levels.count {
                let level = levels[i]
                guard level.range.count < minimumLength else {
                    merged.append(level)
                    i += 1
                    continue
                }
                let previous = merged.last
                let next = i + 1 < levels.count ? levels[i + 1] : nil
                if let previous,
                    next.map({ abs(previous.center - level.center) <= abs($0.center - level.center) }) ?? true
                {
                    merged[merged.count - 1] = Level(
                        previous.range.lowerBound..<level.range.upperBound, of: values)
                    i += 1
                } else if let next {
                    merged.append(Level(level.range.lowerBound..<next.range.upperBound, of: values))
                    i += 2
                } else {
                    merged.append(level)
                    i += 1
                }
            }
            let isDone = merged.count == levels.count
            levels = merged
            if isDone { return }
        }
    }

    /// Passes in which only the least certain of neighbors are taken back. A series that climbs without noise has
    /// thousands of cuts, of which that would be one a pass; from then on all are that no other is beside.
    static let carefulPasses = 64

    /// Takes back cuts until every one is certain enough: of neighbors that fail the least certain first.
    mutating func mergeUncertain(falseAlarmRate: Double) {
        var pValues = zip(levels, levels.dropFirst()).map(pValue)
        var pass = 0
        while true {
            let failing = pValues.indices.filter { pValues[$0] > falseAlarmRate }
            guard !failing.isEmpty else { return }
            var isTaken = [Bool](repeating: false, count: pValues.count)
            func isFree(_ i: Int) -> Bool {
                !(i > 0 && isTaken[i - 1]) && !(i + 1 < isTaken.count && isTaken[i + 1])
            }
            if pass < Self.carefulPasses {
                for i in failing where isFree(i) {
                    let isWorst =
                        (i == 0 || pValues[i] >= pValues[i - 1])
                        && (i + 1 == pValues.count || pValues[i] >= pValues[i + 1])
                    isTaken[i] = isWorst
                }
            } else {
                for i in failing.sorted(by: { (-pValues[$0], $0) < (-pValues[$1], $1) }) where isFree(i) {
                    isTaken[i] = true
                }
            }
            take(isTaken, &pValues)
            pass += 1
        }
    }

    /// Merges the levels beside cuts, no two of them neighbors, and tests again what they were part of.
    private mutating func take(_ isTaken: [Bool], _ pValues: inout [Double]) {
        var merged: [Level] = []
        var isNew: [Bool] = []
        var kept: [Double] = []
        var i = 0
        while i < levels.count {
            let isJoined = i < isTaken.count && isTaken[i]
            let last = isJoined ? i + 1 : i
            merged.append(
                isJoined
                    ? Level(levels[i].range.lowerBound..<levels[last].range.upperBound, of: values) : levels[i])
            isNew.append(isJoined)
            if last < pValues.count { kept.append(pValues[last]) }
            i = last + 1
        }
        levels = merged
        pValues = kept.indices.map { isNew[$0] || isNew[$0 + 1] ? pValue(levels[$0], levels[$0 + 1]) : kept[$0] }
    }

    private func pValue(_ before: Level, _ after: Level) -> Double {
        StepTest.pValue(before, after, inflation: inflation, count: values.count)
    }

    /// Marks cuts that a straight line through both levels explains better than a step; returns how many.
    mutating func dropDrifts() -> Int {
        for (before, after) in zip(levels, levels.dropFirst()) where isLine(before, after) {
            isDrift.insert(after.range.lowerBound)
        }
        return isDrift.count
    }

    private func isLine(_ before: Level, _ after: Level) -> Bool {
        let range = before.range.lowerBound..<after.range.upperBound
        let middle = Double(range.lowerBound + range.upperBound - 1) / 2
        // The sums of a straight line by least squares, of values that are bounded around their own levels.
        var (sum, squares, products, places, fromSteps) = (0.0, 0.0, 0.0, 0.0, 0.0)
        let origin = before.center
        for i in range {
            let level = i < after.range.lowerBound ? before.center : after.center
            let deviation = min(max(values[i] - level, -HistoryDetector.reach), HistoryDetector.reach)
            let y = level - origin + deviation
            let x = Double(i) - middle
            sum += y
            squares += y * y
            products += x * y
            places += x * x
            fromSteps += deviation * deviation
        }
        let fromLine = squares - sum * sum / Double(range.count) - products * products / places
        // A step has a place, which a line has not: one more parameter, worth ln n (Bayesian criterion).
        let variance = max(fromSteps / Double(range.count), 1e-12)
        return fromLine < fromSteps + variance * log(Double(range.count))
    }

    struct Step {
        let place: Int
        let interval: ClosedRange<Int>
        let before: Range<Int>
        let after: Range<Int>
        let pValue: Double
    }

    /// The steps that are left, each at its likeliest place.
    func located(shortest: Int) -> [Step] {
        var places: [(place: Int, interval: ClosedRange<Int>)] = []
        for (before, after) in zip(levels, levels.dropFirst()) {
            places.append(
                StepPlace.find(before, after, in: values, correlation: correlation, shortest: shortest))
        }
        let bounds = [0] + places.map(\.place) + [values.count]
        return places.indices.compactMap { i in
            guard !isDrift.contains(levels[i + 1].range.lowerBound) else { return nil }
            return Step(
                place: places[i].place, interval: places[i].interval, before: bounds[i]..<bounds[i + 1],
                after: bounds[i + 1]..<bounds[i + 2], pValue: pValue(levels[i], levels[i + 1]))
        }
    }
}
