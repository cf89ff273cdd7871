import Benchmarking
import Foundation
import Testing

private final class Node {
    var value: Int
    init(_ value: Int) { self.value = value }
}

@inline(never) @_optimize(none) private func keep<T>(_ value: borrowing T) where T: ~Copyable {}
@inline(never) private func makeNodes(_ count: Int) { for i in 0..<count { keep(Node(i)) } }
@inline(never) private func makeBlocks(_ count: Int, bytes: Int) {
    for _ in 0..<count {
        let block = malloc(bytes)
        keep(block)
        free(block)
    }
}

/// Counts of this thread only: other tests run meanwhile.
@Suite("Counting allocations of this process")
struct AllocationCounterTests {
    @Test("Nothing is nothing")
    func nothing() {
        let report = AllocationCounter.count {}
        #expect(report.allocationsUnavailable == nil)
        #expect(report.swiftUnavailable == nil)
        #expect(
            report.readings(.thread, operations: 1) == [
                .allocations: .value(0), .frees: .value(0), .allocatedBytes: .value(0), .retains: .value(0),
                .releases: .value(0), .swiftAllocations: .value(0),
            ])
        #expect(report.sites.isEmpty)
    }

    @Test("Objects are allocated once and released once")
    func objects() throws {
        let report = AllocationCounter.count { makeNodes(50) }
        let counts = try #require(report.thread)
        #expect(counts.swiftAllocations == 50)
        #expect(counts.allocations == 50)
        #expect(counts.frees == 50)
        #expect(counts.releases == 50)
        #expect(counts.retains == 0)
        #expect(counts.requestedBytes == 50 * 24)
        #expect(counts.reservedBytes == counts.freedBytes)
        #expect(report.readings(.thread, operations: 25)[.swiftAllocations] == .value(2))
    }

    @Test("Counters nest, and each knows its own part")
    func nested() throws {
        let outer = AllocationCounter([.allocations])
        makeBlocks(3, bytes: 10)
        let inner = AllocationCounter.count([.allocations]) { makeBlocks(4, bytes: 100) }
        makeBlocks(5, bytes: 10)
        let soFar = outer.threadCounts()
        let before = try #require(soFar)
        #expect(inner.thread?.allocations == 4)
        #expect(inner.thread?.requestedBytes == 400)
        // What the inner report itself allocates lies between the two.
        #expect(before.allocations >= 12)
        let report = outer.stop()
        #expect(report.swiftUnavailable == "not asked for")
        #expect(report.readings(.thread, operations: 1)[.retains] == .unavailable("not asked for"))
    }

    @Test("The first allocations tell who made them")
    func sites() throws {
        // The Swift runtime describes types with their first use, in memory of its own.
        makeBlocks(1, bytes: 1)
        let report = AllocationCounter.count([.allocations], sites: 2) { makeBlocks(5, bytes: 321) }
        #expect(report.thread?.allocations == 5)
        #expect(report.sites.map(\.bytes) == [321, 321])
        let site = try #require(report.sites.first)
        // The caller of malloc is in this very program, and so is the test that called it.
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let frame = try #require(site.frames.first)
        #expect(site.frames.count > 2)
        let owners = Set(site.frames.prefix(3).map(\.modulePath))
        #expect(owners.count == 1)
        #expect(frame.modulePath.hasPrefix("/"))
        #expect(frame.modulePath == program || frame.modulePath.hasSuffix(".xctest"))
        let json = try JSONEncoder().encode(site)
        #expect(try JSONDecoder().decode(AllocationSite.self, from: json) == site)
    }

    @Test("Errors of what is counted pass through, and counting ends")
    func throwing() {
        struct Failure: Error {}
        #expect(throws: Failure.self) { _ = try AllocationCounter.count { throw Failure() } }
        #expect(AllocationCounter.count { makeNodes(1) }.thread?.swiftAllocations == 1)
    }
}
