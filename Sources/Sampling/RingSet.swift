internal import PerfEvents

/// The rings of a recording, two a CPU: one for samples, one for side-band records, so that a flood of samples cannot
/// evict what is needed to understand them.
///
/// Each ring belongs to an event of the recorder's own thread: a ring whose owner is an event of the target would hang
/// up with that one thread, while others still write to it.
package final class RingSet {
    /// One event that owns a ring, kept alive with it.
    private final class Owner {
        let event: PerfEvent
        let cpu: Int32

        init(event: consuming PerfEvent, cpu: Int32) {
            self.event = event
            self.cpu = cpu
        }
    }

    package let cpus: [Int32]
    /// Bytes of each CPU's sample ring.
    package let sampleRingBytes: Int
    /// Whether less memory could be locked than wanted.
    package let isShrunk: Bool
    private let owners: [Owner]
    /// Sample rings by CPU, then side-band rings by CPU.
    let rings: UnsafeMutableBufferPointer<RingBuffer>

    /// Side-band records are small, but a storm of short processes writes megabytes of them a second.
    private static func sidebandBytes(sampleBytes: Int) -> Int { min(1 << 20, max(64 << 10, sampleBytes / 8)) }

    /// Two of the largest records: less cannot work.
    private static let smallestSampleRing = 128 << 10
    private static let largestSampleRing = 16 << 20
    /// Ring memory over all CPUs; bounds the recorder on large machines.
    private static let totalBudget = 64 << 20

    /// Opens and maps the rings of some CPUs.
    /// - Throws: ``PerfError`` when not even the smallest rings can be had.
    package init(cpus: [Int32]) throws {
        self.cpus = cpus
        var bytes = Self.largestSampleRing
        while bytes > Self.smallestSampleRing, bytes * cpus.count > Self.totalBudget { bytes /= 2 }
        let wanted = bytes
        while true {
            do {
                (owners, rings) = try Self.open(cpus: cpus, sampleBytes: bytes)
                break
            } catch let error as PerfError where error.code == .lockedMemory && bytes > Self.smallestSampleRing {
                bytes /= 2
            }
        }
        sampleRingBytes = bytes
        isShrunk = bytes < wanted
    }

    deinit {
        rings.deinitialize()
        rings.deallocate()
    }

    private static func open(
        cpus: [Int32], sampleBytes: Int
    ) throws -> ([Owner], UnsafeMutableBufferPointer<RingBuffer>) {
        var owners: [Owner] = []
        let rings = UnsafeMutableBufferPointer<RingBuffer>.allocate(capacity: cpus.count * 2)
        var count = 0
        do {
            for bytes in [sampleBytes, sidebandBytes(sampleBytes: sampleBytes)] {
                for cpu in cpus {
                    let owner = Owner(event: try PerfEvent.ringOwner(cpu: cpu, wakeupBytes: bytes / 4), cpu: cpu)
                    rings.initializeElement(at: count, to: try RingBuffer(owner: owner.event, bytes: bytes))
                    count += 1
                    owners.append(owner)
                }
            }
        } catch {
            rings.extracting(..<count).deinitialize()
            rings.deallocate()
            throw error
        }
        return (owners, rings)
    }

    /// Descriptors that become readable when a ring fills.
    package var pollDescriptors: [Int32] { owners.map { $0.event.pollDescriptor } }

    func redirectSamples(_ event: borrowing PerfEvent, cpuIndex: Int) throws {
        try event.redirect(to: owners[cpuIndex].event)
    }

    func redirectSideband(_ event: borrowing PerfEvent, cpuIndex: Int) throws {
        try event.redirect(to: owners[cpus.count + cpuIndex].event)
    }

    /// Whether a ring had more than half of its room unread when it was last looked at.
    var isAnyHalfFull: Bool {
        rings.indices.contains { rings[$0].unreadBytes * 2 > rings[$0].capacity }
    }

    /// Records that made no sense so far.
    package var malformedCount: Int {
        rings.indices.reduce(0) { $0 + rings[$1].malformed }
    }
}
