import Benchmarking
import Foundation
import Testing

@Suite("What the kernel charges to this process")
struct SelfUsageTests {
    private static func withPages(_ count: Int, _ body: (UnsafeMutableRawPointer, Int) -> Void) throws {
        let size = Int(getpagesize())
        let memory = try #require(
            mmap(nil, count * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
        madvise(memory, count * size, MADV_NOHUGEPAGE)
        body(memory, size)
        munmap(memory, count * size)
    }

    private static func touch(_ memory: UnsafeMutableRawPointer, _ count: Int, _ size: Int) {
        for page in 0..<count { memory.storeBytes(of: 1, toByteOffset: page * size, as: UInt8.self) }
    }

    @Test("First touches are minor faults of this thread")
    func faults() throws {
        var usage: SelfUsage?
        try Self.withPages(400) { memory, size in
            let start = SelfUsage.now()
            Self.touch(memory, 400, size)
            usage = SelfUsage.now().since(start)
        }
        let thread = try #require(usage?.thread)
        #expect((400..<430).contains(thread.minorFaults))
        #expect(thread.majorFaults == 0)
        #expect(try #require(usage).process.minorFaults >= thread.minorFaults)
        #expect(
            usage?.readings(operations: 100, wallNanoseconds: 1)[.pageFaults] == .value(Double(thread.faults) / 100))
    }

    @Test("Sleeping is a voluntary switch each time, and no CPU time")
    func switches() {
        let start = SelfUsage.now()
        for _ in 0..<20 { usleep(500) }
        let usage = SelfUsage.now().since(start).thread
        #expect(usage.voluntarySwitches >= 20)
        #expect(usage.voluntarySwitches < 40)
        #expect(usage.cpuNanoseconds < 20 * 500_000)
    }

    @Test("CPU time is what the thread's own clock says")
    func cpuTime() {
        func clock() -> UInt64 {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        }
        let start = SelfUsage.now(), before = clock()
        var x: UInt64 = 1
        while clock() < before + 50_000_000 { x = x &* 6_364_136_223_846_793_005 &+ 1 }
        let used = clock() - before
        let usage = SelfUsage.now().since(start).thread.cpuNanoseconds
        withExtendedLifetime(x) {}
        // Microseconds, and two roundings.
        #expect(usage + 10_000 >= used)
        #expect(usage < used + 5_000_000)
    }

    @Test("Utilization is CPU time by wall time, and nothing for no time")
    func utilization() {
        var usage = SelfUsage.now()
        usage = usage.since(usage)
        usage.process.userNanoseconds = 3_000_000
        usage.process.systemNanoseconds = 1_000_000
        usage.thread.userNanoseconds = 500
        let readings = usage.readings(operations: 10, wallNanoseconds: 2_000_000)
        #expect(readings[.cpuUtilization] == .value(2))
        #expect(readings[.cpuTime] == .value(50))
        #expect(usage.readings(operations: 1, wallNanoseconds: 0)[.cpuUtilization]?.value == nil)
    }
}

/// 64 MiB, written to.
private func filledMemory() throws -> (start: UnsafeMutableRawPointer, bytes: Int) {
    let bytes = 64 << 20
    let memory = try #require(mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
    memset(memory, 1, bytes)
    return (memory, bytes)
}

/// In processes of their own: memory is the process's, and other tests use it.
@Suite("Resident memory")
struct ResidentMemoryTests {
    static let canReset = PeakMemory().notReset == nil

    @Test("Memory that came and went is in the peak, not in the growth", .enabled(if: canReset))
    func peak() async {
        await #expect(processExitsWith: .success) {
            func comeAndGo() throws {
                let memory = try filledMemory()
                munmap(memory.start, memory.bytes)
            }
            // Once beforehand, so that there is an old peak.
            try comeAndGo()
            let first = PeakMemory()
            let start = try #require(first.start)
            #expect(start.peakBytes < start.currentBytes + 30_000_000)
            try comeAndGo()
            let readings = first.readings()
            #expect(try #require(readings[.peakMemory]?.value) >= Double(start.currentBytes) + 60e6)
            #expect(try #require(readings[.memoryGrowth]?.value) < 30e6)
        }
    }

    @Test("Memory that stays is growth")
    func growth() async {
        await #expect(processExitsWith: .success) {
            let peak = PeakMemory()
            let memory = try filledMemory()
            let growth = try #require(peak.readings()[.memoryGrowth]?.value)
            munmap(memory.start, memory.bytes)
            #expect(growth > 60e6)
            #expect(growth < 80e6)
        }
    }

    @Test("What is resident is what the kernel's own summary says")
    func residentAgrees() async {
        await #expect(processExitsWith: .success) {
            let memory = try #require(ResidentMemory.now())
            let rollup = try String(contentsOfFile: "/proc/self/smaps_rollup", encoding: .utf8)
            let line = try #require(rollup.split(separator: "\n").first { $0.hasPrefix("Rss:") })
            let bytes = try #require(line.split(separator: " ").compactMap { Double($0) }.first) * 1024
            #expect(abs(Double(memory.currentBytes) - bytes) < 8e6)
            #expect(memory.peakBytes >= memory.currentBytes)
        }
    }

    @Test("An old peak is not taken for the benchmark's")
    func oldPeak() {
        let start = ResidentMemory(currentBytes: 10 << 20, peakBytes: 90 << 20)
        var end = ResidentMemory(currentBytes: 12 << 20, peakBytes: 90 << 20)
        let reason = "no permission; run it alone"
        let old = PeakMemory.readings(from: start, to: end, notReset: reason)
        #expect(
            old[.peakMemory]
                == .unavailable("the peak of 92160 KiB is older than the benchmark: no permission; run it alone"))
        #expect(old[.memoryGrowth] == .value(Double(2 << 20)))
        #expect(PeakMemory.readings(from: start, to: end, notReset: nil)[.peakMemory] == .value(Double(90 << 20)))
        end.peakBytes += 4096
        let risen = PeakMemory.readings(from: start, to: end, notReset: reason)
        #expect(risen[.peakMemory] == .value(Double(90 << 20 + 4096)))
        let shrunk = PeakMemory.readings(from: end, to: start, notReset: nil)
        #expect(shrunk[.memoryGrowth] == .value(-Double(2 << 20)))
    }
}
