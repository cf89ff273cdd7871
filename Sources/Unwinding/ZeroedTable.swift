internal import Glibc

/// Memory for a table that begins as zeros, a page of it when it is first used, aligned to pages.
enum ZeroedTable {
    /// Traps when memory is short, as every allocation of the standard library does.
    static func allocate<Element>(_ type: Element.Type, count: Int) -> UnsafeMutableBufferPointer<Element> {
        let size = count * MemoryLayout<Element>.stride
        let mapped = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let mapped, mapped != MAP_FAILED else { fatalError("no memory for a table of \(size) bytes") }
        return UnsafeMutableBufferPointer(start: mapped.bindMemory(to: type, capacity: count), count: count)
    }

    static func deallocate<Element>(_ table: UnsafeMutableBufferPointer<Element>) {
        munmap(table.baseAddress, table.count * MemoryLayout<Element>.stride)
    }
}
