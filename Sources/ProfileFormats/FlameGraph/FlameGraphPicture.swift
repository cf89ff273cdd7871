internal import ProfileModel

/// What a flame graph shows: named boxes with a place, a width, a fill and a text each.
struct FlameGraphPicture {
    struct Frame {
        var name: String
        /// Module and kind.
        var place: String
        /// What it weighs.
        var value: String
        /// Class of its rectangle.
        var fill: String
        var depth: Int
        /// Weight to the left of it.
        var offset: Int64
        var weight: Int64
    }

    var title: String
    var note: String
    /// In drawing order: the frame of everything first, each before everything above it, siblings from left to right.
    var frames: [Frame]
    var depth: Int
    /// Classes and what they mean.
    var legend: [(fill: String, label: String)]
    /// Decimals of percentages.
    var decimals: Int
    var isReversed = false
    /// Rules of its fills beyond the usual ones.
    var style = ""

    /// Weight of the frame of everything.
    var total: Int64 { frames[0].weight }

    /// Module and kind of a symbol, as far as they say something.
    static func place(of symbol: Symbol?) -> String {
        guard let symbol else { return "" }
        var parts: [String] = []
        if !symbol.module.isEmpty { parts.append(symbol.module) }
        if symbol.category == .kernel && !symbol.module.hasPrefix("[kernel") { parts.append("kernel") }
        if symbol.isInlined { parts.append("inlined") }
        return parts.joined(separator: ", ")
    }

    /// Name of a symbol, which may have none; of everything without one.
    static func name(of symbol: Symbol?) -> String { symbol.map { $0.name.isEmpty ? "[no name]" : $0.name } ?? "all" }
}

extension FlameGraphPicture {
    init(_ profile: Profile, _ layout: FlameGraphLayout, title: String, values: ValueText) {
        self.title = title
        note = RecordingSummary(profile).line
        if layout.isPruned { note += " · frames narrower than 0.05 px are left out" }
        frames = layout.boxes.map { box in
            let fill = box.symbol.map {
                "\(FlameGraphPalette.classification(of: $0).rawValue)\(FlameGraphPalette.shade(of: $0.name))"
            }
            return Frame(
                name: Self.name(of: box.symbol), place: Self.place(of: box.symbol), value: values.full(box.weight),
                fill: fill ?? "root", depth: box.depth, offset: box.offset, weight: box.weight.value)
        }
        depth = layout.depth
        let used = Set(layout.boxes.compactMap { $0.symbol.map(FlameGraphPalette.classification) })
        legend = FlameGraphPalette.Class.allCases.filter(used.contains).map { ("\($0.rawValue)2", $0.label) }
        decimals = values.decimals
        isReversed = layout.isReversed
    }
}
