import CCycles
import CycleTiming
import Testing

/// Ratios that hold on every processor by construction. The machine is shared: each is tried up to three times, and the
/// bounds are wide; the exact figures are for a quiet machine and for the tool's own check.
@Suite("Known answers", .serialized)
struct KnownAnswerTests {
    private func holdsInOneOfThree(_ condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<3 where try condition() { return true }
        return false
    }

    @Test("An addition is one cycle, a multiplication three", .enabled(if: TimingCapability.x86))
    func chains() throws {
        #expect(
            try holdsInOneOfThree {
                let known = try KnownAnswers.measure(epochs: 25, seconds: 1)
                let add = try #require(known[.add]).cycles.rawValue
                let imul = try #require(known[.imul]).cycles.rawValue
                let independent = try #require(known[.independentAdd]).cycles.rawValue
                return (0.95...1.05).contains(add) && (2.85...3.15).contains(imul) && independent < 0.8 * add
            })
    }

    @Test("Where costs are published, every measured one is near")
    func published() throws {
        #expect(
            try holdsInOneOfThree {
                let known = try KnownAnswers.measure(epochs: 25, seconds: 1)
                // Somebody else computes on this core: its latencies are not the published ones.
                guard known.quietShare > 0.05, let error = known.largestError else { return true }
                return error < 0.1
            })
    }

    @Test("A chain twice as long takes twice as long, all of it")
    func linearity() throws {
        let lengths: [UInt64] = [50, 100, 200, 400]
        #expect(
            holdsInOneOfThree {
                let shortest = lengths.map { length in
                    Double((0..<51).map { _ in ts_chain_add(length) }.min()!)
                }
                let slopes = zip(zip(lengths, lengths.dropFirst()), zip(shortest, shortest.dropFirst()))
                    .map { ($1.1 - $1.0) / Double($0.1 - $0.0) }
                return slopes.max()! / slopes.min()! < 1.15
            })
    }

    @Test("No instructions take no time, and no kernel hangs on none")
    func nothing() {
        #expect(ts_chain_add(0) == 0 && ts_kernel_chase(0) == 0 && ts_kernel_empty_loop(0) == 0)
    }

    @Test("The core's clock is between a hundred megahertz and ten gigahertz")
    func coreClock() throws {
        let frequency = try CoreClock.measure().frequency(ClockCalibration.measure(seconds: 0.01))
        #expect((1e8...1e10).contains(frequency))
    }

    @Test("Cycles are ticks times additions over the chain's ticks; senseless chains give no clock")
    func arithmetic() throws {
        let clock = try #require(CoreClock(additions: 20_000, chainTicks: 12_500))
        #expect(clock.cyclesPerTick == 1.6)
        #expect(clock.cycles(Ticks(rawValue: 100)) == Cycles(rawValue: 160))
        #expect(clock.frequency(ClockCalibration(ticksPerSecond: 2.5e9, relativeUncertainty: 0)) == 4e9)
        #expect(CoreClock(additions: 20_000, chainTicks: 0) == nil)
        #expect(CoreClock(additions: 20_000, chainTicks: -5) == nil)
        #expect(CoreClock(additions: 0, chainTicks: 5) == nil)
    }

    @Test("Costs are published by family: Zen 5 adds doubles faster than Zen 4, Intel multiplies them slower")
    func table() {
        func cost(_ kernel: KnownKernel, _ vendor: String, _ family: Int, _ model: Int) -> Double? {
            PublishedCosts.cycles(kernel, vendor: vendor, family: family, model: model)
        }
        #expect(cost(.addsd, "AuthenticAMD", 0x19, 0x11) == 3)
        #expect(cost(.addsd, "AuthenticAMD", 0x1a, 0x02) == 2)
        #expect(cost(.mulsd, "GenuineIntel", 6, 0x55) == 4)
        #expect(cost(.chase, "GenuineIntel", 6, 0x8f) == 5)
        #expect(cost(.chase, "GenuineIntel", 6, 0x9e) == 4)
        // Zen 1, a hybrid processor, another vendor, no vendor.
        #expect(cost(.imul, "AuthenticAMD", 0x17, 0x01) == nil)
        #expect(cost(.imul, "GenuineIntel", 6, 0x97) == nil)
        #expect(cost(.imul, "ARM64", 0x41, 0xd0c) == nil)
        #expect(cost(.imul, "", 0, 0) == nil)
    }
}
