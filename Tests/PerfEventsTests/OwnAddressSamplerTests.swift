import Glibc
import PerfEvents
import TestSupport
import Testing

@Suite(.enabled(if: Capability.perfEvents, "perf_event_open(2) is not allowed here"))
struct OwnAddressSamplerTests {
    private static func threadNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    @inline(never) private static func spin(_ nanoseconds: UInt64) -> UInt64 {
        let end = threadNanoseconds() + nanoseconds
        var value: UInt64 = 1
        while threadNanoseconds() < end { for _ in 0..<1_000 { value = value &* 0x9E37_79B9_7F4A_7C15 | 1 } }
        return value
    }

    @Test func samplesAreThoseOfTheThreadAndItsCode() throws {
        let sampler = try OwnAddressSampler()
        let begin = Self.threadNanoseconds()
        sampler.start(period: 100_000)
        #expect(Self.spin(300_000_000) != 0)
        sampler.stop()
        let used = Self.threadNanoseconds() - begin
        var addresses: [UInt64] = []
        sampler.drain { addresses.append($0) }
        // As many as the thread's own time makes, be the machine as busy as it may; those in the kernel do not count.
        let most = Double(used) / 100_000 * 1.05 + 2
        #expect(Double(addresses.count) <= most && addresses.count >= 200, "\(addresses.count) of \(most)")
        #expect(addresses.allSatisfy { $0 > 0 && $0 < 1 << 47 })
        #expect(sampler.losses == 0)
        // Stopped is stopped.
        #expect(Self.spin(5_000_000) != 0)
        var late = 0
        sampler.drain { _ in late += 1 }
        #expect(late == 0)
    }

    @Test func aShorterPeriodGivesMoreSamples() throws {
        let sampler = try OwnAddressSampler()
        func count(period: UInt64) -> Int {
            sampler.start(period: period)
            _ = Self.spin(200_000_000)
            sampler.stop()
            var count = 0
            sampler.drain { _ in count += 1 }
            return count
        }
        let (few, many) = (count(period: 400_000), count(period: 100_000))
        #expect(many > 2 * few, "\(few) and \(many)")
    }
}
