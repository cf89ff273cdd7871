internal import Glibc

/// Memory for a table that is probed at random, zeroed, in huge pages where the system has them: with pages of 4 KiB a
/// probe misses the processor's table of addresses more often than its cache, and each page costs a fault at the start.
enum LargeTable {
    private static let hugePage = 2 << 20

    /// Traps when memory is short, as every allocation of the standard library does.
    static func allocate<Element>(_ type: Element.Type, count: Int) -> UnsafeMutableBufferPointer<Element> {
        let size = count * MemoryLayout<Element>.stride
        let protection = PROT_READ | PROT_WRITE
        // Huge pages begin at multiples of their size: what lies in front and behind is given back.
        let mapped = mmap(nil, size + hugePage, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let mapped, mapped != MAP_FAILED else { fatalError("no memory for a table of \(size) bytes") }
        let start = UnsafeMutableRawPointer(
            bitPattern: (UInt(bitPattern: mapped) + UInt(hugePage) - 1) & ~(UInt(hugePage) - 1))!
        if start > mapped { munmap(mapped, start - mapped) }
        munmap(start + size, hugePage - (start - mapped))
        madvise(start, size, MADV_HUGEPAGE)
        return UnsafeMutableBufferPointer(start: start.bindMemory(to: type, capacity: count), count: count)
    }

    static func deallocate<Element>(_ table: UnsafeMutableBufferPointer<Element>) {
        munmap(table.baseAddress, table.count * MemoryLayout<Element>.stride)
    }
}
