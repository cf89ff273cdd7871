/// Every function of a profile with the samples that ended in it and the samples that it was part of.
package struct FunctionTable: Sendable {
    package struct Row: Sendable {
        package var symbol: Symbol
        /// Samples whose leaf it is.
        package var own: Weight
        /// Samples with the function anywhere in their stack; one sample counts once, however often it recurses.
        package var total: Weight
    }

    /// Sort keys; ties go by the other weight, then by name.
    package enum Order: String, CaseIterable, Sendable {
        case own = "self"
        case total
        case name
    }

    package var rows: [Row]
    /// What all samples weigh together.
    package var total: Weight

    /// Inlined copies of a function count with the function.
    package init(_ profile: Profile, column: Int) {
        self.init(CallTree(profile, column: column, separatesInlined: false))
    }

    /// O(nodes): one walk with, for each symbol, how often it is on the way from the root to here.
    init(_ tree: CallTree) {
        total = tree.total
        rows = tree.symbols.map { Row(symbol: $0, own: .zero, total: .zero) }
        var depthOnPath = [Int32](repeating: 0, count: tree.symbols.count)
        var pending: [(node: Int32, leaves: Bool)] = tree.children(of: 0).map { ($0, false) }
        while let (node, leaves) = pending.popLast() {
            let symbol = Int(tree.nodes[Int(node)].symbol)
            if leaves {
                depthOnPath[symbol] -= 1
                continue
            }
            rows[symbol].own += tree.nodes[Int(node)].own
            if depthOnPath[symbol] == 0 { rows[symbol].total += tree.nodes[Int(node)].total }
            depthOnPath[symbol] += 1
            pending.append((node, true))
            for child in tree.children(of: Int(node)) { pending.append((child, false)) }
        }
        rows.removeAll { $0.own == .zero && $0.total == .zero }
    }

    package func sorted(by order: Order) -> [Row] {
        rows.sorted { a, b in
            let first = order == .total ? (a.total.value, b.total.value) : (a.own.value, b.own.value)
            let second = order == .total ? (a.own.value, b.own.value) : (a.total.value, b.total.value)
            if order != .name {
                if first.0 != first.1 { return first.0 > first.1 }
                if second.0 != second.1 { return second.0 > second.1 }
            }
            return a.symbol.precedes(b.symbol)
        }
    }
}
