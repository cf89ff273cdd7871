/// The call trees of profiles made before and after a change, laid over each other: a node is a path of function names,
/// with what it weighs in each run.
///
/// Functions are matched by name (``ComparableName``) and by whether they are the kernel's, never by address or module:
/// addresses, module versions and program names differ between builds. Inlined copies count with their function, since
/// a new build inlines elsewhere. Node 0 is the root; a parent's index is always smaller than its children's.
package struct PairedCallTree: Sendable {
    /// A profile and the column of it that is compared.
    package struct Run: Sendable {
        package var profile: Profile
        package var column: Int

        package init(_ profile: Profile, column: Int) {
            self.profile = profile
            self.column = column
        }
    }

    package struct Node: Hashable, Sendable {
        package var parent: Int32
        /// Index into ``PairedCallTree/functions``; -1 at the root.
        package var function: Int32
    }

    /// As the later profile has it, or the earlier one where the later does not have the function.
    package let functions: [Symbol]
    package let nodes: [Node]
    /// Those of the runs before come first.
    package let runCount: Int
    package let beforeCount: Int
    /// Weight that ends in a node, at `node * runCount + run`.
    package let own: [Int64]
    /// Weight that passes through a node, in the same places.
    package let total: [Int64]

    /// O(stack nodes + samples of all runs).
    /// - Parameter renames: what functions of the runs before are called after, both as ``ComparableName``.
    package init(before: [Run], after: [Run], renames: [String: String] = [:]) {
        let runs = before + after
        runCount = runs.count
        beforeCount = before.count
        var merged = StackTable()
        var functions: [Symbol] = []
        var known: [Key: Int32] = [:]
        var positions: [[Int32]] = []
        var trees: [CallTree] = []
        for (index, run) in runs.enumerated() {
            let tree = CallTree(run.profile, column: run.column, separatesInlined: false)
            let ids = tree.symbols.map { symbol -> Int32 in
                let key = Key(symbol, renames: index < before.count ? renames : [:])
                if let id = known[key] {
                    if index >= before.count || symbol.name == key.name { functions[Int(id)] = symbol }
                    return id
                }
                let id = Int32(functions.count)
                functions.append(symbol)
                known[key] = id
                return id
            }
            var mapped = [Int32](repeating: 0, count: tree.nodes.count)
            for node in tree.nodes.indices.dropFirst() {
                let parent = StackTable.ID(rawValue: mapped[Int(tree.nodes[node].parent)])
                let frame = FrameID(rawValue: ids[Int(tree.nodes[node].symbol)])
                mapped[node] = merged.child(of: parent, frame: frame).rawValue
            }
            positions.append(mapped)
            trees.append(tree)
        }
        let nodes = merged.nodes.map { Node(parent: $0.parent, function: $0.frame) }
        var own = [Int64](repeating: 0, count: nodes.count * runs.count)
        var total = own
        for (run, tree) in trees.enumerated() {
            for (node, place) in zip(tree.nodes, positions[run]) {
                let slot = Int(place) * runs.count + run
                own[slot] = own[slot].addingSaturating(node.own.value)
            }
        }
        for index in functions.indices { functions[index].name = ComparableName.of(functions[index].name) }
        for node in nodes.indices.reversed() {
            for run in 0..<runs.count {
                let slot = node * runs.count + run
                total[slot] = total[slot].addingSaturating(own[slot])
                if node > 0 {
                    let above = Int(nodes[node].parent) * runs.count + run
                    total[above] = total[above].addingSaturating(total[slot])
                }
            }
        }
        self.functions = functions
        self.nodes = nodes
        self.own = own
        self.total = total
    }

    /// Whether anything but statements of the profiler is on both sides.
    package var hasCommonFunction: Bool {
        var seen = [(before: Bool, after: Bool)](repeating: (false, false), count: functions.count)
        for (index, node) in nodes.enumerated().dropFirst() {
            let weights = total[(index * runCount)..<((index + 1) * runCount)]
            if weights.prefix(beforeCount).contains(where: { $0 != 0 }) { seen[Int(node.function)].before = true }
            if weights.dropFirst(beforeCount).contains(where: { $0 != 0 }) { seen[Int(node.function)].after = true }
        }
        return zip(functions, seen).contains { $0.category != .marker && $1.before && $1.after }
    }

    /// What ends in a node, in each run.
    package func own(of node: Int) -> ArraySlice<Int64> { own[(node * runCount)..<((node + 1) * runCount)] }

    /// What passes through a node, in each run.
    package func total(of node: Int) -> ArraySlice<Int64> { total[(node * runCount)..<((node + 1) * runCount)] }

    /// Names from below the root to a node.
    package func path(to node: Int) -> [String] {
        var path: [String] = []
        var index = node
        while index > 0 {
            path.append(functions[Int(nodes[index].function)].name)
            index = Int(nodes[index].parent)
        }
        return path.reversed()
    }

    /// Children of every node, in rising order.
    package func childLists() -> [[Int32]] {
        var lists = [[Int32]](repeating: [], count: nodes.count)
        for index in nodes.indices.dropFirst() { lists[Int(nodes[index].parent)].append(Int32(index)) }
        return lists
    }

    /// What each function weighs in each run, at `function * runCount + run`: by itself, and with what it called, where
    /// a stack counts once however often it recurses.
    package func functionWeights() -> (own: [Int64], total: [Int64]) {
        var ownSums = [Int64](repeating: 0, count: functions.count * runCount)
        var totalSums = ownSums
        var onPath = [Int32](repeating: 0, count: functions.count)
        let children = childLists()
        var pending: [(node: Int32, leaves: Bool)] = children[0].map { ($0, false) }
        while let (node, leaves) = pending.popLast() {
            let function = Int(nodes[Int(node)].function)
            if leaves {
                onPath[function] -= 1
                continue
            }
            for run in 0..<runCount {
                let (to, from) = (function * runCount + run, Int(node) * runCount + run)
                ownSums[to] = ownSums[to].addingSaturating(own[from])
                if onPath[function] == 0 { totalSums[to] = totalSums[to].addingSaturating(total[from]) }
            }
            onPath[function] += 1
            pending.append((node, true))
            for child in children[Int(node)] { pending.append((child, false)) }
        }
        return (ownSums, totalSums)
    }

    /// What tells functions apart across builds.
    private struct Key: Hashable {
        let name: String
        let isKernel: Bool
        let isMarker: Bool
        /// Only where there is no name to go by.
        let module: String

        init(_ symbol: Symbol, renames: [String: String]) {
            let comparable = ComparableName.of(symbol.name)
            name = renames[comparable] ?? comparable
            isKernel = symbol.category == .kernel
            isMarker = symbol.category == .marker
            module = symbol.name.isEmpty ? symbol.module : ""
        }
    }
}
