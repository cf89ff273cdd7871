/// The room for all ladders: blocks of 4, 8, 16 … rungs cut from one allocation.
///
/// A ladder that outgrows its block moves to one twice as large, and its old block serves the next ladder of that
/// size. So thousands of shallow books and one deep book share the memory, and growing never calls the allocator.
/// A ladder keeps its block when it empties.
struct LadderArena: ~Copyable {
    static let smallestBlock = 4
    private static let noBlock = UInt32.max

    private let rungs: Table<Rung>
    /// By size class: offset of the first free block, its next in that block's first rung.
    private let freeBlocks = Table(count: 32, filledWith: LadderArena.noBlock)
    private var unused = 0

    init(rungCapacity: Int, prefault: Bool) {
        precondition(rungCapacity < Int(Self.noBlock))
        rungs = Table(count: rungCapacity, prefault: prefault)
    }

    /// Rungs that were ever cut into blocks.
    var highWater: Int { unused }

    /// Doubles the room of a ladder; false when the arena is full.
    @inline(never)
    mutating func grow(_ ladder: inout Ladder) -> Bool {
        let capacity = max(Int(ladder.capacity) * 2, Self.smallestBlock)
        let sizeClass = UInt32(capacity.trailingZeroBitCount)
        let block: UnsafeMutablePointer<Rung>
        if freeBlocks[sizeClass] != Self.noBlock {
            block = rungs.elements + Int(freeBlocks[sizeClass])
            freeBlocks[sizeClass] = block.pointee.key
        } else {
            guard unused + capacity <= rungs.count else { return false }
            block = rungs.elements + unused
            unused += capacity
        }
        if ladder.capacity > 0 {
            block.update(from: ladder.rungs, count: Int(ladder.count))
            let old = UInt32(ladder.capacity.trailingZeroBitCount)
            ladder.rungs.pointee.key = freeBlocks[old]
            freeBlocks[old] = UInt32(ladder.rungs - rungs.elements)
        }
        ladder.rungs = block
        ladder.capacity = UInt32(capacity)
        return true
    }
}
