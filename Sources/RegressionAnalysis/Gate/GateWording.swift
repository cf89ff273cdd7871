internal import Benchmarking
internal import BenchmarkSuites
internal import Glibc
internal import ProfileFormats
internal import Statistics

/// A finding's numbers as people read them, the same in every format.
struct GateWording {
    let finding: GateFinding

    var before: String { value(finding.baseline) }
    var now: String { value(finding.candidate) }

    private func value(_ value: Double?) -> String {
        guard let value else { return "–" }
        if finding.metric.id == GateMetric.tailFrequency.id { return NumberText.significant(value * 100) + " %" }
        return UnitText.text(value, finding.metric.kind, uncertainty: finding.basis == .exact ? 0 : nil)
    }

    var change: String { finding.change.map { signed($0) } ?? "–" }

    /// `+1.2 … +3.4 %`.
    var interval: String {
        guard let interval = finding.interval else { return finding.basis == .exact ? "exact" : "–" }
        guard finding.isRelative else { return "\(signed(interval.lower)) … \(signed(interval.upper))" }
        return "\(Self.sign(interval.lower * 100)) … \(Self.sign(interval.upper * 100)) %"
    }

    var tolerance: String { size(finding.tolerance) }
    var noiseFloor: String { finding.noiseFloor.map(size) ?? "–" }
    var smallestVisible: String {
        finding.smallestVisible.map(size) ?? (finding.basis == .exact ? size(finding.tolerance) : "–")
    }

    var verdict: String {
        finding.verdict == .notResolved && finding.excludesRegression ? "not worse" : finding.verdict.title
    }

    /// What would help, or what to know.
    var remark: String {
        var parts: [String] = []
        if finding.verdict == .notResolved {
            if finding.isToleranceBelowNoise {
                parts.append("tolerance \(tolerance) is finer than the noise of \(noiseFloor)")
            } else if let note = finding.note {
                parts.append(note)
            }
            if let more = finding.moreReplicates {
                parts.append("about \(more) more processes of each side would resolve it")
            } else if finding.basis == .ranks || finding.basis == .welch || finding.basis == .rates {
                parts.append("more than 1,000 more processes would be needed: widen the tolerance")
            }
        } else if let note = finding.note {
            parts.append(note)
        }
        if finding.basis == .welch { parts.append("few processes: judged by Welch's t") }
        return parts.joined(separator: "; ")
    }

    /// One line that stands by itself.
    var sentence: String {
        var text = "\(finding.metric.id) \(verdict): \(before) → \(now), \(change)"
        if finding.interval != nil { text += " (95 %: \(interval))" }
        text += ", tolerance \(tolerance)"
        if finding.smallestVisible != nil { text += ", smallest visible \(smallestVisible)" }
        let remark = remark
        return remark.isEmpty ? text : text + "; " + remark
    }

    private func size(_ value: Double) -> String {
        if value == 0 { return "0" }
        return finding.isRelative
            ? Self.short(value * 100) + " %" : UnitText.text(value, finding.metric.kind, uncertainty: nil)
    }

    private func signed(_ value: Double) -> String {
        if finding.isRelative { return Self.sign(value * 100) + " %" }
        return (value > 0 ? "+" : value < 0 ? "−" : "") + size(abs(value))
    }

    private static func sign(_ percent: Double) -> String {
        let text = short(abs(percent))
        // Rounded to nothing is nothing, whichever way.
        return text == "0" ? "0" : (percent > 0 ? "+" : "−") + text
    }

    /// Per cent to a hundredth below ten, coarser above.
    private static func short(_ percent: Double) -> String {
        guard percent.isFinite, percent < 1e9 else { return "∞" }
        let decimals = percent < 10 ? 2 : percent < 100 ? 1 : 0
        var text = NumberText.fixed(percent, decimals: decimals)
        guard text.contains(".") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
