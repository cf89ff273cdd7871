import PerfEvents
import Testing

@Suite("Arithmetic of counters")
struct CounterArithmeticTests {
    typealias Raw = CounterArithmetic.Raw

    static func raw(_ count: UInt64, enabled: UInt64, running: UInt64) -> Raw {
        Raw(count: count, enabledNanoseconds: enabled, runningNanoseconds: running)
    }

    @Test("A counter that always ran is not scaled")
    func exact() {
        #expect(CounterArithmetic.scaled(Self.raw(12345, enabled: 777, running: 777)) == 12345)
        #expect(CounterArithmetic.scaled(Self.raw(0, enabled: 777, running: 777)) == 0)
        #expect(CounterArithmetic.scaled(Self.raw(.max, enabled: 777, running: 777)) == .max)
    }

    @Test("A counter that ran for a part of the time is scaled up to the nearest count")
    func scaling() {
        #expect(CounterArithmetic.scaled(Self.raw(1000, enabled: 4_000_000, running: 1_000_000)) == 4000)
        #expect(CounterArithmetic.scaled(Self.raw(10, enabled: 4, running: 3)) == 13)  // 13.33
        #expect(CounterArithmetic.scaled(Self.raw(11, enabled: 4, running: 3)) == 15)  // 14.67
        #expect(CounterArithmetic.scaled(Self.raw(1, enabled: 3, running: 2)) == 2)  // 1.5: away from zero
        #expect(CounterArithmetic.scaled(Self.raw(0, enabled: 9, running: 2)) == 0)
    }

    @Test("Long runs scale without overflow in between")
    func wide() {
        // 2⁶² cycles, an hour wanted, half of it run: the product has 104 bits.
        let hour: UInt64 = 3_600_000_000_000
        #expect(CounterArithmetic.scaled(Self.raw(1 << 62, enabled: hour, running: hour / 2)) == 1 << 63)
    }

    @Test("What exceeds 64 bits saturates")
    func saturation() {
        #expect(CounterArithmetic.scaled(Self.raw(1 << 63, enabled: 4, running: 1)) == .max)
        #expect(CounterArithmetic.scaled(Self.raw(.max, enabled: .max, running: 1)) == .max)
        #expect(CounterArithmetic.scaled(Self.raw(.max - 1, enabled: .max, running: .max - 1)) == .max)
    }

    @Test("A counter that never ran says nothing, not 0")
    func neverRan() {
        #expect(CounterArithmetic.scaled(Self.raw(0, enabled: 1000, running: 0)) == nil)
        let starved = CounterReading(Self.raw(0, enabled: 1000, running: 0), event: .cycles)
        #expect(starved.count == nil)
        guard case .unavailable(let reason) = starved else { return }
        #expect(reason.contains("'cycles' never got a counter"))
        let idle = CounterReading(Self.raw(0, enabled: 0, running: 0), event: .cycles)
        #expect(idle == .unavailable("'cycles' was never enabled while this thread ran"))
    }

    @Test("A CPU's clock that is ahead makes no count smaller")
    func clockAhead() {
        #expect(CounterArithmetic.scaled(Self.raw(500, enabled: 99, running: 100)) == 500)
        #expect(CounterArithmetic.runningFraction(Self.raw(500, enabled: 99, running: 100)) == 1)
        #expect(CounterArithmetic.runningFraction(Self.raw(500, enabled: 0, running: 0)) == 0)
    }

    @Test("Differences never go below zero")
    func differences() {
        let start = Self.raw(100, enabled: 50, running: 40), end = Self.raw(175, enabled: 80, running: 60)
        #expect(CounterArithmetic.difference(from: start, to: end) == Self.raw(75, enabled: 30, running: 20))
        #expect(CounterArithmetic.difference(from: end, to: start) == Self.raw(0, enabled: 0, running: 0))
        #expect(CounterArithmetic.difference(from: end, to: end) == Self.raw(0, enabled: 0, running: 0))
    }

    @Test("Overhead is taken off before dividing, and may leave less than nothing")
    func overhead() {
        #expect(CounterArithmetic.perOperation(1100, overhead: 100, operations: 10) == 100)
        #expect(CounterArithmetic.perOperation(90, overhead: 100, operations: 10) == -1)
        #expect(CounterArithmetic.perOperation(100, overhead: 100, operations: 10) == 0)
        #expect(CounterArithmetic.perOperation(7, overhead: 0, operations: 0) == 7)
    }

    @Test("A scaled count says for how much of the time it counted, an exact one nothing")
    func notes() throws {
        guard case .counted(let scaled) = CounterReading(Self.raw(30, enabled: 1000, running: 333), event: .branches),
            case .counted(let nearly) = CounterReading(Self.raw(30, enabled: 1000, running: 999), event: .branches),
            case .counted(let exact) = CounterReading(Self.raw(30, enabled: 1000, running: 1000), event: .branches)
        else { throw Missing() }
        #expect(scaled.value == 90)
        #expect(scaled.isScaled)
        #expect(scaled.note == "estimated: counted for 33 % of the time")
        #expect(nearly.note == "estimated: counted for 99 % of the time")
        #expect(exact.note == nil)
        #expect(!exact.isScaled)
    }

    struct Missing: Error {}
}
