internal import Glibc

/// An owned array of plain values at a fixed address: the only kind of memory the books use.
///
/// It never grows. `prefault` writes every element once, so that no first touch (a page fault) is left for the hot
/// path; without it the memory is reserved but costs nothing until used.
///
/// Large tables that are written at once lie in pages of 2 MiB where the kernel gives them: a message of a whole market
/// reads lines of half a dozen tables, and of small pages the processor's translation buffer holds too few for them.
struct Table<Element: BitwiseCopyable>: ~Copyable {
    let elements: UnsafeMutablePointer<Element>
    let count: Int

    init(count: Int, filledWith value: Element) {
        self.init(uninitialized: count, inLargePages: true)
        elements.initialize(repeating: value, count: count)
    }

    /// - Parameter prefault: false leaves the elements uninitialized.
    init(count: Int, prefault: Bool) {
        self.init(uninitialized: count, inLargePages: prefault)
        guard prefault else { return }
        let bytes = UnsafeMutableRawPointer(elements)
        bytes.initializeMemory(as: UInt8.self, repeating: 0, count: count * MemoryLayout<Element>.stride)
    }

    private init(uninitialized count: Int, inLargePages: Bool) {
        let needed = max(count, 1) * MemoryLayout<Element>.stride
        let isLarge = inLargePages && needed >= Self.leastLargeBytes
        let granule = isLarge ? Self.largePage : 4096
        // A page-aligned start keeps small tables from sharing a page (and a TLB entry) by accident.
        let byteCount = isLarge ? (needed + granule - 1) / granule * granule : needed
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: granule)
        // Advice: where it is not taken, pages are small.
        if isLarge { madvise(bytes, byteCount, MADV_HUGEPAGE) }
        elements = bytes.bindMemory(to: Element.self, capacity: max(count, 1))
        self.count = count
    }

    private static var largePage: Int { 2 << 20 }
    /// Below, 128 small pages do.
    private static var leastLargeBytes: Int { 512 << 10 }

    deinit { UnsafeMutableRawPointer(elements).deallocate() }

    @inline(__always)
    subscript(index: UInt32) -> Element {
        unsafeAddress { UnsafePointer(elements + Int(index)) }
        nonmutating unsafeMutableAddress { elements + Int(index) }
    }
}
