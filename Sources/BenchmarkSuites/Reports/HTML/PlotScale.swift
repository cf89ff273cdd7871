internal import Glibc

/// Maps values to a stretch of pixels, and knows where its ticks are.
package struct PlotScale {
    package let lower: Double
    package let upper: Double
    package let isLogarithmic: Bool
    /// Values that get a label.
    package let ticks: [Double]

    package init(lower: Double, upper: Double, isLogarithmic: Bool, ticks: [Double]) {
        self.lower = lower
        self.upper = upper
        self.isLogarithmic = isLogarithmic
        self.ticks = ticks
    }

    /// A scale of at least the given range with ticks at 1, 2 and 5 times powers of ten.
    package static func linear(_ lower: Double, _ upper: Double, tickCount: Int = 5) -> PlotScale {
        let span = upper > lower ? upper - lower : max(abs(upper), 1) * 0.1
        let low = upper > lower ? lower : lower - span / 2
        let rough = span / Double(max(1, tickCount))
        let power = pow(10, floor(log10(rough)))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? 10 * power
        let first = ceil(low / step * (1 - 1e-12)) * step
        var ticks: [Double] = []
        var value = first
        while value <= low + span * (1 + 1e-9), ticks.count < 50 {
            // A sum of steps near zero is rounding.
            ticks.append(abs(value) < step * 1e-9 ? 0 : value)
            value += step
        }
        return PlotScale(lower: low, upper: low + span, isLogarithmic: false, ticks: ticks)
    }

    /// A logarithmic scale whose ends are ticks where that costs little. Both ends above 0.
    static func logarithmic(_ lower: Double, _ upper: Double) -> PlotScale {
        let low = max(lower, .leastNormalMagnitude), high = max(upper, low * 1.0001)
        let decades = log10(high / low)
        let multiples: [Double] = decades < 1.5 ? [1, 2, 3, 5, 7] : decades < 3 ? [1, 3] : [1]
        var ticks: [Double] = []
        var exponent = floor(log10(low))
        let stride = max(1, ceil(decades / 8))
        while exponent <= ceil(log10(high)), ticks.count < 60 {
            for multiple in multiples {
                let value = multiple * pow(10, exponent)
                if value >= low * 0.999, value <= high * 1.001 { ticks.append(value) }
            }
            exponent += stride
        }
        return PlotScale(lower: low, upper: high, isLogarithmic: true, ticks: ticks)
    }

    /// 0 at the lower end, 1 at the upper; clamped.
    func position(_ value: Double) -> Double {
        let share =
            isLogarithmic
            ? log(max(value, lower) / lower) / log(upper / lower) : (value - lower) / (upper - lower)
        return share.isFinite ? min(max(share, 0), 1) : 0
    }
}
