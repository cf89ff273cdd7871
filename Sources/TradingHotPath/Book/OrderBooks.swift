/// Limit order books that follow a feed, whatever they are made of.
///
/// Three implementations show what structures and habits cost: ``IdiomaticBooks``, ``ValueBooks`` and ``BookSet``. After
/// the same messages they have the same state, queues included, and have counted the same anomalies.
package protocol OrderBooks: ITCHHandler, ~Copyable {
    var counters: BookCounters { get }
    /// Counts from zero on; the books stay as they are.
    mutating func resetCounters()
    /// Orders in all books.
    var liveOrders: Int { get }
    func stateDigest() -> StateDigest
    /// The queue of the level at a distance from the touch, in time priority; empty past the last level.
    func queue(_ locate: UInt16, _ side: Side, depth: Int) -> [RestingOrder]
}

extension BookSet: OrderBooks {}
