/// One side of a book.
package enum Side: UInt8, Sendable, CaseIterable {
    case bid = 0
    case ask = 1

    /// - Parameter code: `B` or `S` as the feed writes it; nil for anything else.
    init?(feedCode code: UInt8) {
        switch code {
        case UInt8(ascii: "B"): self = .bid
        case UInt8(ascii: "S"): self = .ask
        default: return nil
        }
    }
}

/// A resting order, as a slot of the order pool; its queue runs through the slots.
///
/// ```
/// level.oldest ──▶ order ──newer──▶ order ──newer──▶ order ◀── level.newest
///                        ◀──older──       ◀──older──
/// ```
struct Order: BitwiseCopyable {
    /// Handle of the next order in time priority, 0 at the end.
    var newer: UInt32
    /// Handle of the previous order in time priority, 0 at the front.
    var older: UInt32
    /// Open quantity, never 0.
    var shares: UInt32
    /// Handle of the price level: executions, cancels and deletes never search the book.
    var level: UInt32
    var reference: UInt64
}

/// All orders of one price on one side of one book: 32 bytes, half a cache line.
struct PriceLevel: BitwiseCopyable {
    /// Sum over the queue.
    var shares: UInt64
    /// See ``Ladder/key(price:side:)``.
    var key: UInt32
    /// Length of the queue, never 0.
    var orders: UInt32
    /// Front of the queue: the order that trades first.
    var oldest: UInt32
    var newest: UInt32
    /// Which ladder holds the level: twice the locate, plus the side.
    var ladder: UInt32
}
