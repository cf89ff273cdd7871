internal import ProfileModel

/// Where each visible frame of a flame graph is, in units of weight and levels.
struct FlameGraphLayout {
    struct Box {
        /// nil for the box of everything.
        var symbol: Symbol?
        var depth: Int
        /// Weight to the left of the box.
        var offset: Int64
        var weight: Weight
    }

    /// Frames narrower than this, in a picture of ``referenceWidth``, are left out.
    static let minimumWidth = 0.05
    static let referenceWidth = 1176.0

    let isReversed: Bool
    let total: Weight
    /// In drawing order: a box comes before everything above it, siblings from left to right.
    private(set) var boxes: [Box]
    private(set) var depth = 0
    /// Whether frames were left out for being too narrow.
    private(set) var isPruned = false

    init(_ profile: Profile, column: Int, isReversed: Bool) {
        self.isReversed = isReversed
        let share = Self.minimumWidth / Self.referenceWidth
        let forward = CallTree(profile, column: column)
        let tree = isReversed ? forward.reversed(minimumShare: share) : forward
        total = tree.total
        boxes = [Box(symbol: nil, depth: 0, offset: 0, weight: total)]

        let minimum = share * Double(total.value)
        var next = [Int64](repeating: 0, count: tree.nodes.count)
        var boxes = boxes
        var depth = 0
        var isPruned = false
        tree.visit(.name) { visit in
            let node = tree.nodes[visit.node]
            let offset = next[Int(node.parent)]
            next[Int(node.parent)] = offset.addingSaturating(node.total.value)
            next[visit.node] = offset
            if node.total.value <= 0 { return false }
            if Double(node.total.value) < minimum {
                isPruned = true
                return false
            }
            depth = max(depth, visit.depth)
            boxes.append(
                Box(symbol: tree.symbol(of: visit.node), depth: visit.depth, offset: offset, weight: node.total))
            return true
        }
        self.boxes = boxes
        self.depth = depth
        // A reversed tree was pruned while it grew: what its nodes lack is what was left out.
        var accounted = tree.nodes.map(\.own.value)
        for node in tree.nodes.dropFirst() {
            accounted[Int(node.parent)] = accounted[Int(node.parent)].addingSaturating(node.total.value)
        }
        self.isPruned = isPruned || zip(tree.nodes, accounted).contains { $0.total.value > $1 }
    }
}
