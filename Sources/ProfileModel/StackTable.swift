/// Every distinct stack once, as a prefix tree.
///
/// A stack is the path from the root to a node: stacks that share their outer frames share storage, and a sample needs
/// a single 32-bit index. Node 0 is the empty stack; a parent's index is always smaller than its children's, so one
/// forward pass visits parents first and one backward pass sums children into parents.
///
/// ```
///  index   parent  frame            0 ── 1 main ── 2 run ──┬─ 3 decode
///    0       –       –                                     └─ 4 book
/// ```
///
/// Lookup is one probe of an open-addressing table in the common case: no hashing of strings, no ARC traffic and, once
/// the tables have grown to the program's working set, no allocation.
package struct StackTable: Sendable {
    /// Index of a stack; ``StackTable/root`` is the empty one.
    package struct ID: RawRepresentable, Hashable, Sendable {
        package var rawValue: Int32

        @inlinable
        package init(rawValue: Int32) { self.rawValue = rawValue }
    }

    package struct Node: Sendable {
        package var parent: Int32
        package var frame: Int32
    }

    package static let root = ID(rawValue: 0)

    package private(set) var nodes: [Node]
    /// A node index at its hash slot, 0 where the slot is free (the root is never looked up). Empty until the first lookup
    /// in a table that was made from another.
    private var slots: [Int32]
    private var mask: Int

    package init() {
        nodes = [Node(parent: -1, frame: -1)]
        slots = Array(repeating: 0, count: 1024)
        mask = 1023
    }

    /// The same stacks of other frames.
    /// - Parameter frames: what each frame number becomes; all different.
    package init(_ stacks: StackTable, frames: [FrameID]) {
        nodes = stacks.nodes
        for index in nodes.indices.dropFirst() {
            nodes[index].frame = frames[Int(nodes[index].frame)].rawValue
        }
        slots = []
        mask = 0
    }

    /// Number of nodes, the root included.
    package var count: Int { nodes.count }

    /// The frame at a stack's leaf; nil for the empty stack.
    package func leaf(of stack: ID) -> FrameID? {
        stack == Self.root ? nil : FrameID(rawValue: nodes[Int(stack.rawValue)].frame)
    }

    package func parent(of stack: ID) -> ID {
        ID(rawValue: max(0, nodes[Int(stack.rawValue)].parent))
    }

    /// The frames of a stack, leaf first. O(depth).
    package func frames(of stack: ID) -> [FrameID] {
        var frames: [FrameID] = []
        var index = Int(stack.rawValue)
        while index > 0 {
            frames.append(FrameID(rawValue: nodes[index].frame))
            index = Int(nodes[index].parent)
        }
        return frames
    }

    /// The stack that has `frame` below `parent`, made if needed.
    // hot: per frame
    package mutating func child(of parent: ID, frame: FrameID) -> ID {
        if slots.isEmpty { rebuild(size: 1024) }
        let slot = slotIndex(parent.rawValue, frame.rawValue)
        let found = slots[slot]
        if found != 0 { return ID(rawValue: found) }
        let index = Int32(nodes.count)
        nodes.append(Node(parent: parent.rawValue, frame: frame.rawValue))
        slots[slot] = index
        if nodes.count * 2 > slots.count { grow() }
        return ID(rawValue: index)
    }

    /// Where the pair is, or the free slot where it belongs.
    private func slotIndex(_ parent: Int32, _ frame: Int32) -> Int {
        var slot = Self.hash(parent, frame) & mask
        while true {
            let candidate = slots[slot]
            if candidate == 0 { return slot }
            let node = nodes[Int(candidate)]
            if node.parent == parent && node.frame == frame { return slot }
            slot = (slot + 1) & mask
        }
    }

    private mutating func grow() { rebuild(size: slots.count * 2) }

    private mutating func rebuild(size least: Int) {
        var size = least
        while size < nodes.count * 2 { size *= 2 }
        mask = size - 1
        slots = Array(repeating: 0, count: size)
        for index in 1..<nodes.count {
            let node = nodes[index]
            var slot = Self.hash(node.parent, node.frame) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(index)
        }
    }

    /// Fibonacci hashing of the pair: the multiplier is 2^64 / φ, the high bits are the well mixed ones.
    private static func hash(_ parent: Int32, _ frame: Int32) -> Int {
        let key = UInt64(UInt32(bitPattern: parent)) << 32 | UInt64(UInt32(bitPattern: frame))
        let mixed = (key ^ (key >> 29)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: (mixed ^ (mixed >> 32)) & 0x7FFF_FFFF)
    }
}
