/// An exchange that answers at once: every order is accepted, and then, since orders are immediate-or-cancel, executed
/// in full or canceled, by turns.
///
/// It closes the loop of a path that is measured without an exchange: orders leave, are answered, and positions follow.
package struct ExchangeEcho: ~Copyable {
    private let response: Table<UInt8>
    /// Answers so far.
    package private(set) var responses: UInt64 = 0

    package init() { response = Table(count: 64, filledWith: 0) }

    /// Answers the orders that a path has encoded since the last time.
    @inline(never)  // hot: per message
    package mutating func answer<Marker: StageMarker & ~Copyable>(_ pipeline: borrowing Pipeline<Marker>) {
        if pipeline.state.pointee.hasOrders { answer(&pipeline.state.pointee) }
    }

    /// Answers the orders that the core has encoded since the last time.
    package mutating func answer(_ core: inout TradingCore) {
        let orders = core.takeOrders()
        var position = 0
        while position &+ OuchWriter.enterLength <= orders.count {
            let order = UnsafeRawPointer(orders.elements + position)
            position &+= OuchWriter.enterLength
            let reference = order.bigEndianUInt32(at: 1)
            write(UInt8(ascii: "A"), reference, shares: order.bigEndianUInt32(at: 6), at: 14)
            response.elements[47] = UInt8(ascii: "L")
            core.gateway.receive(UnsafeRawBufferPointer(start: response.elements, count: 64))
            let isExecuted = reference & 1 == 0
            write(
                isExecuted ? UInt8(ascii: "E") : UInt8(ascii: "C"), reference, shares: order.bigEndianUInt32(at: 6),
                at: 13)
            core.gateway.receive(UnsafeRawBufferPointer(start: response.elements, count: isExecuted ? 36 : 18))
            responses &+= 2
        }
    }

    private func write(_ type: UInt8, _ reference: UInt32, shares: UInt32, at offset: Int) {
        let bytes = UnsafeMutableRawPointer(response.elements)
        bytes.storeBytes(of: type, as: UInt8.self)
        bytes.storeBytes(of: reference.bigEndian, toByteOffset: 9, as: UInt32.self)
        bytes.storeBytes(of: shares.bigEndian, toByteOffset: offset, as: UInt32.self)
    }
}
