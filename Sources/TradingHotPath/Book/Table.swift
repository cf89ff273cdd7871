/// An owned array of plain values at a fixed address: the only kind of memory the books use.
///
/// It never grows. `prefault` writes every element once, so that no first touch (a page fault) is left for the hot
/// path; without it the memory is reserved but costs nothing until used.
struct Table<Element: BitwiseCopyable>: ~Copyable {
    let elements: UnsafeMutablePointer<Element>
    let count: Int

    init(count: Int, filledWith value: Element) {
        self.init(uninitialized: count)
        elements.initialize(repeating: value, count: count)
    }

    /// - Parameter prefault: false leaves the elements uninitialized.
    init(count: Int, prefault: Bool) {
        self.init(uninitialized: count)
        guard prefault else { return }
        let bytes = UnsafeMutableRawPointer(elements)
        bytes.initializeMemory(as: UInt8.self, repeating: 0, count: count * MemoryLayout<Element>.stride)
    }

    private init(uninitialized count: Int) {
        // A page-aligned start keeps small tables from sharing a page (and a TLB entry) by accident.
        let bytes = UnsafeMutableRawPointer.allocate(
            byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 4096)
        elements = bytes.bindMemory(to: Element.self, capacity: max(count, 1))
        self.count = count
    }

    deinit { UnsafeMutableRawPointer(elements).deallocate() }

    @inline(__always)
    subscript(index: UInt32) -> Element {
        unsafeAddress { UnsafePointer(elements + Int(index)) }
        nonmutating unsafeMutableAddress { elements + Int(index) }
    }
}
