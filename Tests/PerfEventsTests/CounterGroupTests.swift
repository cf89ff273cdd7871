import Foundation
import PerfEvents
import TestSupport
import Testing

@Suite("Counting events of the calling thread", .enabled(if: Capability.perfEvents))
struct CounterGroupTests {
    /// Readings of software events around work on this thread.
    private func software(_ work: () -> Void) -> [String: CounterReading] {
        var group = CounterGroup([[.taskClock, .pageFaults, .contextSwitches, .migrations]])
        group.start()
        work()
        group.stop()
        let readings = group.readings()
        return Dictionary(uniqueKeysWithValues: zip(group.events.map(\.name), readings))
    }

    @Test("A page that is touched for the first time is one page fault")
    func pageFaults() throws {
        let pages = 300, size = Int(getpagesize())
        let memory = try #require(
            mmap(nil, pages * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
        defer { munmap(memory, pages * size) }
        // Huge pages would make it fewer.
        madvise(memory, pages * size, MADV_NOHUGEPAGE)
        let readings = software {
            for page in 0..<pages { memory.storeBytes(of: 1, toByteOffset: page * size, as: UInt8.self) }
        }
        let faults = try #require(readings["page-faults"]?.count)
        #expect(faults >= 300)
        #expect(faults < 320)
    }

    @Test("Sleeping leaves the CPU once each time, and takes no time of it", .enabled(if: Capability.isRoot))
    func contextSwitches() throws {
        let readings = software { for _ in 0..<20 { usleep(500) } }
        let switches = try #require(readings["context-switches"]?.count)
        #expect(switches >= 20)
        let clock = try #require(readings["task-clock"]?.count)
        #expect(clock > 0)
        #expect(clock < 20 * 500_000)
    }

    @Test("What happens while stopped is not counted, and each reading starts anew")
    func betweenRegions() throws {
        var group = CounterGroup([[.pageFaults]])
        let size = Int(getpagesize())
        func touch(_ pages: Int) {
            guard
                let memory = mmap(
                    nil, pages * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            else { return }
            madvise(memory, pages * size, MADV_NOHUGEPAGE)
            for page in 0..<pages { memory.storeBytes(of: 1, toByteOffset: page * size, as: UInt8.self) }
            munmap(memory, pages * size)
        }
        group.start()
        touch(100)
        group.stop()
        touch(1000)
        let first = group.readings()
        touch(1000)
        group.start()
        touch(50)
        group.stop()
        let second = group.readings()
        #expect(try (100..<130).contains(#require(first[0].count)))
        #expect(try (50..<80).contains(#require(second[0].count)))
    }

    @Test("Without a PMU every hardware event says so, and the others count", .enabled(if: !Capability.hardwareCycles))
    func noPMU() {
        var group = CounterGroup()
        group.start()
        group.stop()
        let events = group.events
        for (event, reading) in zip(events, group.readings()) where event.needsHardware {
            guard case .unavailable(let reason) = reading else {
                Issue.record("\(event.name) was counted")
                continue
            }
            #expect(reason.contains("'\(event.name)'"))
            #expect(reason.contains("PMU"))
        }
        #expect(events.filter(\.needsHardware).count == 8)
        let page = group.userPage(of: .cycles) == nil
        #expect(page)
    }

    @Test("A PMU counts instructions of a loop", .enabled(if: Capability.hardwareCycles))
    func instructions() throws {
        var group = CounterGroup()
        var sum: UInt64 = 0
        group.start()
        for i in 0..<1_000_000 as Range<UInt64> { sum = sum &* 31 &+ i }
        group.stop()
        let readings = group.readings()
        withExtendedLifetime(sum) {}
        #expect(try #require(readings[1].count) > 1_000_000)
        #expect(try #require(readings[0].count) > 1_000_000)
    }

    @Test(
        "A user who may not observe the kernel learns so, instead of 0",
        .enabled(if: !Capability.isRoot && (Capability.perfEventParanoid ?? 0) >= 2))
    func unprivileged() {
        let readings = software { usleep(500) }
        for name in ["context-switches", "cpu-migrations"] {
            guard case .unavailable(let reason) = readings[name] else {
                Issue.record("\(name) was counted")
                continue
            }
            #expect(reason.contains("perf_event_paranoid"))
        }
        #expect(readings["page-faults"]?.count != nil)
    }

    @Test("A software counter cannot be read by instruction, and an event that is not open has no page")
    func pages() {
        let group = CounterGroup([[.taskClock]])
        let software = group.userPage(of: .taskClock) == nil
        let absent = group.userPage(of: .branches) == nil
        #expect(software)
        #expect(absent)
    }
}
