internal import BenchmarkSuites
internal import Glibc

/// A git repository, asked through git itself. Hooks that it configures are not run.
package struct GitRepository: Sendable {
    private let folder: String

    /// - Throws: ``RegressionError`` of code `repository`: git is not installed, or the folder is in no repository.
    package init(_ folder: String) throws(RegressionError) {
        self.folder = folder
        let answer: ChildProcess.Result
        do {
            answer = try run(["rev-parse", "--git-dir"])
        } catch {
            throw RegressionError(.repository, "\(error.description): install git")
        }
        guard answer.exitCode == 0 else {
            throw RegressionError(
                .repository,
                "'\(PlainText.of(folder, limit: 200))' is in no git repository (\(answer.firstErrorLine)): give "
                    + "--repository")
        }
    }

    func run(_ arguments: [String], in other: String? = nil) throws(RegressionError) -> ChildProcess.Result {
        let settings = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"]
        return try ChildProcess(
            words: ["git", "-C", other ?? folder] + settings + arguments, environment: Self.environment,
            withheld: Self.withheld
        ).run()
    }

    private static let environment = ["GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"]
    /// What a hook or another git around us would tell it.
    static let withheld: Set = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"]

    /// The full identifier of a commit that is here; nil when it is not.
    package func commit(_ name: String) -> String? {
        guard let answer = try? run(["rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"]),
            answer.exitCode == 0
        else { return nil }
        return Self.lines(answer.output).first
    }

    package var isShallow: Bool {
        guard let answer = try? run(["rev-parse", "--is-shallow-repository"]) else { return false }
        return Self.lines(answer.output).first == "true"
    }

    /// The commits after one and up to another, oldest first, of the line of first parents: one line, of which a merge
    /// is one commit.
    /// - Throws: ``RegressionError`` of code `repository` when either is not here, or the first is no ancestor of the
    ///   second.
    package func line(after low: String, through high: String) throws(RegressionError) -> [String] {
        let start = try known(low), end = try known(high)
        let ancestry = try run(["merge-base", "--is-ancestor", start, end])
        guard ancestry.exitCode == 0 else {
            throw RegressionError(
                .repository,
                "\(HistoryWording.short(low)) is no ancestor of \(HistoryWording.short(high))"
                    + (isShallow
                        ? " as far as this shallow clone knows: run 'git fetch --unshallow'"
                        : ": the branch was rewritten, or they are of two branches; nothing lies between them"))
        }
        let answer = try run(["rev-list", "--first-parent", "--reverse", "\(start)..\(end)"])
        guard answer.exitCode == 0 else {
            throw RegressionError(.repository, "git rev-list: \(answer.firstErrorLine)")
        }
        return Self.lines(answer.output)
    }

    private func known(_ name: String) throws(RegressionError) -> String {
        if let commit = commit(name) { return commit }
        throw RegressionError(
            .repository,
            isShallow
                ? "commit \(HistoryWording.short(name)) is not in this shallow clone: run 'git fetch --unshallow'"
                : "commit \(HistoryWording.short(name)) is not in the repository: fetch it, or give --repository")
    }

    /// Commits after one and up to another; nil when that cannot be said.
    func count(after low: String, through high: String) -> Int? {
        guard let answer = try? run(["rev-list", "--first-parent", "--count", "--end-of-options", "\(low)..\(high)"]),
            answer.exitCode == 0
        else { return nil }
        return Self.lines(answer.output).first.flatMap { Int($0) }
    }

    /// `1a2b3c4d5 Subject of the commit`, fit for a line.
    package func title(_ commit: String) -> String {
        guard let answer = try? run(["show", "-s", "--format=%s", "--end-of-options", commit]), answer.exitCode == 0
        else { return HistoryWording.short(commit) }
        let subject = Self.lines(answer.output).first ?? ""
        return "\(HistoryWording.short(commit)) \(PlainText.of(subject, limit: 70))"
    }

    /// Stored commits that come after one: at most some thousand of its descendants up to another commit.
    package func descendants(of commit: String, upTo newest: String) -> [String] {
        guard let answer = try? run(["rev-list", "--ancestry-path", "-n", "5000", "\(commit)..\(newest)"]),
            answer.exitCode == 0
        else { return [] }
        return Self.lines(answer.output)
    }

    static func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

/// How many commits lie between the runs of alerts.
package enum CommitRanges {
    private static let mostAlerts = 50

    /// By alert; empty outside of repositories.
    package static func counts(_ overview: HistoryOverview, in folder: String) -> [String: Int] {
        let alerts = overview.alerts.filter { $0.state != .resolved }.prefix(mostAlerts)
        guard !alerts.isEmpty, let repository = try? GitRepository(folder) else { return [:] }
        var counts: [String: Int] = [:]
        for alert in alerts {
            let (before, after) = overview.bounds(alert)
            guard let low = before.commit, let high = after.commit, low != high, isIdentifier(low), isIdentifier(high)
            else { continue }
            counts[alert.id] = repository.count(after: low, through: high)
        }
        return counts
    }

    private static func isIdentifier(_ text: String) -> Bool {
        text.utf8.count >= 7 && text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    }
}
