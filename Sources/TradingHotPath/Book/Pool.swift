/// A fixed number of slots named by 32-bit handles; handle 0 means none.
///
/// Slots are given out again last-in first-out, so the ones in use stay few and warm. The link of the free list lies
/// in the first four bytes of each free slot:
///
/// ```
/// handle   0        1        2        3        4 …            capacity
///        (none)   in use   free ──▶ in use   free ──▶ 0      never used yet
///                            ▲                                ▲
///                          free                            unused
/// ```
struct Pool<Element: BitwiseCopyable>: ~Copyable {
    private let slots: Table<Element>
    /// Slots that can be in use at once.
    let capacity: Int
    private var free: UInt32 = 0
    private var unused: UInt32 = 1

    /// - Precondition: an element has at least four bytes, and `capacity` fits a handle.
    init(capacity: Int, prefault: Bool) {
        precondition(MemoryLayout<Element>.stride >= 4 && capacity < Int(UInt32.max))
        self.capacity = capacity
        slots = Table(count: capacity + 1, prefault: prefault)
    }

    /// The most slots that were ever in use at once.
    var highWater: Int { Int(unused) - 1 }

    /// Slots in use now.
    ///
    /// - Complexity: O(free slots).
    var inUse: Int {
        var used = highWater
        var handle = free
        while handle != 0 {
            used -= 1
            handle = link(handle).pointee
        }
        return used
    }

    @inline(__always)
    subscript(handle: UInt32) -> UnsafeMutablePointer<Element> { slots.elements + Int(handle) }

    /// The slot that will be taken next, 0 when all are in use.
    var upcoming: UInt32 { free != 0 ? free : Int(unused) <= capacity ? unused : 0 }

    /// A slot with indeterminate contents, or 0 when all are in use.
    @inline(__always)  // hot: per message
    mutating func take() -> UInt32 {
        let handle = free
        guard handle == 0 else {
            free = link(handle).pointee
            return handle
        }
        guard Int(unused) <= capacity else { return 0 }
        defer { unused &+= 1 }
        return unused
    }

    @inline(__always)  // hot: per message
    mutating func giveBack(_ handle: UInt32) {
        link(handle).pointee = free
        free = handle
    }

    /// Takes every slot back at once.
    mutating func reset() {
        free = 0
        unused = 1
    }

    @inline(__always)
    private func link(_ handle: UInt32) -> UnsafeMutablePointer<UInt32> {
        UnsafeMutableRawPointer(slots.elements + Int(handle)).assumingMemoryBound(to: UInt32.self)
    }
}
