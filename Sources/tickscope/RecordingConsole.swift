import ProfileFormats
import ProfileModel
import Profiling

/// What a recording says on standard error: notes, one live line on a terminal, a summary.
final class RecordingConsole {
    private let isQuiet: Bool
    private let isTerminal: Bool
    private var lastShown = 0.0
    private var lastSamples: Int64 = 0
    private var hasLine = false

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
        isTerminal = StandardError.isTerminal
    }

    func note(_ text: String) { if !isQuiet { line("tickscope: note: " + text) } }

    func warning(_ text: String) { if !isQuiet { line("tickscope: warning: " + text) } }

    func error(_ text: String) { line("tickscope: error: " + text) }

    private func line(_ text: String) {
        clear()
        StandardError.write(text + "\n")
    }

    // MARK: Live line

    /// Shows the numbers, four times a second, on a terminal only.
    func show(_ progress: RecordingProgress) {
        guard isTerminal, !isQuiet, progress.elapsedSeconds - lastShown >= 0.25 else { return }
        let interval = progress.elapsedSeconds - lastShown
        let rate = Double(progress.samples - lastSamples) / interval
        lastShown = progress.elapsedSeconds
        lastSamples = progress.samples
        let cpu = 100 * progress.ownCPUSeconds / max(progress.elapsedSeconds, 0.001)
        let text =
            "recording \(fixed(progress.elapsedSeconds, 1)) s  \(progress.samples) samples  \(Int(rate.rounded()))/s"
            + "  lost \(progress.lost)  threads \(progress.threads)  own CPU \(fixed(cpu, 1)) %"
        StandardError.write("\r\u{1B}[K" + clipped(text))
        hasLine = true
    }

    /// Shows how much of a file has been read, on a terminal only.
    func show(progress: Double, of file: String) {
        guard isTerminal, !isQuiet else { return }
        StandardError.write("\r\u{1B}[K" + clipped("reading \(file)  \(Int(progress * 100)) %"))
        hasLine = true
    }

    /// Removes the live line.
    func clear() {
        guard hasLine else { return }
        StandardError.write("\r\u{1B}[K")
        hasLine = false
    }

    // MARK: Summary

    func summarize(_ result: RecordingResult, path: String) {
        guard !isQuiet, let quality = result.profile.metadata.quality else { return }
        var text = "\(path): \(quality.received) samples in \(fixed(result.elapsedSeconds, 1)) s"
        if let expected = quality.expected { text += " (\(expected) expected)" }
        text += ", \(quality.lost) lost"
        if quality.throttled > 0 { text += ", throttled \(quality.throttled) times" }
        if quality.dropped > 0 { text += ", \(quality.dropped) over the memory limit" }
        if quality.uncovered > 0 { text += ", \(quality.uncovered) threads not covered" }
        StandardError.write(text + "\n")
        let complete = 1 - (quality.share(of: .truncated) ?? 0)
        StandardError.write(
            "complete stacks \(percent(complete)), named frames \(percent(quality.namedShare ?? 0)),"
                + " own CPU \(fixed(result.ownCPUSeconds, 2)) s"
                + " (\(percent(result.ownCPUSeconds / max(result.elapsedSeconds, 0.001))) of a core)\n")
        hottest(result.profile)
    }

    func summarize(_ result: ImportResult, path: String) {
        guard !isQuiet, let quality = result.profile.metadata.quality else { return }
        var text = "\(path): \(quality.received) samples of '\(result.event)', \(quality.lost) lost"
        if quality.dropped > 0 { text += ", \(quality.dropped) over the memory limit" }
        StandardError.write(text + "\n")
        let complete = 1 - (quality.share(of: .truncated) ?? 0)
        StandardError.write(
            "complete stacks \(percent(complete)), named frames \(percent(quality.namedShare ?? 0)),"
                + " \(fixed(Double(result.bytes) / 1e6, 1)) MB read\n")
        hottest(result.profile)
    }

    private func hottest(_ profile: Profile) {
        guard let column = profile.valueColumn() else { return }
        let table = FunctionTable(profile.withShortSwiftNames(), column: column)
        for row in table.sorted(by: .own).prefix(5) where row.own.value > 0 {
            let share = percent(row.own.share(of: table.total))
            let padding = String(repeating: " ", count: max(0, 7 - share.count))
            StandardError.write(clipped("  \(padding)\(share)  \(row.symbol.name)") + "\n")
        }
    }

    /// The text as far as it fits on one line of a terminal; all of it elsewhere.
    private func clipped(_ text: String) -> String {
        guard let width = StandardError.width, text.count >= width else { return text }
        return text.prefix(max(0, width - 2)) + "…"
    }

    /// Shares are printed to a tenth of a percent: a recording has thousands of samples, not millions.
    private func percent(_ share: Double) -> String {
        // Nearly all is not all.
        share < 1 && share >= 0.9995 ? "> 99.9 %" : fixed(100 * share, 1) + " %"
    }

    private func fixed(_ value: Double, _ decimals: Int) -> String { NumberText.fixed(value, decimals: decimals) }
}
