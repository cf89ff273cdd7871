/// The samples of a profile merged into one tree of symbols, with what each node weighs by itself and with everything
/// below it.
///
/// Node 0 is the root, which stands for all samples; a parent's index is always smaller than its children's. Nothing
/// here recurses, so the depth of a stack costs memory only.
package struct CallTree: Sendable {
    package struct Node: Sendable {
        package var parent: Int32
        /// Index into ``CallTree/symbols``; -1 at the root.
        package var symbol: Int32
        /// Samples that end here.
        package var own: Weight
        /// Samples that pass through here, those that end here included.
        package var total: Weight
    }

    package internal(set) var symbols: [Symbol]
    package internal(set) var nodes: [Node]
    /// Children of all nodes, grouped by parent; see ``children(of:)``.
    private var childIndex: [Int32]
    private var childStart: [Int32]

    /// Merges from the thread's entry downward: children of a node are the functions it called.
    ///
    /// O(stack nodes + samples).
    package init(_ profile: Profile, column: Int, separatesInlined: Bool = true) {
        let table = ProfileSymbols(profile, separatesInlined: separatesInlined)
        var merged = StackTable()
        var mapped = [StackTable.ID](repeating: StackTable.root, count: profile.stacks.count)
        var isNeeded = [Bool](repeating: false, count: profile.stacks.count)
        for stack in profile.samples.stacks { isNeeded[Int(stack.rawValue)] = true }
        let stackNodes = profile.stacks.nodes
        for index in stackNodes.indices.dropFirst().reversed() where isNeeded[index] {
            isNeeded[Int(stackNodes[index].parent)] = true
        }
        for index in stackNodes.indices.dropFirst() where isNeeded[index] {
            let node = stackNodes[index]
            let symbol = table.symbolOfFrame[Int(node.frame)]
            mapped[index] = merged.child(of: mapped[Int(node.parent)], frame: FrameID(rawValue: symbol))
        }
        var nodes = merged.nodes.map { Node(parent: $0.parent, symbol: $0.frame, own: .zero, total: .zero) }
        for (stack, weight) in zip(profile.samples.stacks, profile.weights(column: column)) {
            nodes[Int(mapped[Int(stack.rawValue)].rawValue)].own += weight
        }
        for index in nodes.indices.reversed() {
            nodes[index].total += nodes[index].own
            if index > 0 { nodes[Int(nodes[index].parent)].total += nodes[index].total }
        }
        self.init(symbols: table.symbols, nodes: nodes)
    }

    /// A tree of nodes whose totals are already summed.
    init(symbols: [Symbol], nodes: [Node]) {
        self.symbols = symbols
        self.nodes = nodes
        childStart = [Int32](repeating: 0, count: nodes.count + 1)
        for node in nodes.dropFirst() { childStart[Int(node.parent) + 1] += 1 }
        for index in nodes.indices { childStart[index + 1] += childStart[index] }
        var next = childStart
        childIndex = [Int32](repeating: 0, count: max(0, nodes.count - 1))
        for index in nodes.indices.dropFirst() {
            let parent = Int(nodes[index].parent)
            childIndex[Int(next[parent])] = Int32(index)
            next[parent] += 1
        }
    }

    /// What all samples weigh together.
    package var total: Weight { nodes[0].total }

    /// Indices of a node's children, in the order in which they were first seen.
    package func children(of node: Int) -> ArraySlice<Int32> {
        childIndex[Int(childStart[node])..<Int(childStart[node + 1])]
    }

    /// The symbol of a node; nil at the root.
    package func symbol(of node: Int) -> Symbol? {
        node == 0 ? nil : symbols[Int(nodes[node].symbol)]
    }
}
