internal import ProfileModel

/// Stacks of names with a count each, merged by name; yields them as sorted lines.
struct TextTree {
    private var names: [[UInt8]] = []
    private var ids: [[UInt8]: Int32] = [:]
    private var stacks = StackTable()
    /// One a node of `stacks`; nil where no stack ends.
    private var counts: [Int64?] = [nil]

    mutating func intern(_ name: [UInt8]) -> Int32 {
        if let id = ids[name] { return id }
        let id = Int32(names.count)
        names.append(name)
        ids[name] = id
        return id
    }

    /// - Parameter path: names, outermost first.
    mutating func add(_ path: [Int32], _ count: Int64) {
        var node = StackTable.root
        for name in path { node = stacks.child(of: node, frame: FrameID(rawValue: name)) }
        while counts.count < stacks.count { counts.append(nil) }
        let index = Int(node.rawValue)
        counts[index] = (counts[index] ?? 0).addingSaturating(count)
    }

    func lines() -> [UInt8] {
        let rank = ranks()
        let nodes = stacks.nodes
        // By parent, then by name backward: the pending list is popped from its end.
        let order = nodes.indices.dropFirst().sorted { a, b in
            if nodes[a].parent != nodes[b].parent { return nodes[a].parent < nodes[b].parent }
            return rank[Int(nodes[a].frame)] > rank[Int(nodes[b].frame)]
        }
        var start = [Int](repeating: 0, count: nodes.count + 1)
        for node in nodes.dropFirst() { start[Int(node.parent) + 1] += 1 }
        for index in nodes.indices { start[index + 1] += start[index] }

        var output: [UInt8] = []
        var line: [UInt8] = []
        // Where the parent's part of the line ends, for each pending node.
        var pending = order[..<start[1]].map { (node: $0, prefix: 0) }
        while let (node, prefix) = pending.popLast() {
            line.removeSubrange(prefix...)
            if nodes[node].parent != 0 { line.append(UInt8(ascii: ";")) }
            line.append(contentsOf: names[Int(nodes[node].frame)])
            if let count = counts[node] {
                output.append(contentsOf: line)
                output.append(UInt8(ascii: " "))
                output.append(contentsOf: String(count).utf8)
                output.append(UInt8(ascii: "\n"))
            }
            for child in order[start[node]..<start[node + 1]] { pending.append((child, line.count)) }
        }
        return output
    }

    /// Position of each name in byte order.
    private func ranks() -> [Int32] {
        let order = names.indices.sorted { names[$0].lexicographicallyPrecedes(names[$1]) }
        var rank = [Int32](repeating: 0, count: names.count)
        for (position, name) in order.enumerated() { rank[name] = Int32(position) }
        return rank
    }
}
