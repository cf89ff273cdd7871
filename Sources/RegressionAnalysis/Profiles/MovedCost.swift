internal import ProfileModel

/// Cost that changed places below a function that costs what it did, as when a function is inlined into its caller.
package struct MovedCost: Hashable, Sendable {
    /// Functions whose self cost went, and that it came to, by index.
    package let from: [Int]
    package let to: [Int]
    /// The innermost frame that all of it stayed in; empty for the whole profile.
    package let path: [String]
    /// What went.
    package let amount: Double
    /// What came, less what went.
    package let rest: CostChange

    /// p-value from which on a cost counts as unchanged, if the difference is small as well.
    static let unchangedLevel = 0.01
    /// Share of what moved that may be missing or too much.
    static let tolerance = 0.2
    /// Share of a function's whole change that must be below the frame.
    private static let localShare = 0.8
    /// Changed functions that are looked at, the greatest changes first: sets of them are tried in pairs.
    private static let mostFunctions = 64

    /// Finds groups from the leaves up; a function is in one group at most.
    ///
    /// Below a frame, what went and what came cancel within a fifth and what was counted (p ≥ 1 %); the frame's total and
    /// what it holds besides are unchanged; and one of the functions appeared or all but went away there. The last tells
    /// a move from growth among shares, where one function's growth is all others' loss.
    /// - Parameter changed: functions whose self cost changed.
    static func find(in tree: PairedCallTree, changed: [Int], differences: [Double], meter: CostMeter) -> [MovedCost] {
        let largest = changed.sorted { differences[$0].magnitude > differences[$1].magnitude }.prefix(mostFunctions)
        var pending = Set(largest)
        guard pending.count > 1 else { return [] }
        var below = [[Int: [Int64]]](repeating: [:], count: tree.nodes.count)
        var groups: [MovedCost] = []
        for node in tree.nodes.indices.reversed() {
            if node > 0, pending.contains(Int(tree.nodes[node].function)) {
                add(Array(tree.own(of: node)), to: &below[node][Int(tree.nodes[node].function)])
            }
            guard !below[node].isEmpty else { continue }
            let members = below[node].filter { function, values in
                let (before, after) = meter.costs(values[...])
                return pending.contains(function)
                    && (after - before) * differences[function] >= localShare * differences[function]
                        * differences[function]
            }
            for group in balanced(members, differences: differences, total: tree.total(of: node), meter: meter) {
                pending.subtract(group.from + group.to)
                groups.append(
                    MovedCost(
                        from: group.from, to: group.to, path: tree.path(to: node), amount: group.amount,
                        rest: group.rest))
            }
            guard node > 0 else { break }
            let parent = Int(tree.nodes[node].parent)
            for (function, values) in below[node] where pending.contains(function) {
                add(values, to: &below[parent][function])
            }
            below[node] = [:]
        }
        return groups
    }

    private static func add(_ values: [Int64], to sum: inout [Int64]?) {
        sum = sum.map { zip($0, values).map { $0.addingSaturating($1) } } ?? values
    }

    private typealias Group = (from: [Int], to: [Int], amount: Double, rest: CostChange)

    private static func balanced(
        _ members: [Int: [Int64]], differences: [Double], total: ArraySlice<Int64>, meter: CostMeter
    ) -> [Group] {
        var losers = members.keys.filter { differences[$0] < 0 }.sorted()
        var gainers = members.keys.filter { differences[$0] > 0 }.sorted()
        guard !losers.isEmpty, !gainers.isEmpty, isUnchanged(meter.change(total), of: .infinity) else { return [] }
        var groups: [Group] = []
        func attempt(_ from: [Int], _ to: [Int]) -> Bool {
            guard let group = group(from, to, members, total: total, meter: meter) else { return false }
            groups.append(group)
            losers.removeAll { from.contains($0) }
            gainers.removeAll { to.contains($0) }
            return true
        }
        for loser in losers {
            let nearest = gainers.min { a, b in
                (differences[a] + differences[loser]).magnitude < (differences[b] + differences[loser]).magnitude
            }
            if let nearest { _ = attempt([loser], [nearest]) }
        }
        if losers.count + gainers.count > 2, !losers.isEmpty, !gainers.isEmpty { _ = attempt(losers, gainers) }
        return groups
    }

    private static func group(
        _ from: [Int], _ to: [Int], _ members: [Int: [Int64]], total: ArraySlice<Int64>, meter: CostMeter
    ) -> Group? {
        let all = (from + to).compactMap { members[$0] }
        let sum = all.dropFirst().reduce(all[0]) { zip($0, $1).map { $0.addingSaturating($1) } }
        let lost = from.compactMap { members[$0] }.reduce(0.0) { sum, values in
            let (before, after) = meter.costs(values[...])
            return sum + before - after
        }
        let change = meter.change(sum[...])
        guard isUnchanged(change, of: lost) else { return nil }
        let others = zip(total, sum).map { max(0, $0 - $1) }
        guard isUnchanged(meter.change(others[...]), of: .infinity) else { return nil }
        let isPlaced = all.contains { values in
            let (before, after) = meter.costs(values[...])
            return min(before, after) <= tolerance * max(before, after)
        }
        return isPlaced ? (from, to, lost, change) : nil
    }

    /// - Parameter amount: what a difference is small beside.
    private static func isUnchanged(_ change: CostChange, of amount: Double) -> Bool {
        change.pValue >= unchangedLevel && change.difference.magnitude <= tolerance * amount
    }
}
