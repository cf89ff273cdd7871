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
/// Most nodes have one child, which lies next to them in memory; the children of all others are in an open-addressing
/// table. So a lookup is two neighboring loads in the common case: no hashing of strings, no ARC traffic and, once the
/// tables have grown to the program's working set, no allocation.
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

        package init(parent: Int32, frame: Int32) {
            self.parent = parent
            self.frame = frame
        }
    }

    package static let root = ID(rawValue: 0)

    package private(set) var nodes: [Node]
    /// What is known of each node's children, for those that have been looked up in: 0 for no child, the only child, or,
    /// as its complement, the last one that was asked for of several, which are all in `slots`.
    private var children: [Int32]
    /// A node index at its hash slot, 0 where the slot is free (the root is never looked up).
    private var slots: [Int32] = []
    private var slotsInUse = 0

    package init() {
        nodes = [Node(parent: -1, frame: -1)]
        children = [0]
    }

    /// Stacks that were found elsewhere; all of them different.
    /// - Parameter nodes: the root first, parents before their children.
    package init(distinct nodes: [Node]) {
        self.nodes = nodes
        // Few look anything up in it.
        children = []
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
        if children.count < nodes.count { index() }
        let parent = Int(parent.rawValue)
        let known = children[parent]
        let recent = known < 0 ? ~known : known
        if recent != 0, nodes[Int(recent)].frame == frame.rawValue { return ID(rawValue: recent) }
        if known >= 0 {
            let made = append(parent: parent, frame: frame)
            if known == 0 {
                children[parent] = made
            } else {
                insert(known)
                insert(made)
                children[parent] = ~made
            }
            return ID(rawValue: made)
        }
        let slot = slotIndex(Int32(truncatingIfNeeded: parent), frame.rawValue)
        if slots[slot] != 0 {
            children[parent] = ~slots[slot]
            return ID(rawValue: slots[slot])
        }
        let made = append(parent: parent, frame: frame)
        slots[slot] = made
        didInsert()
        children[parent] = ~made
        return ID(rawValue: made)
    }

    private mutating func append(parent: Int, frame: FrameID) -> Int32 {
        let index = Int32(nodes.count)
        nodes.append(Node(parent: Int32(truncatingIfNeeded: parent), frame: frame.rawValue))
        children.append(0)
        return index
    }

    /// Finds out about the children of nodes that were taken from another table.
    private mutating func index() {
        children = [Int32](repeating: 0, count: nodes.count)
        for index in nodes.indices.dropFirst() {
            let parent = Int(nodes[index].parent)
            let known = children[parent]
            if known > 0 { insert(known) }
            if known != 0 { insert(Int32(index)) }
            children[parent] = known == 0 ? Int32(index) : ~Int32(index)
        }
    }

    /// Where the pair is, or the free slot where it belongs.
    private func slotIndex(_ parent: Int32, _ frame: Int32) -> Int {
        let mask = slots.count - 1
        var slot = Self.hash(parent, frame) & mask
        while true {
            let candidate = slots[slot]
            if candidate == 0 { return slot }
            let node = nodes[Int(candidate)]
            if node.parent == parent && node.frame == frame { return slot }
            slot = (slot + 1) & mask
        }
    }

    /// Puts a node that is not there into the hash table.
    private mutating func insert(_ index: Int32) {
        if slots.isEmpty { slots = [Int32](repeating: 0, count: 1024) }
        let node = nodes[Int(index)]
        slots[slotIndex(node.parent, node.frame)] = index
        didInsert()
    }

    private mutating func didInsert() {
        slotsInUse += 1
        guard slotsInUse * 2 > slots.count else { return }
        let old = slots
        slots = [Int32](repeating: 0, count: old.count * 2)
        for index in old where index != 0 {
            let node = nodes[Int(index)]
            slots[slotIndex(node.parent, node.frame)] = index
        }
    }

    /// Fibonacci hashing of the pair: the multiplier is 2^64 / φ, the high bits are the well mixed ones.
    private static func hash(_ parent: Int32, _ frame: Int32) -> Int {
        let key = UInt64(UInt32(bitPattern: parent)) << 32 | UInt64(UInt32(bitPattern: frame))
        let mixed = (key ^ (key >> 29)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: (mixed ^ (mixed >> 32)) & 0x7FFF_FFFF)
    }
}
