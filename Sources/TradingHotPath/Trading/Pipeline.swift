/// The stages of the path from a market-data byte to an order byte.
@usableFromInline
package enum Stage: UInt8, Sendable, CaseIterable {
    case decode, book, signal, risk, encode
}

/// Told when a stage of the path has ended, so that each can have a histogram of its own. A marker reads a clock and
/// stores the difference to the last mark; ``NoMarks`` costs nothing.
@usableFromInline
package protocol StageMarker: ~Copyable {
    mutating func mark(_ stage: Stage)
}

@usableFromInline
package struct NoMarks: StageMarker {
    @inlinable
    package init() {}
    @inlinable
    @inline(__always)
    package mutating func mark(_ stage: Stage) {}
}

/// What a pipeline did.
@usableFromInline
package struct PipelineCounts: Equatable, Sendable {
    /// Changes of a touch with two sides.
    @usableFromInline package var signals: UInt64 = 0
    /// Times the signal said to trade.
    @usableFromInline package var decisions: UInt64 = 0
    /// Orders encoded.
    @usableFromInline package var orders: UInt64 = 0
    /// Accepted orders that found no free slot at the gateway.
    @usableFromInline package var gatewayFull: UInt64 = 0

    @inlinable
    package init() {}
}

/// The path from market-data byte to order byte: decode → book → signal → risk → encode, one call of the handler a
/// message, with a mark after each stage.
@usableFromInline
package struct Pipeline<Marker: StageMarker & ~Copyable>: ITCHHandler, ~Copyable {
    /// Owned. At a fixed address, so that other modules, for which this type is specialized, need not know what is in it.
    @usableFromInline let state: UnsafeMutablePointer<TradingCore>
    @usableFromInline package var marker: Marker

    package init(_ core: consuming TradingCore, marker: consuming Marker) {
        state = .allocate(capacity: 1)
        state.initialize(to: core)
        self.marker = marker
    }

    deinit {
        state.deinitialize(count: 1)
        state.deallocate()
    }

    package var core: TradingCore {
        unsafeAddress { UnsafePointer(state) }
        unsafeMutableAddress { state }
    }

    /// A new day; see ``TradingCore/beginSession()``.
    package func beginSession() { state.pointee.beginSession() }

    @inlinable
    @inline(__always)
    package mutating func addOrder(_ message: AddOrder) {
        marker.mark(.decode)
        state.pointee.addOrder(message)
        react(message.locate, message.bytes)
    }

    @inlinable
    @inline(__always)
    package mutating func addOrderWithAttribution(_ message: AddOrderWithAttribution) {
        marker.mark(.decode)
        state.pointee.addOrderWithAttribution(message)
        react(message.locate, message.bytes)
    }

    @inlinable
    @inline(__always)
    package mutating func orderExecuted(_ message: OrderExecuted) {
        marker.mark(.decode)
        state.pointee.orderExecuted(message)
        react(message.locate, message.bytes)
    }

    @inlinable
    @inline(__always)
    package mutating func orderExecutedWithPrice(_ message: OrderExecutedWithPrice) {
        marker.mark(.decode)
        state.pointee.orderExecutedWithPrice(message)
        react(message.locate, message.bytes)
    }

    @inlinable
    @inline(__always)
    package mutating func orderCancel(_ message: OrderCancel) {
        marker.mark(.decode)
        state.pointee.orderCancel(message)
        react(message.locate, message.bytes)
    }

    @inlinable
    @inline(__always)
    package mutating func orderDelete(_ message: OrderDelete) {
        marker.mark(.decode)
        state.pointee.orderDelete(message)
        react(message.locate, message.bytes)
    }

    @inlinable
    @inline(__always)
    package mutating func orderReplace(_ message: OrderReplace) {
        marker.mark(.decode)
        state.pointee.orderReplace(message)
        react(message.locate, message.bytes)
    }

    @inlinable
    @inline(__always)
    package mutating func stockDirectory(_ message: StockDirectory) {
        state.pointee.name(message.locate, message.stock)
    }

    /// - Parameter message: read for its time only when there is something to decide.
    @inlinable
    @inline(__always)  // hot: per message
    mutating func react(_ locate: UInt16, _ message: UnsafeRawPointer) {
        marker.mark(.book)
        let opportunity = state.pointee.evaluate(locate)
        marker.mark(.signal)
        guard let opportunity else { return }
        let isAdmitted = state.pointee.admit(locate, opportunity, time: message.bigEndianUInt48(at: 5))
        marker.mark(.risk)
        guard isAdmitted else { return }
        state.pointee.send(locate, opportunity)
        marker.mark(.encode)
    }
}

extension ITCHStreamReader {
    /// The whole path over the messages that begin in the next `limit` bytes, without marks.
    @inline(never)  // hot: per block
    package mutating func replay(upTo limit: Int = .max, into pipeline: inout Pipeline<NoMarks>) {
        read(upTo: limit, into: &pipeline)
    }
}
