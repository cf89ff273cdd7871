/// Interns texts by their bytes without making a String of each: an open-addressing table over one arena.
struct NameTable {
    private var arena: [UInt8] = []
    private var ranges: [(start: Int, count: Int, hash: UInt64)] = []
    /// Position in `ranges` plus one; 0 where the slot is free.
    private var slots = [Int32](repeating: 0, count: 1024)
    /// Different in every run, so that no file can be made of names that collide.
    private let seed = UInt64.random(in: .min ... .max)

    /// The position of a name, in order of first appearance.
    // hot: per frame
    mutating func id(of name: UnsafeBufferPointer<UInt8>) -> (id: Int, isNew: Bool) {
        let hash = hash(name)
        var slot = Int(truncatingIfNeeded: hash >> 16) & (slots.count - 1)
        while slots[slot] != 0 {
            let candidate = Int(slots[slot]) - 1
            if ranges[candidate].hash == hash, equals(candidate, name) { return (candidate, false) }
            slot = (slot + 1) & (slots.count - 1)
        }
        ranges.append((arena.count, name.count, hash))
        arena.append(contentsOf: name)
        slots[slot] = Int32(ranges.count)
        if ranges.count * 2 > slots.count { grow() }
        return (ranges.count - 1, true)
    }

    private func equals(_ index: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let (start, count, _) = ranges[index]
        guard count == name.count else { return false }
        return arena.withUnsafeBufferPointer { arena in
            for offset in 0..<count where arena[start + offset] != name[offset] { return false }
            return true
        }
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: slots.count * 2)
        for (index, range) in ranges.enumerated() {
            var slot = Int(truncatingIfNeeded: range.hash >> 16) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(index + 1)
        }
    }

    /// FNV-1a from a seed, then a multiply to spread the low bits upward.
    private func hash(_ name: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ seed
        for byte in name { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash &* 0x9E37_79B9_7F4A_7C15
    }
}
