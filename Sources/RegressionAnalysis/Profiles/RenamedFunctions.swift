internal import ProfileModel

/// Functions that are in one side only and cost the same in the same place: renamed, or replaced by their like.
///
/// A function that went away and one that is new are a pair when, below one caller, both cost the same within what was
/// counted (p ≥ 1 %, and at most a fifth apart) and, where they call anything, call some of the same functions. Pairs
/// are found from the outermost frame inward, since what is below a renamed function has no common path before.
enum RenamedFunctions {
    /// Most passes, each of which can find what is below the finds of the one before.
    private static let mostRounds = 16

    static func find(_ profiles: ComparedProfiles, meter: CostMeter, minimumCount: Double) -> (
        renames: [String: String], tree: PairedCallTree
    ) {
        var renames: [String: String] = [:]
        var tree = PairedCallTree(before: profiles.before, after: profiles.after)
        for _ in 0..<mostRounds {
            let found = pairs(in: tree, meter: meter, minimumCount: minimumCount)
            if found.isEmpty { break }
            renames.merge(found) { old, _ in old }
            tree = PairedCallTree(before: profiles.before, after: profiles.after, renames: renames)
        }
        return (renames, tree)
    }

    private static func pairs(in tree: PairedCallTree, meter: CostMeter, minimumCount: Double) -> [String: String] {
        let weights = tree.functionWeights().total
        let sides = tree.functions.indices.map { function in
            meter.costs(weights[(function * tree.runCount)..<((function + 1) * tree.runCount)])
        }
        let children = tree.childLists()
        var renames: [String: String] = [:]
        var taken: Set<Int32> = []
        for parent in tree.nodes.indices where children[parent].count > 1 {
            func candidates(_ isCandidate: (Int) -> Bool) -> [Int32] {
                let found = children[parent].filter { child in
                    let function = tree.nodes[Int(child)].function
                    return isCandidate(Int(function)) && !taken.contains(function)
                        && tree.functions[Int(function)].category != .marker
                        && meter.count(tree.total(of: Int(child))) >= minimumCount
                }
                // The heaviest are enough, and pairs grow with the square.
                return Array(
                    found.sorted { meter.count(tree.total(of: Int($0))) > meter.count(tree.total(of: Int($1))) }
                        .prefix(32))
            }
            let gone = candidates { sides[$0].after == 0 }
            guard !gone.isEmpty else { continue }
            let new = candidates { sides[$0].before == 0 }
            for old in gone {
                let calls = callees(of: old, tree, children)
                let match = new.filter { candidate in
                    guard !taken.contains(tree.nodes[Int(candidate)].function) else { return false }
                    let others = callees(of: candidate, tree, children)
                    guard calls.isEmpty || others.isEmpty || !calls.isDisjoint(with: others) else { return false }
                    let joined = zip(tree.total(of: Int(old)), tree.total(of: Int(candidate))).map { $0 + $1 }
                    return isUnchanged(meter.change(joined[...]))
                }.min { distance(old, $0, tree, meter) < distance(old, $1, tree, meter) }
                guard let match else { continue }
                let (from, to) = (tree.nodes[Int(old)].function, tree.nodes[Int(match)].function)
                taken.formUnion([from, to])
                let (oldName, newName) = (tree.functions[Int(from)].name, tree.functions[Int(to)].name)
                if !oldName.isEmpty, !newName.isEmpty { renames[oldName] = newName }
            }
        }
        return renames
    }

    private static func isUnchanged(_ change: CostChange) -> Bool {
        change.pValue >= MovedCost.unchangedLevel
            && change.difference.magnitude <= MovedCost.tolerance * max(change.before, change.after)
    }

    private static func callees(of node: Int32, _ tree: PairedCallTree, _ children: [[Int32]]) -> Set<Int32> {
        Set(children[Int(node)].map { tree.nodes[Int($0)].function })
    }

    private static func distance(_ old: Int32, _ new: Int32, _ tree: PairedCallTree, _ meter: CostMeter) -> Double {
        (meter.costs(tree.total(of: Int(new))).after - meter.costs(tree.total(of: Int(old))).before).magnitude
    }
}
