import CCycles
import CycleTiming
import Glibc
import Testing

/// What was evicted takes longer. The machine is shared: medians, wide bounds, up to three tries.
@Suite("Cache eviction", .serialized)
struct CacheEvictionTests {
    /// A random cycle through the lines of a buffer of its own.
    private final class Chase {
        let memory: UnsafeMutableRawBufferPointer
        let lines: Int

        init(lines: Int) {
            self.lines = lines
            memory = .allocate(byteCount: lines * 64, alignment: 4096)
            var order = Array(0..<lines)
            order.shuffle()
            for (from, to) in zip(order, order.dropFirst() + [order[0]]) {
                memory.storeBytes(
                    of: memory.baseAddress! + to * 64, toByteOffset: from * 64, as: UnsafeMutableRawPointer.self)
            }
        }

        deinit { memory.deallocate() }

        /// Ticks to follow the whole cycle.
        func run() -> UInt64 {
            var processor: UInt32 = 0
            var at = memory.baseAddress!
            let start = ts_ticks_start()
            for _ in 0..<lines { at = at.load(as: UnsafeMutableRawPointer.self) }
            ts_keep_pointer(at)
            return ts_ticks_stop(&processor) - start
        }

        func median(after preparation: () -> Void) -> UInt64 {
            (0..<21).map { _ in
                preparation()
                return run()
            }.sorted()[10]
        }
    }

    private func holdsInOneOfThree(_ condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<3 where try condition() { return true }
        return false
    }

    @Test("Flushed lines come from memory")
    func flushing() {
        let chase = Chase(lines: 128)
        #expect(
            holdsInOneOfThree {
                let warm = chase.median { _ = chase.run() }
                let cold = chase.median { CacheEviction.flush(UnsafeRawBufferPointer(chase.memory)) }
                return cold > 5 * warm
            })
    }

    @Test("Only the flushed range is cold, whole lines of it, also when it begins within one")
    func ranges() {
        let chase = Chase(lines: 128)
        #expect(
            holdsInOneOfThree {
                let cold = chase.median { CacheEviction.flush(UnsafeRawBufferPointer(chase.memory)) }
                let tenth = chase.median {
                    _ = chase.run()
                    CacheEviction.flush(UnsafeRawBufferPointer(rebasing: chase.memory[100..<(100 + 12 * 64)]))
                }
                return tenth < cold / 2
            })
        CacheEviction.flush(UnsafeRawBufferPointer(rebasing: chase.memory[0..<0]))
        CacheEviction.flush(UnsafeRawBufferPointer(start: nil, count: 0))
    }

    @Test("Reading through a large buffer displaces what was cached; stopping at level 2 leaves it nearer")
    func streaming() throws {
        // The size of half a first-level cache.
        let chase = Chase(lines: 256)
        let eviction = try CacheEviction()
        #expect(
            holdsInOneOfThree {
                let warm = chase.median { _ = chase.run() }
                let near = chase.median { eviction.evictData(through: 2) }
                let cold = chase.median { eviction.evictData() }
                return cold > 3 * warm && near > warm && cold > near
            })
    }

    @Test("Flushed and displaced code takes longer to run")
    func code() throws {
        let eviction = try CacheEviction()
        try #require(eviction.canDisplaceCode)
        // A page of branchy code of its own, that no other test runs.
        let bytes = 4096
        let code = try #require(ts_filler_make(bytes, 7))
        defer { ts_filler_free(code, bytes) }
        let address = unsafeBitCast(code, to: UnsafeRawPointer.self)
        func median(after preparation: () throws -> Void) rethrows -> UInt64 {
            try (0..<51).map { _ in
                try preparation()
                var processor: UInt32 = 0
                let start = ts_ticks_start()
                ts_keep_word(ts_filler_run(code, 12345))
                return ts_ticks_stop(&processor) - start
            }.sorted()[25]
        }
        var medians: [UInt64] = []
        let holds = try holdsInOneOfThree {
            let warm = median { for _ in 0..<20 { _ = ts_filler_run(code, 12345) } }
            let flushed = median { CacheEviction.flushCode(at: address, bytes: bytes) }
            let displaced = try median { try eviction.displaceCode() }
            medians += [warm, flushed, displaced]
            return flushed > 3 * warm && displaced > 2 * warm
        }
        #expect(holds, "\(medians)")
    }

    @Test("Filler code returns, and depends on nothing but its argument", arguments: [4096, 8192, 1 << 20])
    func filler(bytes: Int) throws {
        let code = try #require(ts_filler_make(bytes, 3))
        defer { ts_filler_free(code, bytes) }
        #expect(ts_filler_run(code, 5) == ts_filler_run(code, 5))
        #expect(Set((0..<8).map { ts_filler_run(code, $0) & 0xffff_ffff }).count > 4)
    }

    @Test("Filler code of a senseless size is refused", arguments: [0, 64, 4097, 1 << 40])
    func noFiller(bytes: Int) { #expect(ts_filler_make(bytes, 3) == nil) }

    @Test(
        "Sizes are read as sysfs writes them",
        arguments: [("32K", 32768), ("1024K", 1 << 20), ("8M", 8 << 20), ("512", 512)])
    func sizes(text: String, bytes: Int) { #expect(CacheSizes.bytes(of: text) == bytes) }

    @Test(
        "Senseless sizes are none",
        arguments: ["", "K", "-1K", "0K", "12Q", "9999999999999999999K", "9223372036854775807M"])
    func senseless(text: String) { #expect(CacheSizes.bytes(of: text) == nil) }

    @Test("Instruction caches hold no data, and an unknown machine has unknown caches")
    func dataBytes() {
        let sizes = CacheSizes(caches: [
            .init(level: 1, contents: .data, bytes: 100), .init(level: 1, contents: .instructions, bytes: 1000),
            .init(level: 2, contents: .unified, bytes: 200), .init(level: 3, contents: .unified, bytes: 400),
        ])
        #expect(sizes.dataBytes() == 700 && sizes.dataBytes(through: 2) == 300 && sizes.dataBytes(through: 0) == nil)
        #expect(CacheSizes(caches: []).dataBytes() == nil)
        #expect(CacheSizes.read(processor: 99999).caches.isEmpty)
    }
}
