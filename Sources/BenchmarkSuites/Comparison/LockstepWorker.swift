/// A process that measures an epoch whenever it is told to.
package protocol LockstepWorker: AnyObject {
    /// Ticks an operation takes, about: what it found while it warmed up.
    var operationTicks: Double { get }
    /// Measures one epoch and returns its ticks.
    func measure(_ epoch: LockstepEpoch) throws(ComparisonFailure) -> UInt64
    /// Lets the process end, its benchmark's teardown included; ends it when it does not.
    func finish() throws(ComparisonFailure)
}

/// How much an epoch does: the same on both sides, decided once.
package struct LockstepEpoch: Hashable, Sendable {
    /// Rounds of ``operationsPerRound`` operations, or single operations.
    package let count: UInt64
    package let isSingle: Bool

    package static let operationsPerRound: UInt64 = 8

    /// - Parameters:
    ///   - ticks: that an epoch shall take.
    ///   - operationTicks: that an operation takes, on the slower side.
    package init(ticks: Double, operationTicks: Double) {
        let operations = ticks / max(operationTicks, 0.01)
        isSingle = operations < 4 * Double(Self.operationsPerRound)
        let perCount = isSingle ? 1 : Double(Self.operationsPerRound)
        count = UInt64(max(1, min(operations / perCount, 0x1p40).rounded()))
    }

    package var operations: UInt64 { isSingle ? count : count * Self.operationsPerRound }

    /// Ticks to expect, the unmeasured quarter included.
    package func expectedTicks(_ operationTicks: Double) -> Double { 1.25 * Double(operations) * operationTicks }
}
