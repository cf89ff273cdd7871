internal import CPerfEvents
internal import Glibc

/// The kernel's page about one counter, mapped for reading: `perf_event_mmap_page`, whose `index`, `offset`, `lock` and
/// `pmc_width` tell how to read the counter by instruction (rdpmc on x86-64). Sole owner of the mapping; outlives the
/// counter, but tells nothing any more then.
package struct CounterPage: ~Copyable {
    /// The page.
    package let pointer: UnsafeRawPointer

    /// - Returns: nil when the counter cannot be read from user space.
    init?(counter: Int32) {
        let mapping = mmap(nil, Self.bytes, PROT_READ, MAP_SHARED, counter, 0)
        guard let mapping, mapping != MAP_FAILED else { return nil }
        guard ts_perf_page_allows_user_read(mapping) != 0 else {
            munmap(mapping, Self.bytes)
            return nil
        }
        pointer = UnsafeRawPointer(mapping)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: pointer), Self.bytes) }

    private static let bytes = sysconf(Int32(_SC_PAGESIZE))
}
