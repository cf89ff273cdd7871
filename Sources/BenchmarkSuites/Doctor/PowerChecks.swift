internal import CycleTiming
internal import Glibc
package import Statistics

/// The smallest difference that can be told here, found by comparing a kernel with itself and with 1 % more of it.
package struct PowerChecks {
    /// The interval of the ratio of a kernel to itself; nil with too few rounds.
    package var control: ConfidenceInterval?
    /// The ratio that 1 % more work showed.
    package var plantedRatio: Double?
    /// How long the control measured.
    package var seconds: Double
    /// By how much one step of the clock moves the ratio of a round: less cannot be told however long one measures.
    package var stepShare: Double

    package init(control: ConfidenceInterval?, plantedRatio: Double?, seconds: Double, stepShare: Double) {
        self.control = control
        self.plantedRatio = plantedRatio
        self.seconds = seconds
        self.stepShare = stepShare
    }

    /// The half-width of the interval after measuring for a second: it shrinks with the square root of the rounds, as far
    /// as the clock's step allows.
    package var resolvablePerSecond: Double? { control.map { max($0.halfWidth * seconds.squareRoot(), stepShare) } }

    package var findings: [Doctor.Finding] {
        guard let control, let resolvable = resolvablePerSecond else {
            return [
                Doctor.Finding(
                    "resolvable-difference", .power, "resolves in 1 s", "unknown: too few rounds", .warning,
                    remedy: "repeat with more --seconds")
            ]
        }
        // One interval of twenty misses 1 by chance: only what matters counts.
        let isBiased = !control.overlaps(0.999...1.001)
        let isUseless = !control.overlaps(0.99...1.01)
        let isCoarse = resolvable > 0.002
        return [
            Doctor.Finding(
                "control", .power, "A against A",
                "\(Decimals.signedPercent(control.lower - 1)) to \(Decimals.signedPercent(control.upper - 1))",
                isUseless ? .bad : isBiased ? .warning : .good,
                remedy: isBiased ? "repeat on an idle machine; if it stays, use a wider tolerance" : nil),
            planted,
            Doctor.Finding(
                "resolvable-difference", .power, "resolves in 1 s",
                "\(Decimals.percent(resolvable, resolvable < 0.001 ? 3 : 2)) and more of code in registers (95 % sure)",
                .grade(resolvable, good: 0.002, warning: 0.01),
                remedy: isCoarse ? "measure longer: four times as long halves it" : nil),
        ]
    }

    private var planted: Doctor.Finding {
        guard let plantedRatio else {
            return Doctor.Finding("planted-difference", .power, "1 % more work", "not measured", .warning)
        }
        let isFound = (1.008...1.012).contains(plantedRatio)
        return Doctor.Finding(
            "planted-difference", .power, "1 % more work", "found as \(Decimals.signedPercent(plantedRatio - 1))",
            isFound ? .good : .warning, remedy: isFound ? nil : "repeat on an idle machine")
    }

    /// Rounds of ABBA, half of them with equal arms, half with 1 % more in B, alternating, so that both see the same
    /// machine.
    static func measure(seconds: Double, stepTicks: Int) throws -> PowerChecks {
        let start = try ClockCalibration.moment().nanoseconds
        var equal: [Double] = []
        var planted: [Double] = []
        var elapsed = 0.0
        // A bound for a clock that does not advance.
        while elapsed < seconds && equal.count < 1_000_000 {
            equal.append(logRatio(base, base))
            planted.append(logRatio(base, base + base / 100))
            elapsed = Double(try ClockCalibration.moment().nanoseconds &- start) / 1e9
        }
        // The least that either arm took: the median round is little longer.
        let armTicks = 2 * Double((0..<9).map { _ in KnownKernel.imul.run(hundreds: base).rawValue }.min() ?? 1)
        return PowerChecks(
            control: PairedComparison(logRatios: equal, tolerance: 0.01).interval,
            plantedRatio: PairedComparison(logRatios: planted, tolerance: 0.01).ratio, seconds: elapsed / 2,
            stepShare: Double(stepTicks) / armTicks)
    }

    /// Hundreds of imuls: 40,000 take some 40 µs.
    private static let base: UInt64 = 400

    private static func logRatio(_ a: UInt64, _ b: UInt64) -> Double {
        let kernel = KnownKernel.imul
        let first = kernel.run(hundreds: a).rawValue
        let both = kernel.run(hundreds: b).rawValue + kernel.run(hundreds: b).rawValue
        let last = kernel.run(hundreds: a).rawValue
        return log(Double(both) / Double(first + last))
    }
}
