import BenchmarkSuites
import Statistics
import Testing

@Suite struct PercentTextTests {
    @Test(arguments: [
        (1.0102, 1.0098, 1.0106, "+1.02 % [+0.98, +1.06]"), (1.0, 0.99999, 1.00001, "0.000 % [-0.001, +0.001]"),
        (0.5, 0.4, 0.62, "-50 % [-60, -38]"), (1.01, 1.0099, 1.0101, "+1.000 % [+0.990, +1.010]"),
    ]) func showsDigitsThatAreResolved(_ ratio: Double, _ lower: Double, _ upper: Double, _ text: String) {
        let interval = ConfidenceInterval(lower: lower, upper: upper, confidence: 0.95)
        #expect(PercentText.signed(ratio, interval: interval) == text)
    }
}
