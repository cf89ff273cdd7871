/// The interval of any statistic, from what it gives when the sample is drawn anew from itself.
///
/// Assumption: the units that are drawn are independent. For times that is the *run* (a process), hardly ever the
/// operation: within a run, bursts last for hundreds of them, and an interval from single operations is far too narrow.
/// Where there is one long run only, draw blocks that are longer than bursts (``interval(ofSeries:blockLength:confidence:resamples:seed:statistic:)``).
///
/// Intervals are bias-corrected and accelerated (BCa): the percentiles that are read off are Φ(z₀ + (z₀ + z)/(1 − a·(z₀ +
/// z))) for the normal quantiles z, with z₀ the normal quantile of the share of draws below the estimate (half of those
/// equal to it), and a = Σd³/(6·(Σd²)^1.5), d the mean of the leave-one-out estimates minus each. Source: B. Efron & R.
/// Tibshirani, *An Introduction to the Bootstrap*, 1993, equations 14.9–14.15.
package enum Bootstrap {
    package static let usualResamples = 2000

    /// - Parameters:
    ///   - units: what is drawn, such as runs.
    ///   - seed: equal seeds give equal intervals.
    ///   - statistic: of a sample of units; draws for which it is not finite are left out.
    /// - Returns: nil for fewer than two units, a confidence that is not between 0 and 1, a statistic of the sample that
    ///   is not finite, or when more than one draw in ten gives none.
    package static func interval<Unit>(
        of units: [Unit], confidence: Double = 0.95, resamples: Int = usualResamples, seed: UInt64 = 1,
        statistic: ([Unit]) -> Double
    ) -> ConfidenceInterval? {
        guard units.count >= 2 else { return nil }
        var random = RepeatableGenerator(seed: seed)
        var drawn = units
        return accelerated(
            estimate: statistic(units), confidence: confidence, resamples: resamples,
            draw: {
                for i in drawn.indices { drawn[i] = units[random.index(below: units.count)] }
                return statistic(drawn)
            },
            jackknife: [units.indices.map { statistic(without($0, units)) }])
    }

    /// The same for a statistic of two independent samples, such as the ratio of two builds' quantiles.
    package static func interval<Unit>(
        of a: [Unit], and b: [Unit], confidence: Double = 0.95, resamples: Int = usualResamples, seed: UInt64 = 1,
        statistic: ([Unit], [Unit]) -> Double
    ) -> ConfidenceInterval? {
        guard a.count >= 2, b.count >= 2 else { return nil }
        var random = RepeatableGenerator(seed: seed)
        var (drawnA, drawnB) = (a, b)
        return accelerated(
            estimate: statistic(a, b), confidence: confidence, resamples: resamples,
            draw: {
                for i in drawnA.indices { drawnA[i] = a[random.index(below: a.count)] }
                for i in drawnB.indices { drawnB[i] = b[random.index(below: b.count)] }
                return statistic(drawnA, drawnB)
            },
            jackknife: [
                a.indices.map { statistic(without($0, a), b) }, b.indices.map { statistic(a, without($0, b)) },
            ])
    }

    /// The interval of a statistic of one series whose neighbors resemble each other: blocks that begin anywhere, the
    /// series taken as a circle, are drawn until they are as many values. The leave-one-out estimates leave out blocks.
    /// Source: D. Politis & J. Romano, *A Circular Block-Resampling Procedure for Stationary Data*, 1992.
    /// - Parameter blockLength: longer than what lasts, such as bursts; from 1 to a quarter of the series.
    package static func interval(
        ofSeries values: [Double], blockLength: Int, confidence: Double = 0.95, resamples: Int = usualResamples,
        seed: UInt64 = 1, statistic: ([Double]) -> Double
    ) -> ConfidenceInterval? {
        guard blockLength >= 1, values.count / 4 >= blockLength else { return nil }
        var random = RepeatableGenerator(seed: seed)
        var drawn = values
        return accelerated(
            estimate: statistic(values), confidence: confidence, resamples: resamples,
            draw: {
                var place = 0
                while place < drawn.count {
                    var source = random.index(below: values.count)
                    for _ in 0..<min(blockLength, drawn.count - place) {
                        drawn[place] = values[source]
                        place += 1
                        source = source + 1 == values.count ? 0 : source + 1
                    }
                }
                return statistic(drawn)
            },
            jackknife: [
                stride(from: 0, through: values.count - blockLength, by: blockLength).map {
                    statistic(Array(values[..<$0] + values[($0 + blockLength)...]))
                }
            ])
    }

    private static func without<Unit>(_ index: Int, _ units: [Unit]) -> [Unit] {
        var rest = units
        rest.remove(at: index)
        return rest
    }

    private static func accelerated(
        estimate: Double, confidence: Double, resamples: Int, draw: () -> Double, jackknife: [[Double]]
    ) -> ConfidenceInterval? {
        guard estimate.isFinite, confidence > 0, confidence < 1, resamples >= 20 else { return nil }
        var draws: [Double] = []
        draws.reserveCapacity(resamples)
        for _ in 0..<resamples {
            let value = draw()
            if value.isFinite { draws.append(value) }
        }
        guard draws.count * 10 >= resamples * 9 else { return nil }
        draws.sort()
        let count = Double(draws.count)
        let below = draws.reduce(0.0) { $0 + ($1 < estimate ? 1 : $1 == estimate ? 0.5 : 0) }
        let normal = NormalDistribution.standard
        // Half a draw away from the ends, where the quantile is infinite.
        let bias = normal.quantile(min(max(below, 0.5), count - 0.5) / count)
        let acceleration = acceleration(jackknife)
        func bound(_ tail: Double) -> Double {
            let z = bias + normal.quantile(tail)
            let share = normal.cumulative(bias + z / max(1 - acceleration * z, 0.05))
            let position = min(max(share, 0), 1) * (count + 1) - 1
            return draws[min(max(Int(position.rounded()), 0), draws.count - 1)]
        }
        let tail = (1 - confidence) / 2
        return ConfidenceInterval(lower: bound(tail), upper: bound(1 - tail), confidence: confidence)
    }

    /// Of one sample, or of several that are left out from in turn.
    static func acceleration(_ jackknife: [[Double]]) -> Double {
        var (squares, cubes) = (0.0, 0.0)
        for estimates in jackknife {
            let finite = estimates.filter(\.isFinite)
            guard !finite.isEmpty else { continue }
            let count = Double(finite.count)
            let mean = finite.reduce(0) { $0 + $1 / count }
            for estimate in finite {
                let difference = (mean - estimate) / count
                squares += difference * difference
                cubes += difference * difference * difference
            }
        }
        let result = cubes / (6 * squares * squares.squareRoot())
        return result.isFinite ? result : 0
    }
}
