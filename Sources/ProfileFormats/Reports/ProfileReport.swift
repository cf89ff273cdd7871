package import ProfileModel

/// What a report shows of a profile.
package struct ProfileReport: Sendable {
    package enum Subject: Sendable {
        case functions(FunctionTable.Order)
        /// Calls from the threads' entries downward.
        case tree
        /// Who called the functions of this name, outward.
        case callers(String)
    }

    package enum Format: String, CaseIterable, Sendable {
        case text
        case json
        case csv
    }

    package var subject: Subject
    package var format: Format
    /// Most rows of the function table; nil shows all.
    package var limit: Int?
    /// Branches of a tree with less than this share of everything are left out, 0…100.
    package var minimumPercent: Double
    /// Columns of the terminal; nil never shortens a name.
    package var terminalWidth: Int?

    package init(
        subject: Subject = .functions(.own), format: Format = .text, limit: Int? = nil, minimumPercent: Double = 0.5,
        terminalWidth: Int? = nil
    ) {
        self.subject = subject
        self.format = format
        self.limit = limit
        self.minimumPercent = minimumPercent
        self.terminalWidth = terminalWidth
    }

    /// - Throws: ``FormatError`` when the profile has no values, or no function of the name that is asked for.
    package func render(_ profile: Profile) throws -> String {
        guard let column = profile.valueColumn() else {
            throw FormatError(.inexpressible, "the profile has no values to report")
        }
        let content = try content(of: profile, column: column)
        let context = ReportContext(profile: profile, column: column, report: self)
        return switch format {
        case .text: TextReport(context).render(content)
        case .json: JSONReport(context).render(content)
        case .csv: CSVReport(context).render(content)
        }
    }

    private func content(of profile: Profile, column: Int) throws -> ReportContent {
        switch subject {
        case .functions(let order):
            let table = FunctionTable(profile, column: column)
            let rows = table.sorted(by: order)
            return .functions(
                limit.map { Array(rows.prefix($0)) } ?? rows, omitted: max(0, rows.count - (limit ?? rows.count)))
        case .tree:
            return .tree(CallTree(profile, column: column), title: "Call tree", showsOwn: true)
        case .callers(let name):
            let tree = CallTree(profile, column: column)
            // The exact name, else every name that contains it.
            let isExact = tree.symbols.contains { $0.name == name }
            let callers = tree.callers(minimumShare: minimumPercent / 100) {
                isExact ? $0.name == name : $0.name.contains(name)
            }
            guard callers.nodes.count > 1 else {
                throw FormatError(.inexpressible, "no function in the profile is named '\(name)' or contains it")
            }
            return .tree(callers, title: "Callers of \(name)", showsOwn: false)
        }
    }
}

/// What the renderers are given.
enum ReportContent {
    case functions([FunctionTable.Row], omitted: Int)
    /// - Parameter showsOwn: whether what ends in a node says something; the roots of a callers tree do not.
    case tree(CallTree, title: String, showsOwn: Bool)
}

/// What every renderer needs besides the content.
struct ReportContext {
    let profile: Profile
    let column: Int
    let report: ProfileReport
    let values: ValueText
    let summary: RecordingSummary

    init(profile: Profile, column: Int, report: ProfileReport) {
        self.profile = profile
        self.column = column
        self.report = report
        values = ValueText(profile, column: column)
        summary = RecordingSummary(profile)
    }

    /// Visits the nodes that weigh enough, the heaviest sibling first.
    func visit(_ tree: CallTree, _ body: (CallTree.Visit) -> Void) {
        let minimum = report.minimumPercent / 100 * Double(values.total.value.magnitude)
        tree.visit(.total) { visit in
            guard Double(tree.nodes[visit.node].total.value.magnitude) >= minimum else { return false }
            body(visit)
            return true
        }
    }
}
