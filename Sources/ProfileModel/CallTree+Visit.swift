extension CallTree {
    /// A node and how far it is from the root, whose depth is 0.
    package struct Visit: Sendable {
        package var node: Int
        package var depth: Int
    }

    /// How siblings follow each other.
    package enum Order: Sendable {
        /// By name, then module: equal profiles give equal pictures.
        case name
        /// The heaviest first, equal ones by name.
        case total
    }

    /// Calls `body` for every node but the root, parents before children and a node's subtree without interruption.
    ///
    /// - Parameter body: answers whether to go on to the node's children.
    package func visit(_ order: Order, _ body: (Visit) throws -> Bool) rethrows {
        let rank = nameRanks()
        func sorted(_ children: ArraySlice<Int32>) -> [Int32] {
            // Reversed, since the pending list is popped from its end.
            children.sorted { a, b in
                let (x, y) = (nodes[Int(a)], nodes[Int(b)])
                if order == .total, x.total.value != y.total.value { return x.total.value < y.total.value }
                return rank[Int(x.symbol)] > rank[Int(y.symbol)]
            }
        }
        var pending = sorted(children(of: 0)).map { Visit(node: Int($0), depth: 1) }
        while let next = pending.popLast() {
            guard try body(next) else { continue }
            let below = children(of: next.node)
            if below.count == 1 {
                pending.append(Visit(node: Int(below[below.startIndex]), depth: next.depth + 1))
            } else {
                for child in sorted(below) { pending.append(Visit(node: Int(child), depth: next.depth + 1)) }
            }
        }
    }

    /// Position of each symbol in name order.
    private func nameRanks() -> [Int32] {
        let order = symbols.indices.sorted { symbols[$0].precedes(symbols[$1]) }
        var rank = [Int32](repeating: 0, count: symbols.count)
        for (position, symbol) in order.enumerated() { rank[symbol] = Int32(position) }
        return rank
    }
}

extension Symbol {
    /// A total order for output: name, module, kind, inlined copies last.
    package func precedes(_ other: Symbol) -> Bool {
        if name != other.name { return name < other.name }
        if module != other.module { return module < other.module }
        if category != other.category { return category.rawValue < other.category.rawValue }
        if kind != other.kind { return kind.rawValue < other.kind.rawValue }
        return !isInlined && other.isInlined
    }
}
