internal import ProfileFormats
internal import ProfileModel
internal import Statistics

/// A comparison of profiles for programs. The schema is stable within a `schema_version`: keys may be added, never
/// removed or changed.
struct ProfileDiffJSON {
    static let schemaVersion: Int64 = 1

    private let comparison: ProfileComparison
    private let text: CostText
    private let limit: Int?

    init(_ comparison: ProfileComparison, text: CostText, limit: Int?) {
        self.comparison = comparison
        self.text = text
        self.limit = limit
    }

    func rendered() -> String {
        let profiles = comparison.profiles
        let functions = comparison.functions.prefix(limit ?? comparison.functions.count)
        let paths = comparison.paths.prefix(limit ?? comparison.paths.count)
        let members: [(String, JSONValue)] = [
            ("schema_version", .integer(Self.schemaVersion)),
            ("value", .object([("name", .text(profiles.type.name)), ("unit", .text(profiles.type.unit))])),
            ("normalization", .text(profiles.normalization.name)),
            ("cost_unit", .text(text.unit)),
            ("before", side(profiles.totals.prefix(profiles.before.count))),
            ("after", side(profiles.totals.dropFirst(profiles.before.count))),
            ("dispersion", .number(comparison.dispersion)),
            ("tested_functions", .integer(Int64(comparison.testedFunctions))),
            ("whole", change(comparison.whole)),
            ("changed", .number(comparison.explained)),
            ("moved", .number(comparison.moved)),
            ("not_resolved", change(comparison.unexplained)),
            (
                "smallest_detectable",
                .object([
                    ("of_1_percent", .number(comparison.smallestDetectable.onePercent)),
                    ("of_10_percent", .number(comparison.smallestDetectable.tenPercent)),
                ])
            ),
            ("functions", .array(functions.map(function))),
            ("omitted_functions", .integer(Int64(comparison.functions.count - functions.count))),
            ("moves", .array(comparison.moves.map(move))),
            (
                "paths",
                .array(
                    paths.map { path in
                        .object([("frames", .array(path.path.map { .text($0) })), ("total", change(path.total))])
                    })
            ),
            ("omitted_paths", .integer(Int64(comparison.paths.count - paths.count))),
        ]
        return JSONValue.object(members).rendered() + "\n"
    }

    private func side(_ totals: ArraySlice<(value: Double, count: Double)>) -> JSONValue {
        .object([
            ("profiles", .integer(Int64(totals.count))),
            ("value", .number(totals.reduce(0) { $0 + $1.value })),
            ("samples", .number(totals.reduce(0) { $0 + $1.count })),
        ])
    }

    private func function(_ row: ProfileComparison.FunctionChange) -> JSONValue {
        var move = JSONValue.null
        if case .moved(let index) = row.finding { move = .integer(Int64(index)) }
        return .object([
            ("function", .text(row.symbol.name)), ("was", row.formerName.map { .text($0) } ?? .null),
            ("module", row.symbol.module.isEmpty ? .null : .text(row.symbol.module)),
            ("finding", .text(ProfileDiffReport.word(row.finding))), ("move", move), ("self", change(row.own)),
            ("adjusted_p", .number(row.adjustedPValue)), ("total", change(row.total)),
        ])
    }

    private func move(_ move: MovedCost) -> JSONValue {
        func list(_ functions: [Int]) -> JSONValue { .array(functions.map { .text(comparison.names[$0]) }) }
        return .object([
            ("from", list(move.from)), ("to", list(move.to)), ("below", .array(move.path.map { .text($0) })),
            ("amount", .number(move.amount)), ("rest", change(move.rest)),
        ])
    }

    private func change(_ change: CostChange) -> JSONValue {
        .object([
            ("before", .number(change.before)), ("after", .number(change.after)),
            ("difference", .number(change.difference)),
            ("lower", change.interval.map { .number($0.lower) } ?? .null),
            ("upper", change.interval.map { .number($0.upper) } ?? .null),
            ("p", .number(change.pValue)), ("smallest_detectable", .number(change.smallestDetectable)),
        ])
    }

}
