/// The search behind every quantile of a count.
enum FirstInteger {
    /// The first integer of a range at which a condition holds that, once it holds, holds for all that follow; the
    /// upper bound when it holds for none before. A good guess makes it a handful of evaluations.
    static func search(
        _ range: ClosedRange<Int>, guess: Double, where holds: (Int) -> Bool
    ) -> Int {
        var low = range.lowerBound  // everything below fails
        var high = range.upperBound  // holds, or is the end
        let start = guess.isFinite ? min(max(guess, Double(low)), Double(high)) : Double(low)
        var probe = start >= Double(high) ? high : Int(start)
        var step = 1
        if holds(probe) {
            high = probe
            while high > low {
                probe = high - low > step ? high - step : low
                guard holds(probe) else {
                    low = probe + 1
                    break
                }
                high = probe
                step = step < Int.max / 2 ? 2 * step : step
            }
        } else {
            while true {
                guard probe < high else { return high }
                low = probe + 1
                probe = high - low > step ? low + step : high
                if probe == high || holds(probe) {
                    high = probe
                    break
                }
                step = step < Int.max / 2 ? 2 * step : step
            }
        }
        while low < high {
            let middle = low + (high - low) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return high
    }

    /// Where a count's quantile lies nearly: the normal one with the first Cornish-Fisher term for skewness.
    static func guess(_ probability: Double, mean: Double, deviation: Double, skewness: Double) -> Double {
        let z = NormalDistribution.standard.quantile(probability)
        return (mean + deviation * (z + skewness * (z * z - 1) / 6)).rounded(.down)
    }
}
