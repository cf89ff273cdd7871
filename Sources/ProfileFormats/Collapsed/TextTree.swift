internal import Glibc
internal import ProfileModel

/// Stacks of names with a count each, merged by name; yields them as sorted lines.
///
/// Stacks whose frames have equal names are found while the lines are written: what is below a line are the children of
/// all nodes that it stands for, sorted by name.
struct TextTree {
    private let nodes: [StackTable.Node]
    /// The position of each frame's name in the order of bytes: equal for equal names.
    private let ranks: [Int32]
    /// The name with each rank.
    private let names: [[UInt8]]
    /// One a node; -1 where no stack ends.
    private var counts: [Int64]

    /// - Parameters:
    ///   - nodes: stacks over frames, the root first, parents before their children.
    ///   - frames: for each frame its position in `names`.
    ///   - names: all different.
    init(nodes: [StackTable.Node], frames: [Int32], names: [[UInt8]]) {
        self.nodes = nodes
        let order = names.indices.sorted { Self.precedes(names[$0], names[$1]) }
        var ranks = [Int32](repeating: 0, count: names.count)
        for (position, name) in order.enumerated() { ranks[name] = Int32(position) }
        self.ranks = frames.map { ranks[Int($0)] }
        self.names = order.map { names[$0] }
        counts = [Int64](repeating: -1, count: nodes.count)
    }

    /// - Parameter count: not negative.
    mutating func add(_ count: Int64, at node: Int) { counts[node] = max(0, counts[node]).addingSaturating(count) }

    /// Writes all lines in order. O(nodes + output), and the sorting of siblings.
    /// - Parameter output: gets one line after the other; its bytes are valid during the call only.
    func write(to output: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        let (order, start) = childrenOfNodes()
        var line = LineBuffer()
        // The nodes of the pending lines; those of the last one are at the end.
        var members: [Int32] = []
        var pending: [(firstMember: Int, prefix: Int)] = []
        var children = SiblingSort()

        /// Puts the children of some nodes in front of what is pending.
        func push(prefix: Int) {
            children.finish {
                pending.append((members.count, prefix))
            } member: {
                members.append($0)
            }
        }
        for child in order[..<Int(start[1])] { children.add(child, rank: ranks[Int(nodes[Int(child)].frame)]) }
        push(prefix: 0)
        while let (firstMember, prefix) = pending.popLast() {
            line.truncate(to: prefix)
            // Most nodes have one child.
            while true {
                let node = Int(members[firstMember])
                line.append(names[Int(ranks[Int(nodes[node].frame)])])
                var count: Int64 = -1
                var childCount = 0
                for member in members[firstMember...] {
                    let own = counts[Int(member)]
                    if own >= 0 { count = max(0, count).addingSaturating(own) }
                    childCount += Int(start[Int(member) + 1] - start[Int(member)])
                }
                if count >= 0 { try line.write(count: count, to: output) }
                guard childCount == 1, members.count - firstMember == 1 else { break }
                members[firstMember] = order[Int(start[node])]
                line.appendSeparator()
            }
            for member in members[firstMember...] {
                for child in order[Int(start[Int(member)])..<Int(start[Int(member) + 1])] {
                    children.add(child, rank: ranks[Int(nodes[Int(child)].frame)])
                }
            }
            members.removeSubrange(firstMember...)
            line.appendSeparator()
            push(prefix: line.count)
        }
    }

    /// The children of each node, grouped by parent, and where each group begins.
    private func childrenOfNodes() -> (order: [Int32], start: [Int32]) {
        var start = [Int32](repeating: 0, count: nodes.count + 2)
        // Counted one place further on, so that filling the groups moves each begin to where it belongs.
        for node in nodes.dropFirst() { start[Int(node.parent) + 2] += 1 }
        for index in 2..<start.count { start[index] += start[index - 1] }
        var order = [Int32](repeating: 0, count: nodes.count - 1)
        for index in nodes.indices.dropFirst() {
            let parent = Int(nodes[index].parent)
            order[Int(start[parent + 1])] = Int32(truncatingIfNeeded: index)
            start[parent + 1] += 1
        }
        return (order, start)
    }

    private static func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        let order = memcmp(a, b, min(a.count, b.count))
        return order != 0 ? order < 0 : a.count < b.count
    }
}

/// Sorts nodes by the ranks of their names, the last one first, as pending lines are taken from the end.
private struct SiblingSort {
    /// rank << 32 | node.
    private var keys: [UInt64] = []

    mutating func add(_ node: Int32, rank: Int32) {
        keys.append(UInt64(UInt32(bitPattern: rank)) << 32 | UInt64(UInt32(bitPattern: node)))
    }

    /// Hands on what was added, and begins anew.
    /// - Parameter line: is told that the next nodes have a name of their own.
    mutating func finish(line: () -> Void, member: (Int32) -> Void) {
        if keys.count > 1 { keys.sort(by: >) }
        var last: UInt64?
        for key in keys {
            if key >> 32 != last {
                line()
                last = key >> 32
            }
            member(Int32(truncatingIfNeeded: key))
        }
        keys.removeAll(keepingCapacity: true)
    }
}

/// The line that is being written.
private struct LineBuffer {
    private var bytes: [UInt8] = []

    var count: Int { bytes.count }

    mutating func truncate(to count: Int) { bytes.removeSubrange(count...) }
    mutating func append(_ name: [UInt8]) { bytes.append(contentsOf: name) }
    mutating func appendSeparator() { bytes.append(UInt8(ascii: ";")) }

    /// Writes the line with its number, which is no part of what follows it.
    mutating func write(count value: Int64, to output: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        let end = bytes.count
        bytes.append(contentsOf: " \(value)\n".utf8)
        try bytes.withUnsafeBytes(output)
        truncate(to: end)
    }
}
