import CCycles
import CycleTiming
import Foundation
import Testing

@Suite("Clock")
struct ClockTests {
    @Test("The processor says of itself what the kernel says of it", .enabled(if: TimingCapability.x86))
    func identity() throws {
        let processor = Processor.current
        let information = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        func field(_ name: String) -> String? {
            information.split(separator: "\n").first { $0.hasPrefix(name + "\t") || $0.hasPrefix(name + " \t") }
                .flatMap { $0.split(separator: ":", maxSplits: 1).last }
                .map { $0.trimmingCharacters(in: .whitespaces) }
        }
        #expect(field("vendor_id") == processor.vendor)
        #expect(field("cpu family") == String(processor.family))
        #expect(field("model") == String(processor.model))
        #expect(field("stepping") == String(processor.stepping))
        #expect(field("model name") == processor.brand)
        let flags = Set((field("flags") ?? "").split(separator: " "))
        #expect(flags.contains("hypervisor") == (processor.hypervisor != nil))
        #expect((flags.contains("constant_tsc") && flags.contains("nonstop_tsc")) == processor.counterIsInvariant)
    }

    @Test("A pair of stamps takes whole steps, and its tail is no shorter than its median")
    func stampPairs() {
        let facts = ClockFacts.detect()
        #expect(facts.stepTicks >= 1 && facts.stampPairTicks >= 1)
        #expect(facts.stampPairTailTicks >= facts.stampPairTicks)
        if facts.stepTicks > 2 { #expect(facts.stampPairTicks % facts.stepTicks <= 1) }
    }

    @Test("Two calibrations agree within what they claim, and with a clock that nobody used for them")
    func calibration() throws {
        let start = Date()
        let first = try ClockCalibration.moment()
        let short = try ClockCalibration.measure(seconds: 0.05)
        let second = try ClockCalibration.measure(seconds: 0.1)
        let last = try ClockCalibration.moment()
        let seconds = Date().timeIntervalSince(start)
        // A millionth of slack: the kernel computes its clock with a rounded multiplier.
        let allowed = short.uncertaintyPartsPerMillion + second.uncertaintyPartsPerMillion + 1
        #expect(abs(short.driftPartsPerMillion(to: second)) <= allowed)
        let ticks = Ticks(rawValue: last.ticks.rawValue - first.ticks.rawValue)
        #expect(short.nanoseconds(ticks) <= seconds * 1e9 * 1.01)
        #expect(short.nanoseconds(ticks) >= 150e6)
    }

    @Test("Conversions are inverse, and a rate follows from two moments exactly")
    func conversions() throws {
        let calibration = try ClockCalibration(
            from: .init(nanoseconds: 1000, ticks: Ticks(rawValue: 5000), bracket: Ticks(rawValue: 100)),
            to: .init(nanoseconds: 1_001_000, ticks: Ticks(rawValue: 2_505_000), bracket: Ticks(rawValue: 150)))
        #expect(calibration.ticksPerSecond == 2.5e9)
        #expect(calibration.relativeUncertainty == 125 / 2.5e6)
        #expect(calibration.nanoseconds(Ticks(rawValue: 25)) == 10)
        #expect(calibration.ticks(nanoseconds: 10) == Ticks(rawValue: 25))
        #expect(calibration.ticks(nanoseconds: -1) == Ticks(rawValue: 0))
        let faster = ClockCalibration(ticksPerSecond: 2.50005e9, relativeUncertainty: 0)
        #expect(abs(calibration.driftPartsPerMillion(to: faster) - 20) < 1e-6)
    }

    @Test("Clocks that stand still and senseless durations are refused")
    func refusals() {
        let moment = ClockCalibration.Moment(
            nanoseconds: 1, ticks: Ticks(rawValue: 1), bracket: Ticks(rawValue: 1))
        #expect(throws: TimingError.self) { try ClockCalibration(from: moment, to: moment) }
        for seconds in [0, -1, 1e9, .nan, .infinity] {
            #expect(throws: TimingError.self) { try ClockCalibration.measure(seconds: seconds) }
        }
    }

    @Test("A bad clock is warned of, a good one not")
    func warnings() {
        var facts = ClockFacts.detect()
        facts.architecture = "x86_64"
        facts.processor.counterIsInvariant = true
        facts.kernelClockSource = "tsc"
        facts.isTrapped = false
        facts.processor.fenceIsSerializing = true
        #expect(facts.warnings.isEmpty)
        facts.kernelClockSource = "hpet"
        facts.isTrapped = true
        facts.processor.counterIsInvariant = false
        facts.processor.fenceIsSerializing = false
        #expect(facts.warnings.count == 4)
    }
}

@Suite("Steps of the counter")
struct TickStepTests {
    private static let histograms: [(histogram: [UInt64: Int], step: UInt64)] = [
        ([52: 144_524, 78: 55_432, 1234: 3], 26),
        ([26: 50_000, 27: 2_000, 52: 48_000, 53: 100], 26),
        ([36: 10, 38: 900, 40: 1000, 42: 50], 2),
        ([20: 500, 21: 700, 22: 900, 23: 100], 1),
        ([20: 500, 21: 700, 22: 900], 1),
        ([1: 1000], 1),
        ([0: 90_000, 1: 10_000], 1),
        ([0: 60, 40: 40], 40),
    ]

    @Test("The step is found in what stamps differ by", arguments: 0..<8)
    func steps(index: Int) {
        let (histogram, step) = Self.histograms[index]
        #expect(TickStep.estimate(histogram) == step)
    }

    @Test("Nothing seen, nothing said")
    func nothing() {
        #expect(TickStep.estimate([:]) == nil)
        #expect(TickStep.estimate([0: 10]) == nil)
    }
}
