internal import CCycles
internal import Glibc

/// Makes memory and code cold, as they are when an event arrives after a quiet time.
///
/// Owns the buffers for it; each call takes from microseconds (flushing a range) to tens of milliseconds (reading twice
/// through a buffer of twice the caches' size). Not to be used from two threads at once.
package final class CacheEviction {
    private let buffer: UnsafeMutableRawBufferPointer
    private let sizes: CacheSizes
    private let filler: ts_filler?
    private var seed: UInt64 = 1

    /// Bytes of the filler's code: four times the second-level cache, since a core takes code from there almost unnoticed,
    /// and at least 4 MiB, which are 65,536 taken branches, several times every published branch target buffer (7168
    /// entries on Zen 4, 12288 on Golden Cove), and 1024 pages.
    private let fillerBytes: Int

    /// Caches beyond this are not evicted whole.
    private static let largestBuffer = 1 << 30
    /// For machines that do not tell their caches.
    private static let assumedDataBytes = 64 << 20

    /// Allocates and touches the buffers.
    package init(sizes: CacheSizes = .read()) throws {
        self.sizes = sizes
        let wanted = 2 * (sizes.dataBytes() ?? Self.assumedDataBytes)
        let bytes = (min(wanted, Self.largestBuffer) + 4095) / 4096 * 4096
        guard let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else {
            throw TimingError(.refused, errno: errno, "no memory of \(bytes) bytes to evict the caches with")
        }
        memset(memory, 1, bytes)
        buffer = UnsafeMutableRawBufferPointer(start: memory, count: bytes)
        let secondLevel = sizes.caches.filter { $0.level == 2 && $0.contents != .data }.map(\.bytes).max() ?? 0
        fillerBytes = min(max(4 << 20, 4 * secondLevel / 4096 * 4096), 16 << 20)
        filler = ts_filler_make(fillerBytes, 42)
    }

    deinit {
        munmap(buffer.baseAddress, buffer.count)
        if let filler { ts_filler_free(filler, fillerBytes) }
    }

    /// Whether ``displaceCode()`` works: some systems refuse executable memory.
    package var canDisplaceCode: Bool { filler != nil }

    /// Drops a range, of data or of code, from all caches of all cores. Microseconds for a few kilobytes.
    package static func flush(_ range: UnsafeRawBufferPointer) {
        guard let start = range.baseAddress else { return }
        ts_flush_range(start, range.count)
    }

    /// Drops `bytes` of code from `function` on. They must be mapped: at most to the end of the module.
    package static func flushCode(at function: UnsafeRawPointer, bytes: Int) { ts_flush_range(function, max(0, bytes)) }

    /// Displaces all data from the caches up to a level, by reading twice as much.
    /// - Parameter level: 2 leaves what the third level holds, so that the next access is a hit there.
    package func evictData(through level: Int = .max) {
        let wanted = 2 * (sizes.dataBytes(through: level) ?? Self.assumedDataBytes)
        ts_keep_word(ts_stream_lines(buffer.baseAddress, min(wanted, buffer.count)))
    }

    /// Displaces the instruction cache, the micro-operation cache, the instruction TLB and the branch predictors, by
    /// running through megabytes of branchy code, with other branch directions each time. Some milliseconds.
    /// - Throws: ``TimingError`` where the system refuses executable memory.
    package func displaceCode() throws {
        guard let filler else {
            throw TimingError(
                .refused, "the system refuses executable memory, so that code cannot be displaced; flush ranges instead"
            )
        }
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        ts_keep_word(ts_filler_run(filler, seed >> 32))
    }
}
