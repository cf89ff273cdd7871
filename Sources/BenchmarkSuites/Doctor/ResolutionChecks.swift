internal import CycleTiming

/// The shortest that can be told apart.
package struct ResolutionChecks {
    var stepNanoseconds: Double
    /// Cycles of one imul in runs of many, and half of their interquartile range.
    var batchedCycles: Double
    var batchedSpread: Double

    package init(stepNanoseconds: Double, batchedCycles: Double, batchedSpread: Double) {
        self.stepNanoseconds = stepNanoseconds
        self.batchedCycles = batchedCycles
        self.batchedSpread = batchedSpread
    }

    init(_ facts: ClockFacts, _ calibration: ClockCalibration, _ imul: KnownAnswers.Answer) {
        self.init(
            stepNanoseconds: calibration.nanoseconds(ticks: Double(facts.stepTicks)),
            batchedCycles: imul.cycles.rawValue,
            batchedSpread: (imul.quartiles.upperBound - imul.quartiles.lowerBound) / 2)
    }

    package var findings: [Doctor.Finding] { [single, batched] }

    /// Below ten steps a step is more than a tenth of what is measured.
    private var single: Doctor.Finding {
        let isCoarse = stepNanoseconds > 1
        let limit = Decimals.duration(nanoseconds: 10 * stepNanoseconds)
        return Doctor.Finding(
            "single-operation", .resolution, "one operation",
            "quantized in steps of \(Decimals.duration(nanoseconds: stepNanoseconds)): below \(limit) by more than 10 %",
            isCoarse ? .note : .good, remedy: isCoarse ? "measure shorter operations in batches" : nil)
    }

    private var batched: Doctor.Finding {
        let share = batchedSpread / max(batchedCycles, 1e-9)
        return Doctor.Finding(
            "batched-operations", .resolution, "in batches",
            "± \(Decimals.text(batchedSpread, 3)) cycles of \(Decimals.text(batchedCycles, 2)) (\(Decimals.percent(share)))",
            .grade(share, good: 0.002, warning: 0.01),
            remedy: share <= 0.002 ? nil : "measure longer, or on a processor that nobody else uses")
    }
}
