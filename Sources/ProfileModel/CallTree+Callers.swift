extension CallTree {
    /// A tree read from the leaves: children of a node are its callers.
    ///
    /// Every level splits the samples of the level below it, so a stack of depth d can take part in d nodes; branches
    /// that weigh less than `minimumShare` of everything are therefore not followed, which keeps the work within
    /// depth ÷ share nodes. Their weight stays in their parent's total.
    /// - Parameter minimumShare: 0…1; 0 keeps every branch.
    package func reversed(minimumShare: Double = 0) -> CallTree {
        var positions: [Position] = []
        for index in nodes.indices.dropFirst() where nodes[index].own != .zero {
            positions.append(Position(node: Int32(index), weight: nodes[index].own))
        }
        return growing(from: positions, rootOwn: nodes[0].own, minimumShare: minimumShare)
    }

    /// The callers of the symbols for which `isTarget` holds, from each sample's innermost frame of them outward.
    ///
    /// The root's children are the symbols themselves, with the total of every sample that contains one of them,
    /// counted once; samples without them are not in the tree.
    package func callers(minimumShare: Double = 0, of isTarget: (Symbol) -> Bool) -> CallTree {
        let targets = symbols.map(isTarget)
        var innermost = [Int32](repeating: 0, count: nodes.count)
        var weights: [Int32: Weight] = [:]
        for index in nodes.indices.dropFirst() {
            let node = nodes[index]
            innermost[index] = targets[Int(node.symbol)] ? Int32(index) : innermost[Int(node.parent)]
            if innermost[index] > 0, node.own != .zero { weights[innermost[index], default: .zero] += node.own }
        }
        let positions = weights.sorted { $0.key < $1.key }.map { Position(node: $0.key, weight: $0.value) }
        return growing(from: positions, rootOwn: .zero, minimumShare: minimumShare)
    }

    /// Where a group of samples stands on its way from leaf to root.
    private struct Position {
        var node: Int32
        var weight: Weight
    }

    private func growing(from start: [Position], rootOwn: Weight, minimumShare: Double) -> CallTree {
        var grown = [Node(parent: -1, symbol: -1, own: rootOwn, total: rootOwn)]
        for position in start { grown[0].total += position.weight }
        let minimum = minimumShare * Double(grown[0].total.value.magnitude)

        var pending: [(parent: Int32, positions: [Position])] = [(0, start)]
        while let (parent, positions) = pending.popLast() {
            var groups: [Int32: [Position]] = [:]
            for position in positions { groups[nodes[Int(position.node)].symbol, default: []].append(position) }
            for (symbol, group) in groups.sorted(by: { $0.key < $1.key }) {
                var node = Node(parent: parent, symbol: symbol, own: .zero, total: .zero)
                for position in group { node.total += position.weight }
                if Double(node.total.value.magnitude) < minimum { continue }
                var above: [Position] = []
                above.reserveCapacity(group.count)
                for position in group {
                    let caller = nodes[Int(position.node)].parent
                    // Samples that begin here have no caller left: they end in this node.
                    if caller == 0 {
                        node.own += position.weight
                    } else {
                        above.append(Position(node: caller, weight: position.weight))
                    }
                }
                let index = Int32(grown.count)
                grown.append(node)
                if !above.isEmpty { pending.append((index, above)) }
            }
        }
        return CallTree(symbols: symbols, nodes: grown)
    }
}
