/// Which hypotheses of a tree to report, from above: those below one are looked at only when it is reported.
///
/// A node stands for "something in here differs". Its p-value is Simes's of its own hypotheses and its children; the
/// members of a family are then tested by Benjamini & Hochberg at the rate of the parent's family times the share of it
/// that was reported, which holds the expected share of false reports on every level.
/// Source: M. Bogomolov, C. Peterson, Y. Benjamini & C. Sabatti, *Hypotheses on a Tree: New Error Rates and Testing
/// Strategies*, 2021; R. Simes, *An Improved Bonferroni Procedure*, 1986.
package struct SelectionTree: Sendable {
    package struct Node: Sendable {
        /// Index of the parent, smaller than the node's own; -1 at the root, which comes first.
        package var parent: Int
        /// Hypotheses of the node's own.
        package var pValues: [Double]

        package init(parent: Int, pValues: [Double]) {
            self.parent = parent
            self.pValues = pValues
        }
    }

    /// Of each node: that something in it differs; 1 where there is nothing to test.
    package let combined: [Double]
    /// Which of each node's own hypotheses are reported.
    package let isReported: [[Bool]]

    package init(_ nodes: [Node], falseDiscoveryRate: Double) {
        var families = nodes.map { $0.pValues }
        var members = [[Int]](repeating: [], count: nodes.count)
        var combined = [Double](repeating: 1, count: nodes.count)
        for index in nodes.indices.reversed() where !families[index].isEmpty {
            combined[index] = BenjaminiHochberg(pValues: families[index]).adjustedPValues.min() ?? 1
            guard index > 0 else { continue }
            families[nodes[index].parent].append(combined[index])
            members[nodes[index].parent].append(index)
        }
        var rate = [Double](repeating: 0, count: nodes.count)
        var reported = nodes.map { [Bool](repeating: false, count: $0.pValues.count) }
        if let first = combined.first, first <= falseDiscoveryRate { rate[0] = falseDiscoveryRate }
        for index in nodes.indices where rate[index] > 0 {
            let selection = BenjaminiHochberg(pValues: families[index], falseDiscoveryRate: rate[index]).isReported
            let own = nodes[index].pValues.count
            reported[index] = Array(selection.prefix(own))
            let share = Double(selection.count { $0 }) / Double(max(1, selection.count))
            for (child, isSelected) in zip(members[index], selection.dropFirst(own)) where isSelected {
                rate[child] = rate[index] * share
            }
        }
        self.combined = combined
        isReported = reported
    }
}
