internal import Glibc
internal import ProfileModel

/// Stacks of names with a count each, merged by name; yields them as sorted lines.
struct TextTree {
    private var names: [[UInt8]] = []
    private var ids: [[UInt8]: Int32] = [:]
    private var stacks = StackTable()
    /// One a node of `stacks`, as far as they go; nil where no stack ends.
    private var counts: [Int64?] = []

    mutating func intern(_ name: [UInt8]) -> Int32 {
        if let id = ids[name] { return id }
        let id = Int32(names.count)
        names.append(name)
        ids[name] = id
        return id
    }

    /// The stack that has a name below another stack.
    // hot: per distinct stack
    mutating func child(of parent: StackTable.ID, _ name: Int32) -> StackTable.ID {
        stacks.child(of: parent, frame: FrameID(rawValue: name))
    }

    mutating func add(_ count: Int64, at stack: StackTable.ID) {
        let index = Int(stack.rawValue)
        if index >= counts.count { counts.append(contentsOf: repeatElement(nil, count: stacks.count - counts.count)) }
        counts[index] = (counts[index] ?? 0).addingSaturating(count)
    }

    func lines() -> [UInt8] {
        let nodes = stacks.nodes
        let (order, start) = childrenInOrder()
        // Texts may be many times what they are made of: their length is known before they are written.
        var lengths = [Int](repeating: 0, count: nodes.count)
        var size = 0
        for index in nodes.indices.dropFirst() {
            let parent = Int(nodes[index].parent)
            lengths[index] = lengths[parent] + names[Int(nodes[index].frame)].count + (parent > 0 ? 1 : 0)
            if index < counts.count, counts[index] != nil { size += lengths[index] + Self.longestCount }
        }
        return [UInt8](unsafeUninitializedCapacity: size) { output, count in
            var line: [UInt8] = []
            // Where the parent's part of the line ends, for each pending node.
            var pending = order[..<start[1]].map { (node: Int($0), prefix: 0) }
            while let (node, prefix) = pending.popLast() {
                line.removeSubrange(prefix...)
                if nodes[node].parent != 0 { line.append(UInt8(ascii: ";")) }
                line.append(contentsOf: names[Int(nodes[node].frame)])
                if node < counts.count, let value = counts[node] {
                    count += UnsafeMutableBufferPointer(rebasing: output[count...]).update(fromContentsOf: line)
                    for byte in " \(value)\n".utf8 {
                        output[count] = byte
                        count += 1
                    }
                }
                for child in order[start[node]..<start[node + 1]] { pending.append((Int(child), line.count)) }
            }
        }
    }

    /// A space, 19 digits and a line feed.
    private static let longestCount = 21

    /// The children of each node by name backward, as the pending ones are taken from the end, and where they begin.
    private func childrenInOrder() -> (order: [Int32], start: [Int]) {
        let nodes = stacks.nodes
        let rank = ranks()
        var start = [Int](repeating: 0, count: nodes.count + 1)
        for node in nodes.dropFirst() { start[Int(node.parent) + 1] += 1 }
        for index in nodes.indices { start[index + 1] += start[index] }
        var next = start
        var order = [Int32](repeating: 0, count: nodes.count - 1)
        for index in nodes.indices.dropFirst() {
            let parent = Int(nodes[index].parent)
            order[next[parent]] = Int32(index)
            next[parent] += 1
        }
        // Most nodes have one child.
        for node in nodes.indices where start[node + 1] - start[node] > 1 {
            order[start[node]..<start[node + 1]].sort {
                rank[Int(nodes[Int($0)].frame)] > rank[Int(nodes[Int($1)].frame)]
            }
        }
        return (order, start)
    }

    /// Position of each name in byte order.
    private func ranks() -> [Int32] {
        let order = names.indices.sorted { Self.precedes(names[$0], names[$1]) }
        var rank = [Int32](repeating: 0, count: names.count)
        for (position, name) in order.enumerated() { rank[name] = Int32(position) }
        return rank
    }

    private static func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        let order = memcmp(a, b, min(a.count, b.count))
        return order != 0 ? order < 0 : a.count < b.count
    }
}
