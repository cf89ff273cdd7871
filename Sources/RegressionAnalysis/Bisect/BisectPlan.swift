internal import Glibc

/// The commits in which a step may lie, and what is known of them.
///
/// The commits are a line, oldest first; the one before the first is before the step, the last is after it.
package struct BisectPlan: Hashable, Sendable {
    package enum Finding: Hashable, Sendable {
        case unknown
        case before, after
        /// Measured, but not clearly on one side.
        case unclear
        /// Could not be measured.
        case skipped
    }

    package let commits: [String]
    package private(set) var findings: [Finding]

    /// - Parameter commits: at least one.
    package init(_ commits: [String]) {
        self.commits = commits
        findings = commits.map { _ in .unknown }
        if !findings.isEmpty { findings[findings.count - 1] = .after }
    }

    package mutating func note(_ finding: Finding, of commit: String) {
        guard let index = commits.firstIndex(of: commit), index < commits.count - 1 else { return }
        findings[index] = finding
    }

    /// The last commit that is before the step; −1 for the one before all.
    private var low: Int {
        let high = high
        return findings[..<high].lastIndex(of: .before) ?? -1
    }

    /// The first commit that is after the step.
    private var high: Int { findings.firstIndex(of: .after) ?? max(0, commits.count - 1) }

    /// Commits one of which makes the step; one when it was found.
    package var suspects: [String] { commits.isEmpty ? [] : Array(commits[(low + 1)...high]) }

    /// What to measure next: the commit nearest to the middle of what is open; nil when nothing is.
    package var next: String? {
        Self.middle(Array(low + 1..<high).filter { findings[$0] == .unknown }, low, high).map { commits[$0] }
    }

    private static func middle(_ open: [Int], _ low: Int, _ high: Int) -> Int? {
        open.min { abs(2 * $0 - low - high) < abs(2 * $1 - low - high) }
    }

    /// What to measure, the most telling first: the middle, then the middles of both halves, and so on.
    package func proposals(limit: Int) -> [String] {
        var result: [Int] = []
        var ranges = [(low, high)]
        while !ranges.isEmpty, result.count < limit {
            var halves: [(Int, Int)] = []
            for (low, high) in ranges {
                let open = Array(low + 1..<max(low + 1, high)).filter {
                    findings[$0] == .unknown && !result.contains($0)
                }
                guard let middle = Self.middle(open, low, high), result.count < limit else { continue }
                result.append(middle)
                halves += [(low, middle), (middle, high)]
            }
            ranges = halves
        }
        return result.map { commits[$0] }
    }

    /// How many runs it takes to find one commit when every one is clear.
    package var stepsLeft: Int {
        var (count, steps) = (suspects.count, 0)
        while count > 1 {
            count = (count + 1) / 2
            steps += 1
        }
        return steps
    }
}

/// On which side of a step a measured value is.
package struct StepJudge: Hashable, Sendable {
    package let before: Double
    package let after: Double
    /// Of single values around their level; 0 where they do not scatter.
    package let noise: Double

    /// By how much one side must be likelier than the other: a bisection of a thousand commits, ten decisions, then
    /// goes wrong once in ten at the very worst, which is when every value lies at the limit.
    package static let likelihoodRatio = 99.0

    /// Between the levels, what is farther from both belongs to neither, in deviations of single values.
    static let farthest = 4.0

    package init(before: Double, after: Double, noise: Double) {
        self.before = before
        self.after = after
        self.noise = noise
    }

    /// By the ratio of likelihoods of normal noise for the mean of the values; what lies beyond a level is on its side.
    package func side(of values: [Double]) -> BisectPlan.Finding {
        let usable = values.filter(\.isFinite)
        guard !usable.isEmpty, before != after else { return .unclear }
        let mean = usable.reduce(0) { $0 + $1 / Double(usable.count) }
        let (toBefore, toAfter) = (abs(mean - before), abs(mean - after))
        let isBetween = (mean - before) * (mean - after) < 0
        if isBetween, min(toBefore, toAfter) > Self.farthest * noise { return .unclear }
        guard noise > 0 else { return toBefore < toAfter ? .before : .after }
        let variance = noise * noise / Double(usable.count)
        let evidence = (toBefore * toBefore - toAfter * toAfter) / (2 * variance)
        let limit = log(Self.likelihoodRatio)
        return evidence >= limit ? .after : evidence <= -limit ? .before : .unclear
    }

    /// What several series say together: a side that one is clear about and none contradicts.
    package static func together(_ findings: [BisectPlan.Finding]) -> BisectPlan.Finding {
        let (isBefore, isAfter) = (findings.contains(.before), findings.contains(.after))
        return isBefore == isAfter ? .unclear : isBefore ? .before : .after
    }
}
