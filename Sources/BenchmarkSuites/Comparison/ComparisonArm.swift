package import Benchmarking

/// One of the three that take turns in a comparison.
package enum ComparisonArm: Int, Codable, Hashable, Sendable, CaseIterable {
    case a
    case b
    /// A once more, to see what the measurement finds where there is nothing.
    case control

    /// As people read it.
    package var name: String { self == .b ? "B" : "A" }
}

/// An arm that cannot be measured.
package struct ComparisonFailure: Error, Codable, Hashable, Sendable {
    package var arm: ComparisonArm
    package var failure: BenchmarkFailure

    package init(_ arm: ComparisonArm, _ failure: BenchmarkFailure) {
        self.arm = arm
        self.failure = failure
    }
}

/// What one round cost: each arm once, for the same work.
package struct RoundCosts: Hashable, Sendable {
    package var a = 0.0
    package var b = 0.0
    package var control = 0.0

    package init() {}

    package subscript(arm: ComparisonArm) -> Double {
        get {
            switch arm {
            case .a: a
            case .b: b
            case .control: control
            }
        }
        set {
            switch arm {
            case .a: a = newValue
            case .b: b = newValue
            case .control: control = newValue
            }
        }
    }
}

/// The order of the arms, round by round: ABBA for three.
///
/// All six orders come in turn, shuffled anew each time. So each arm goes first, goes last and follows each other one (or
/// itself, from round to round) equally often, and whatever has a period meets all arms alike.
package struct RoundOrder: Sendable {
    private static let orders: [[ComparisonArm]] = [
        [.a, .b, .control], [.control, .b, .a], [.b, .a, .control],
        [.control, .a, .b], [.a, .control, .b], [.b, .control, .a],
    ]
    private var pending: [[ComparisonArm]] = []

    /// Rounds in which all orders come equally often.
    package static let period = orders.count

    package init() {}

    package mutating func next() -> [ComparisonArm] {
        if pending.isEmpty { pending = Self.orders.shuffled() }
        return pending.removeLast()
    }
}
