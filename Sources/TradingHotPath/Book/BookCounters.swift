/// What a ``BookSet`` counts: the volume that traded, and every message it could not follow.
package struct BookCounters: Equatable, Sendable {
    /// Shares of visible orders executed, without executions marked non-printable.
    package var executedShares: UInt64 = 0
    /// Sum of shares times price over the same executions, modulo 2⁶⁴.
    package var executedValue: UInt64 = 0

    /// Executions, cancels, deletes and replaces of orders that are not in the book.
    package var unknownReferences: UInt64 = 0
    /// New orders whose reference was in use.
    package var duplicateReferences: UInt64 = 0
    /// New orders with no shares or with a side other than `B` and `S`.
    package var invalidOrders: UInt64 = 0
    /// Executions and cancels of more shares than were open; the order leaves the book.
    package var excessiveQuantities: UInt64 = 0
    /// New orders turned away for want of room, or for a reference above the limit.
    package var capacityRejections: UInt64 = 0

    package init() {}

    /// Messages that a consistent feed and a large enough capacity never cause.
    package var anomalies: UInt64 {
        unknownReferences + duplicateReferences + invalidOrders + excessiveQuantities + capacityRejections
    }
}
