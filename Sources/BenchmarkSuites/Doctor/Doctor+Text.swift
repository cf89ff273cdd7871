extension Doctor {
    /// The report for people: the grade and its reason, then a line for each finding, below it the remedy.
    /// Lines are not cut: a remedy is there to be copied.
    package func text() -> String {
        var lines = ["\(grade.rawValue)  \(grade.meaning): \(reason)", "   \(machine); \(examined)", ""]
        let titleWidth = findings.map(\.title.count).max() ?? 0
        let sectionWidth = Section.allCases.map(\.rawValue.count).max() ?? 0
        for section in Section.allCases {
            for (index, finding) in findings.filter({ $0.section == section }).enumerated() {
                let name = (index == 0 ? section.rawValue : "").padded(to: sectionWidth)
                let title = finding.title.padded(to: titleWidth)
                lines.append("\(name)  \(finding.status.label)  \(title)  \(finding.value)")
                if let remedy = finding.remedy {
                    lines.append(String(repeating: " ", count: sectionWidth + 8) + "→ \(remedy)")
                }
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private var examined: String {
        let seconds = Decimals.text(self.seconds, 1)
        return processor.map { "processor \($0) examined for \(seconds) s" } ?? "examined for \(seconds) s, not pinned"
    }
}

extension Doctor.Status {
    /// Four columns.
    fileprivate var label: String {
        switch self {
        case .good: "ok  "
        case .note: "note"
        case .warning: "warn"
        case .bad: "BAD "
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
