internal import ProfileModel

/// What costs in two profiles are relative to.
package enum ProfileNormalization: Hashable, Sendable {
    /// All that the profile weighs: costs are shares, which sum to 1 on both sides.
    case total
    /// The same, of the number of samples instead of the shown value.
    case samples
    /// The length of the recording: costs are per second.
    case time
    /// Nothing: costs are per profile.
    case none
    /// Work that was done in each profile of a side, for instance operations: costs are per operation.
    case work(before: Double, after: Double)

    /// `total`, `samples`, `time`, `none`, or `work=A,B` with what each profile of a side did.
    package init?(_ text: String) {
        switch text {
        case "total": self = .total
        case "samples": self = .samples
        case "time": self = .time
        case "none": self = .none
        default:
            guard text.hasPrefix("work=") else { return nil }
            let numbers = text.dropFirst(5).split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
            guard numbers.count == 2, let before = numbers[0], let after = numbers[1], before > 0, after > 0,
                before.isFinite, after.isFinite
            else { return nil }
            self = .work(before: before, after: after)
        }
    }

    /// Whether costs are shares of known totals.
    package var isShare: Bool { self == .total || self == .samples }

    package var name: String {
        switch self {
        case .total: "total"
        case .samples: "samples"
        case .time: "time"
        case .none: "none"
        case .work: "work"
        }
    }

    /// What one run's values are divided by, in the unit of its values for shares.
    /// - Throws: ``RegressionError`` for a profile that does not state its length when that is asked for.
    func exposure(of run: PairedCallTree.Run, total: Double, isBefore: Bool, name: String) throws -> Double {
        switch self {
        case .total, .samples: return total
        case .none: return 1
        case .work(let before, let after): return isBefore ? before : after
        case .time:
            let nanoseconds = run.profile.metadata.durationNanoseconds
            guard nanoseconds > 0 else {
                throw RegressionError(
                    .notComparable,
                    "'\(name)' does not state how long it was recorded; use --normalize total or work=A,B")
            }
            return Double(nanoseconds) / 1e9
        }
    }
}
