import Benchmarking
import CCycles
import PerfEvents
import TestSupport
import Testing

@Suite(.serialized) struct EpochClockTests {
    /// Counts a multiple of the clock's ticks, as on a core of a fixed frequency.
    private final class Fake: CycleCounter {
        var perTick: Double
        var isAbsent = false
        private let start = Fake.now()

        init(perTick: Double) { self.perTick = perTick }

        private static func now() -> UInt64 {
            var processor: UInt32 = 0
            return ts_ticks_stop(&processor)
        }

        func cycles() -> UInt64? {
            isAbsent ? nil : UInt64(Double(Fake.now() - start) * perTick) + 1
        }
    }

    /// The median of what the additions say: interruptions are not what is tested.
    private func chainRate() -> Double {
        let clock = EpochClock()
        return (0..<21).map { _ in clock.reading().coreCyclesPerTick }.sorted()[10]
    }

    private func usesCounter(_ clock: EpochClock) -> Bool {
        if case .counter = clock.source { true } else { false }
    }

    @Test func withoutACounterTheAdditionsTell() {
        let clock = EpochClock()
        #expect(!usesCounter(clock))
        let (first, second) = (clock.reading(), clock.reading())
        let mean = (first.coreCyclesPerTick + second.coreCyclesPerTick) / 2
        #expect(EpochClock.coreCyclesPerTick(from: first, to: second) == mean)
        #expect(mean > 0)
    }

    /// Of what lies between two looks, not of the looks.
    @Test func aCounterTellsTheCyclesOfTheEpoch() {
        let rate = chainRate()
        let fake = Fake(perTick: rate)
        let clock = EpochClock(counter: fake)
        #expect(usesCounter(clock))
        var epochs: [Double] = []
        for _ in 0..<21 {
            let before = clock.reading()
            keep(ts_chain_add(1_000))
            epochs.append(EpochClock.coreCyclesPerTick(from: before, to: clock.reading()))
        }
        #expect(abs(epochs.sorted()[10] / rate - 1) < 0.01)
        // The core runs faster in the epoch than when it is looked at.
        let before = clock.reading()
        fake.perTick *= 1.1
        let faster = EpochClock.coreCyclesPerTick(from: before, to: clock.reading())
        #expect(faster > 1.05 * rate)
    }

    @Test func aCounterThatIsTakenAwayLeavesTheAdditions() {
        let fake = Fake(perTick: chainRate())
        let clock = EpochClock(counter: fake)
        let before = clock.reading()
        fake.isAbsent = true
        let after = clock.reading()
        let mean = (before.coreCyclesPerTick + after.coreCyclesPerTick) / 2
        #expect(EpochClock.coreCyclesPerTick(from: before, to: after) == mean)
    }

    @Test(arguments: [0, 0.3, 3]) func aCounterThatCannotBeTrueIsNotUsed(factor: Double) {
        #expect(!usesCounter(EpochClock(counter: Fake(perTick: factor * chainRate()))))
        let absent = Fake(perTick: 1)
        absent.isAbsent = true
        #expect(!usesCounter(EpochClock(counter: absent)))
    }

    @Test(.enabled(if: !Capability.hardwareCycles, "there is a PMU here"))
    func whereThereIsNoPMUThereIsNoCounter() { #expect(ProcessorCycleCounter() == nil) }

    @Test(.enabled(if: Capability.hardwareCycles, "no PMU here"))
    func theProcessorsCounterAgreesWithTheAdditions() throws {
        let counter = try #require(ProcessorCycleCounter(), "user mode may not read the PMU")
        let clock = EpochClock(counter: counter)
        #expect(usesCounter(clock))
        let rate = (0..<21).map { _ in clock.reading().coreCyclesPerTick }.sorted()[10]
        #expect(abs(rate / chainRate() - 1) < 0.02)
    }
}
