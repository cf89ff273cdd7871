package import ProfileModel
internal import Statistics

/// Which functions cost more or less than before, as far as samples can tell.
///
/// Each function's self cost is tested, and each frame of the call tree with what it called, from the outermost inward
/// (``SelectionTree``). Of what is reported, 5 % is expected to be unchanged: half of that is given to functions, half
/// to the tree. What is not reported is not unchanged: ``CostChange/smallestDetectable`` says what could have been seen.
///
/// Assumption: samples of one run are independent but for the dispersion φ; runs are. With one profile a side nothing
/// tells how much runs differ, and φ is 1 unless stated: intervals then cover sampling alone.
package struct ProfileComparison: Sendable {
    package struct Options: Sendable {
        /// Expected share of wrong reports.
        package var falseDiscoveryRate = 0.05
        /// φ when it is known, for instance from profiles of one build; nil takes it from repeated runs, else 1.
        package var dispersion: Double?
        /// Samples of both sides together below which nothing is tested.
        package var minimumCount = 20.0
        /// Whether a run's number of samples is known, as where costs are shares of a cost that was measured otherwise.
        package var hasKnownTotals = false

        package init() {}
    }

    package enum Finding: Hashable, Sendable {
        case grown
        case shrunk
        /// Nothing of it was seen before.
        case new
        /// Nothing of it is seen after.
        case vanished
        /// Index into ``ProfileComparison/moves``.
        case moved(Int)
        /// No change of its self cost is told from chance.
        case notResolved

        /// Whether a change of cost is claimed: not for cost that moved.
        package var isChange: Bool {
            switch self {
            case .grown, .shrunk, .new, .vanished: true
            case .moved, .notResolved: false
            }
        }
    }

    package struct FunctionChange: Sendable {
        package let symbol: Symbol
        /// What it was called before, where it is taken to be renamed.
        package let formerName: String?
        package let own: CostChange
        package let total: CostChange
        /// Of the self cost, over all functions.
        package let adjustedPValue: Double
        package let finding: Finding
    }

    /// A frame whose total changed, and in which nothing further inward is known to have.
    package struct PathChange: Sendable {
        package let node: Int
        package let path: [String]
        package let total: CostChange
    }

    package let profiles: ComparedProfiles
    package let tree: PairedCallTree
    /// The whole cost; for shares always 1.
    package let whole: CostChange
    /// Claimed changes first, then moves, then the rest; each by how much its self cost changed.
    package let functions: [FunctionChange]
    package let paths: [PathChange]
    package let moves: [MovedCost]
    /// Names of all functions, for ``MovedCost``.
    package let names: [String]
    /// Sum of the claimed changes of self cost.
    package let explained: Double
    /// Sum of what moved: what came less what went.
    package let moved: Double
    /// All other functions together.
    package let unexplained: CostChange
    /// φ of the typical function.
    package let dispersion: Double
    package let testedFunctions: Int
    /// What functions of 1 % and 10 % of the cost could have shown, in the unit of costs.
    package let smallestDetectable: (onePercent: Double, tenPercent: Double)
    private let meter: CostMeter
    /// For each node of the tree, whether its total's change is outside of chance by itself (p < 5 %).
    package let isVisiblyChanged: [Bool]

    /// - Throws: ``RegressionError`` when no function is on both sides.
    package init(_ profiles: ComparedProfiles, options: Options = Options()) throws {
        var meter = CostMeter(
            profiles, dispersion: options.dispersion, hasKnownTotals: options.hasKnownTotals)
        let (renames, tree) = RenamedFunctions.find(profiles, meter: meter, minimumCount: options.minimumCount)
        guard tree.hasCommonFunction else {
            throw RegressionError(
                .notComparable,
                "the profiles have no function in common: are they of the same program, and both with symbols?")
        }
        let runs = tree.runCount
        let weights = tree.functionWeights()
        func slice(_ values: [Int64], _ function: Int) -> ArraySlice<Int64> {
            values[(function * runs)..<((function + 1) * runs)]
        }
        if options.dispersion == nil {
            meter.learnDispersion(from: tree.functions.indices.map { slice(weights.own, $0) })
        }
        let rate = options.falseDiscoveryRate / 2
        let tested = tree.functions.indices.filter { function in
            tree.functions[function].category != .marker
                && meter.count(slice(weights.own, function)) >= options.minimumCount
        }
        meter.detectionLevel = rate / Double(max(1, tested.count))
        let own = tree.functions.indices.map { meter.change(slice(weights.own, $0)) }
        let differences = own.map(\.difference)
        let judged = BenjaminiHochberg(pValues: tested.map { own[$0].pValue }, falseDiscoveryRate: rate)
        var adjusted = [Double](repeating: 1, count: tree.functions.count)
        for (function, pValue) in zip(tested, judged.adjustedPValues) { adjusted[function] = pValue }
        let changed = zip(tested, judged.isReported).filter { $0.1 }.map { $0.0 }

        moves = MovedCost.find(in: tree, changed: changed, differences: differences, meter: meter)
        var findings = [Finding](repeating: .notResolved, count: tree.functions.count)
        for function in changed {
            let total = meter.costs(slice(weights.total, function))
            findings[function] =
                total.before == 0
                ? .new
                : total.after == 0
                    ? .vanished
                    : differences[function] > 0 ? .grown : .shrunk
        }
        for (index, move) in moves.enumerated() {
            for function in move.from + move.to { findings[function] = .moved(index) }
        }
        let formerNames = Dictionary(renames.map { ($0.value, $0.key) }) { first, _ in first }
        let rows = tree.functions.indices.map { function in
            FunctionChange(
                symbol: tree.functions[function], formerName: formerNames[tree.functions[function].name],
                own: own[function], total: meter.change(slice(weights.total, function)),
                adjustedPValue: adjusted[function], finding: findings[function])
        }
        functions = rows.sorted { Self.precedes($0, $1) }

        (paths, isVisiblyChanged) = Self.paths(
            in: tree, meter: meter, rate: rate, minimumCount: options.minimumCount,
            moved: Set(moves.flatMap { $0.from + $0.to }))

        explained = rows.indices.reduce(0) { $0 + (findings[$1].isChange ? differences[$1] : 0) }
        moved = moves.reduce(0) { $0 + $1.rest.difference }
        var rest = [Int64](repeating: 0, count: runs)
        for function in rows.indices where findings[function] == .notResolved {
            for (run, value) in slice(weights.own, function).enumerated() {
                rest[run] = rest[run].addingSaturating(value)
            }
        }
        unexplained = meter.change(rest[...])
        whole = meter.change(tree.total(of: 0))
        dispersion = meter.usualDispersion
        testedFunctions = tested.count
        smallestDetectable = (meter.smallestDetectable(share: 0.01), meter.smallestDetectable(share: 0.1))
        self.meter = meter
        names = tree.functions.map(\.name)
        self.tree = tree
        self.profiles = profiles
    }

    /// The smallest change that a function with a share of the cost could have shown, in the unit of costs.
    package func smallestChange(share: Double) -> Double { meter.smallestDetectable(share: share) }

    /// Claimed changes of self cost, or of what a frame called.
    package var claims: Int { functions.count { $0.finding.isChange } + paths.count }

    private static func precedes(_ a: FunctionChange, _ b: FunctionChange) -> Bool {
        func rank(_ finding: Finding) -> Int { finding.isChange ? 0 : finding == .notResolved ? 2 : 1 }
        let (x, y) = (rank(a.finding), rank(b.finding))
        if x != y { return x < y }
        let (p, q) = (a.own.difference.magnitude, b.own.difference.magnitude)
        return p == q ? a.symbol.precedes(b.symbol) : p > q
    }

    private static func paths(
        in tree: PairedCallTree, meter: CostMeter, rate: Double, minimumCount: Double, moved: Set<Int>
    ) -> ([PathChange], [Bool]) {
        var isVisible = [Bool](repeating: false, count: tree.nodes.count)
        var hypotheses: [SelectionTree.Node] = []
        hypotheses.reserveCapacity(tree.nodes.count)
        let children = tree.childLists()
        for node in tree.nodes.indices {
            let parent = Int(tree.nodes[node].parent)
            let values = tree.total(of: node)
            guard meter.count(values) >= minimumCount,
                node == 0 || tree.functions[Int(tree.nodes[node].function)].category != .marker
            else {
                hypotheses.append(SelectionTree.Node(parent: parent, pValues: []))
                continue
            }
            let pValue = meter.change(values).pValue
            isVisible[node] = pValue < 0.05
            // A frame that holds nothing but one other is the same hypothesis, which is told further inward.
            // Nor is there anything to test in all of a known total.
            let isWhole = meter.isShare && values.elementsEqual(tree.total(of: 0))
            let isCopy = isWhole || children[node].contains { tree.total(of: Int($0)).elementsEqual(values) }
            hypotheses.append(SelectionTree.Node(parent: parent, pValues: isCopy ? [] : [pValue]))
        }
        let selection = SelectionTree(hypotheses, falseDiscoveryRate: rate)
        var holdsChange = [Bool](repeating: false, count: tree.nodes.count)
        var paths: [PathChange] = []
        for node in tree.nodes.indices.reversed() where node > 0 {
            let isReported = selection.isReported[node].first == true
            if isReported, !holdsChange[node], !passes(moved, to: node, in: tree) {
                paths.append(
                    PathChange(node: node, path: tree.path(to: node), total: meter.change(tree.total(of: node))))
            }
            if isReported || holdsChange[node] { holdsChange[Int(tree.nodes[node].parent)] = true }
        }
        paths.sort { $0.total.difference.magnitude > $1.total.difference.magnitude }
        return (paths, isVisible)
    }

    private static func passes(_ functions: Set<Int>, to node: Int, in tree: PairedCallTree) -> Bool {
        guard !functions.isEmpty else { return false }
        var index = node
        while index > 0 {
            if functions.contains(Int(tree.nodes[index].function)) { return true }
            index = Int(tree.nodes[index].parent)
        }
        return false
    }
}
