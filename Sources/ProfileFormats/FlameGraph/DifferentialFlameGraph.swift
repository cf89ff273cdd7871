package import ProfileModel

/// A flame graph of two sides: as wide as after, colored by what changed.
///
/// Red frames cost more than before, blue ones less; the more of everything the change is, the stronger the color; gray
/// ones changed by no more than chance. What is gone has no width after, so it is drawn in a section of its own at the
/// right, `[only before]`, with its width before and the frames that led there. Titles tell both sides.
package struct DifferentialFlameGraph {
    /// How costs are told.
    package struct Costs {
        /// What a weight before is divided by, and one after, to be comparable.
        package var divisorBefore: Double
        package var divisorAfter: Double
        /// A comparable cost as text.
        package var text: (Double) -> String

        package init(divisorBefore: Double, divisorAfter: Double, text: @escaping (Double) -> String) {
            self.divisorBefore = divisorBefore
            self.divisorAfter = divisorAfter
            self.text = text
        }
    }

    /// Shades of each color.
    static let shades = 5
    /// Weights are laid out in this many steps, whatever their unit.
    private static let steps = 1e12

    private let tree: PairedCallTree
    private let isVisiblyChanged: [Bool]
    private let costs: Costs
    private let title: String
    private let note: String
    /// Comparable cost of every node, before and after.
    private let before: [Double]
    private let after: [Double]
    private let largest: Double
    private let order: [[Int32]]

    /// - Parameter isVisiblyChanged: of each node, whether its change is more than chance.
    package init(_ tree: PairedCallTree, isVisiblyChanged: [Bool], costs: Costs, title: String, note: String) {
        precondition(isVisiblyChanged.count == tree.nodes.count, "one a node")
        self.tree = tree
        self.isVisiblyChanged = isVisiblyChanged
        self.costs = costs
        self.title = title
        self.note = note
        func sums(_ runs: Range<Int>, _ divisor: Double) -> [Double] {
            tree.nodes.indices.map { node in
                runs.reduce(0.0) { $0 + Double(tree.total[node * tree.runCount + $1]) } / divisor
            }
        }
        let before = sums(0..<tree.beforeCount, costs.divisorBefore)
        let after = sums(tree.beforeCount..<tree.runCount, costs.divisorAfter)
        self.before = before
        self.after = after
        largest = tree.nodes.indices.reduce(0) {
            isVisiblyChanged[$1] ? max($0, (after[$1] - before[$1]).magnitude) : $0
        }
        order = tree.childLists().map { children in
            children.sorted { a, b in
                tree.functions[Int(tree.nodes[Int(a)].function)].precedes(
                    tree.functions[Int(tree.nodes[Int(b)].function)])
            }
        }
    }

    package func encode() -> [UInt8] {
        let vanished = vanishedWeights()
        let whole = after[0] + vanished[0]
        let unit = Self.steps / max(whole, .leastNonzeroMagnitude)
        var picture = FlameGraphPicture(
            title: title, note: note, frames: [], depth: 0, legend: [], decimals: 2, style: "\n" + Self.style)
        picture.frames.append(
            FlameGraphPicture.Frame(
                name: "all", place: "", value: value(of: 0), fill: "root", depth: 0, offset: 0,
                weight: Int64(whole * unit)))
        var isPruned = append(to: &picture, weights: after, from: 0, offset: 0, depth: 0, unit: unit, isGone: false)
        if vanished[0] > 0 {
            let offset = Int64(after[0] * unit)
            picture.depth = max(picture.depth, 1)
            picture.frames.append(
                FlameGraphPicture.Frame(
                    name: "[only before]", place: "frames that are gone, as wide as they were",
                    value: costs.text(vanished[0]), fill: "gone", depth: 1, offset: offset,
                    weight: Int64(vanished[0] * unit)))
            let cut = append(
                to: &picture, weights: vanished, from: 0, offset: offset, depth: 1, unit: unit, isGone: true)
            isPruned = isPruned || cut
        }
        if isPruned { picture.note += " · frames narrower than 0.05 px are left out" }
        picture.legend = [
            ("less\(Self.shades - 1)", "costs less"), ("less1", "a little less"),
            ("same", "no change told from chance"),
            ("more1", "a little more"), ("more\(Self.shades - 1)", "costs more"), ("new", "new"),
        ]
        if vanished[0] > 0 { picture.legend.append(("gone", "only before")) }
        return FlameGraphWriter(picture).write()
    }

    /// Cost before of what nothing is left of, in it and in what leads there.
    private func vanishedWeights() -> [Double] {
        var weights = [Double](repeating: 0, count: tree.nodes.count)
        for node in tree.nodes.indices.reversed() where node > 0 {
            let parent = Int(tree.nodes[node].parent)
            if after[node] > 0 || after[parent] > 0 {
                // A few samples more or less are no loss.
                if after[node] == 0, isVisiblyChanged[node] { weights[node] = before[node] }
                weights[parent] += weights[node]
            } else {
                // Below the outermost frame that is gone, all is as it was.
                weights[node] = before[node]
            }
        }
        return weights
    }

    /// - Returns: whether frames were left out for being too narrow.
    private func append(
        to picture: inout FlameGraphPicture, weights: [Double], from root: Int, offset: Int64, depth: Int, unit: Double,
        isGone: Bool
    ) -> Bool {
        let minimum = Int64(FlameGraphLayout.minimumWidth / FlameGraphLayout.referenceWidth * Self.steps)
        var isPruned = false
        var pending: [(node: Int, offset: Int64, depth: Int)] = [(root, offset, depth)]
        while let (node, offset, depth) = pending.popLast() {
            if node != root {
                picture.depth = max(picture.depth, depth)
                let symbol = tree.functions[Int(tree.nodes[node].function)]
                picture.frames.append(
                    FlameGraphPicture.Frame(
                        name: FlameGraphPicture.name(of: symbol), place: FlameGraphPicture.place(of: symbol),
                        value: value(of: node), fill: isGone ? goneFill(of: node) : fill(of: node), depth: depth,
                        offset: offset, weight: Int64(weights[node] * unit)))
            }
            var next = offset
            var visible: [(Int, Int64, Int)] = []
            for child in order[node] where weights[Int(child)] > 0 {
                let width = Int64(weights[Int(child)] * unit)
                if width < minimum { isPruned = true } else { visible.append((Int(child), next, depth + 1)) }
                next += width
            }
            // Reversed, since the pending list is popped from its end.
            pending.append(contentsOf: visible.reversed())
        }
        return isPruned
    }

    private func fill(of node: Int) -> String {
        let change = after[node] - before[node]
        guard isVisiblyChanged[node], change != 0 else { return "same" }
        if before[node] == 0 { return "new" }
        let level = min(Self.shades - 1, Int((change.magnitude / largest).squareRoot() * Double(Self.shades)))
        return (change > 0 ? "more" : "less") + String(level)
    }

    /// Frames that only lead to what is gone are pale.
    private func goneFill(of node: Int) -> String { after[node] > 0 ? "same" : "gone" }

    private func value(of node: Int) -> String {
        let (x, y) = (before[node], after[node])
        var text = "before \(costs.text(x)), after \(costs.text(y))"
        if x == 0, node > 0 { return text + " (new)" }
        if y == 0 { return text + " (gone)" }
        if x > 0 {
            let percent = NumberText.fixed((y / x - 1) * 100, decimals: 1)
            text += " (\(y >= x ? "+" : "")\(percent)%\(isVisiblyChanged[node] || x == y ? "" : ", within chance"))"
        }
        return text
    }

    /// Hues that stay apart for people who do not see red and green apart; lightness falls with the change.
    static var style: String {
        func rules(isDark: Bool) -> String {
            let base = isDark ? -0.14 : 0
            let more = (0..<shades).map { ".more\($0){fill:\(color(6, 0.82, 0.87 - Double($0) * 0.062 + base))}" }
            let less = (0..<shades).map { ".less\($0){fill:\(color(212, 0.78, 0.87 - Double($0) * 0.062 + base))}" }
            return
                (more + less + [
                    ".same{fill:\(color(220, 0.06, 0.87 + base))}", ".new{fill:\(color(338, 0.72, 0.68 + base))}",
                    ".gone{fill:\(color(265, 0.55, 0.78 + base))}",
                ]).joined(separator: "\n")
        }
        return rules(isDark: false) + "\n@media screen and (prefers-color-scheme:dark){\n" + rules(isDark: true) + "\n}"
    }

    private static func color(_ hue: Double, _ saturation: Double, _ lightness: Double) -> String {
        FlameGraphPalette.hex(hue: hue, saturation: saturation, lightness: lightness)
    }
}
