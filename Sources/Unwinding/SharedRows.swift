internal import Glibc
internal import Synchronization

/// The rows of one module that were compiled so far, by the module's own addresses, for all threads.
///
/// A row never changes once it is there and none is removed, so reading takes no lock: whoever sees the address of a row
/// sees the row. Open addressing over a fixed table, which is some addresses a function large; where it is full, rows are
/// compiled again. Any thread.
final class SharedRows: Sendable {
    /// A row's address plus one; 0 where the slot is free and ``taken`` where a row is being written. Then the row.
    private struct Slot: ~Copyable {
        let key = Atomic<UInt64>(0)
        let low = Atomic<UInt64>(0)
        let high = Atomic<UInt64>(0)
    }

    private static let taken = UInt64.max
    private static let mostProbes = 8

    // Memory from calloc: all zeros is a table of free slots, and pages that are never used cost nothing.
    private nonisolated(unsafe) let slots: UnsafeMutablePointer<Slot>?
    private let mask: Int

    /// - Parameter functionCount: of the module, as far as it is known.
    init(functionCount: Int) {
        var count = 1 << 10
        while count < functionCount, count < 1 << 15 { count *= 2 }
        mask = count - 1
        slots = calloc(count, MemoryLayout<Slot>.stride)?.bindMemory(to: Slot.self, capacity: count)
    }

    deinit { free(slots) }

    /// The row at an address; nil when it was not compiled yet.
    func row(at address: UInt64) -> UnwindRow? {
        guard let slots, address < Self.taken - 1 else { return nil }
        var place = place(of: address)
        for _ in 0..<Self.mostProbes {
            let key = slots[place].key.load(ordering: .acquiring)
            if key == address + 1 {
                let words = (slots[place].low.load(ordering: .relaxed), slots[place].high.load(ordering: .relaxed))
                return unsafeBitCast(words, to: UnwindRow.self)
            }
            if key == 0 { return nil }
            place = (place + 1) & mask
        }
        return nil
    }

    /// Keeps a row, where there is room.
    func insert(_ row: UnwindRow, at address: UInt64) {
        guard let slots, address < Self.taken - 1 else { return }
        var place = place(of: address)
        for _ in 0..<Self.mostProbes {
            let (isOurs, key) = slots[place].key.compareExchange(
                expected: 0, desired: Self.taken, ordering: .relaxed)
            if isOurs {
                let words = unsafeBitCast(row, to: (UInt64, UInt64).self)
                slots[place].low.store(words.0, ordering: .relaxed)
                slots[place].high.store(words.1, ordering: .relaxed)
                slots[place].key.store(address + 1, ordering: .releasing)
                return
            }
            // Two threads may compile the same row at the same time, and keep it twice.
            if key == address + 1 { return }
            place = (place + 1) & mask
        }
    }

    /// Fibonacci hashing: the high bits of the product are the well mixed ones.
    private func place(of address: UInt64) -> Int {
        Int(truncatingIfNeeded: (address &* 0x9E37_79B9_7F4A_7C15) >> 40) & mask
    }
}
