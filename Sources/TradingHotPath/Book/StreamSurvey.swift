/// Upper bounds for replaying one stream, from one look at its messages.
///
/// ``BookSet/usedCapacity`` after a replay within these bounds is exact, so a program that replays a stream many
/// times surveys it, replays it once without prefaulting, and then makes prefaulted sets of exactly that size.
package struct StreamSurvey: ITCHHandler {
    /// Messages that make an order.
    package private(set) var newOrders = 0
    package private(set) var largestReference: UInt64 = 0
    package private(set) var largestLocate: UInt16 = 0

    /// - Parameter stream: a framed stream.
    /// - Returns: the survey, and what the framing counted.
    package static func survey(_ stream: UnsafeRawBufferPointer) -> (StreamSurvey, FramingCounts) {
        var survey = StreamSurvey()
        var reader = ITCHStreamReader(stream)
        reader.read(into: &survey)
        return (survey, reader.counts)
    }

    /// Enough room for any order of the messages.
    ///
    /// - Parameter referenceLimit: references above it are left to be turned away, so that a hostile stream cannot
    ///   ask for a directory of any size; the default covers a Nasdaq day three times over, in 64 MiB.
    package func capacity(referenceLimit: UInt64 = 1 << 31) -> BookCapacity {
        let reference = min(largestReference, referenceLimit)
        let allPages = Int(reference >> ReferenceTable.referencesPerPageShift) + 1
        return BookCapacity(
            orders: newOrders, levels: newOrders,
            rungs: 4 * newOrders + 2 * LadderArena.smallestBlock * (Int(largestLocate) + 1),
            pages: min(newOrders, allPages), maximumReference: reference)
    }

    package mutating func addOrder(_ message: AddOrder) { count(message.reference, message.locate) }

    package mutating func addOrderWithAttribution(_ message: AddOrderWithAttribution) {
        count(message.reference, message.locate)
    }

    package mutating func orderReplace(_ message: OrderReplace) { count(message.newReference, message.locate) }

    private mutating func count(_ reference: UInt64, _ locate: UInt16) {
        newOrders += 1
        largestReference = max(largestReference, reference)
        largestLocate = max(largestLocate, locate)
    }
}
