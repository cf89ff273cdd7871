/// Numbers by 64-bit key, for tables that are asked once a sample or a frame: open addressing, no key is ever removed.
///
/// A lookup is one probe in the common case. Not for keys that somebody may choose to collide: where that matters, a
/// `Dictionary` hashes with a secret.
package struct IndexTable: Sendable {
    private struct Slot {
        var key: UInt64 = 0
        /// -1 where the slot is free.
        var value: Int32 = -1
    }

    private var slots: [Slot]
    package private(set) var count = 0

    /// - Parameter capacity: number of keys that there is room for without growing.
    package init(capacity: Int = 0) {
        var size = 256
        while size < capacity * 2 { size *= 2 }
        slots = [Slot](repeating: Slot(), count: size)
    }

    /// The number of a key; nil when it has none.
    package subscript(key: UInt64) -> Int32? {
        let slot = slots[place(of: key)]
        return slot.value < 0 ? nil : slot.value
    }

    /// The number of a key, which is `new` when it has none so far.
    /// - Parameter new: not negative.
    // hot: per sample
    package mutating func insert(_ key: UInt64, _ new: Int32) -> Int32 {
        let place = place(of: key)
        if slots[place].value >= 0 { return slots[place].value }
        slots[place] = Slot(key: key, value: new)
        count += 1
        if count * 2 > slots.count { grow() }
        return new
    }

    private func place(of key: UInt64) -> Int {
        let mask = slots.count - 1
        var place = Self.hash(key) & mask
        while slots[place].value >= 0, slots[place].key != key { place = (place + 1) & mask }
        return place
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(), count: old.count * 2)
        for slot in old where slot.value >= 0 { slots[place(of: slot.key)] = slot }
    }

    /// Fibonacci hashing: the multiplier is 2^64 / φ, the high bits are the well mixed ones.
    private static func hash(_ key: UInt64) -> Int {
        let mixed = (key ^ (key >> 29)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: (mixed ^ (mixed >> 32)) & 0x7FFF_FFFF)
    }
}
