import Glibc
import Statistics
import Testing

@Suite struct HingeFitTests {
    private let sizes = [1.0, 2, 5, 10, 20, 100, 500, 2_000, 8_000]

    private func cost(_ size: Double, knee: Double, base: Double = 80, slope: Double = 20) -> Double {
        base + slope * max(0, log2(size / knee))
    }

    @Test("An exact hinge gives its parts", arguments: [4.0, 20, 300, 1_500])
    func exact(knee: Double) throws {
        let fit = try #require(HingeFit(sizes: sizes, costs: sizes.map { cost($0, knee: knee) }))
        #expect(abs(log2(fit.knee / knee)) < 0.03)
        #expect(abs(fit.base - 80) < 0.5 && abs(fit.slope - 20) < 0.5 && fit.normalizedRMS < 0.005)
        #expect(fit.interval.lower <= knee * 1.03 && fit.interval.upper >= knee * 0.97)
        #expect(abs(fit.cost(at: 8_000) - cost(8_000, knee: knee)) < 2)
    }

    @Test("The interval holds the knee as often as it says")
    func coverage() {
        var random = SeededGenerator(seed: 8)
        var (held, found) = (0, 0)
        for _ in 0..<400 {
            let costs = sizes.map { cost($0, knee: 60) * (1 + 0.02 * random.normal()) }
            guard let fit = HingeFit(sizes: sizes, costs: costs) else { continue }
            found += 1
            if fit.interval.lower <= 60, fit.interval.upper >= 60 { held += 1 }
        }
        #expect(found > 390)
        // 95 % of 400 is 380 ± 4.4; the interval is an approximation for few sizes.
        #expect(Double(held) / Double(found) > 0.91)
    }

    @Test("A line, a level and noise have no knee")
    func none() {
        #expect(HingeFit(sizes: sizes, costs: sizes.map { 80 + 5 * log2($0) }) == nil)
        #expect(HingeFit(sizes: sizes, costs: sizes.map { _ in 80 }) == nil)
        #expect(HingeFit(sizes: sizes, costs: sizes.map { 200 - 5 * log2($0) }) == nil)
        #expect(HingeFit(sizes: [1, 2, 4, 8], costs: [1, 1, 2, 3]) == nil)
        #expect(HingeFit(sizes: [], costs: []) == nil)
        #expect(HingeFit(sizes: sizes, costs: sizes.map { _ in .nan }) == nil)
        var random = SeededGenerator(seed: 9)
        let found = (0..<400).count { _ in
            HingeFit(sizes: sizes, costs: sizes.map { (80 + 5 * log2($0)) * (1 + 0.02 * random.normal()) }) != nil
        }
        #expect(found < 60)
    }
}
