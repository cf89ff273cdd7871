/// The messages that change a book. All others (trades against hidden orders, directory, halts …) leave it alone:
/// orders keep flowing while an instrument is halted, so a halt must not gate the book.
extension BookSet: ITCHHandler {
    @inline(__always)
    package mutating func addOrder(_ message: AddOrder) {
        addOrder(
            reference: message.reference, locate: message.locate, sideCode: message.side, shares: message.shares,
            price: message.price)
    }

    @inline(__always)
    package mutating func addOrderWithAttribution(_ message: AddOrderWithAttribution) {
        addOrder(
            reference: message.reference, locate: message.locate, sideCode: message.side, shares: message.shares,
            price: message.price)
    }

    @inline(__always)
    package mutating func orderExecuted(_ message: OrderExecuted) {
        executeOrder(reference: message.reference, shares: message.shares, price: nil, isPrintable: true)
    }

    @inline(__always)
    package mutating func orderExecutedWithPrice(_ message: OrderExecutedWithPrice) {
        executeOrder(
            reference: message.reference, shares: message.shares, price: message.price,
            isPrintable: message.printable == UInt8(ascii: "Y"))
    }

    @inline(__always)
    package mutating func orderCancel(_ message: OrderCancel) {
        cancelShares(reference: message.reference, shares: message.cancelledShares)
    }

    @inline(__always)
    package mutating func orderDelete(_ message: OrderDelete) { deleteOrder(reference: message.reference) }

    @inline(__always)
    package mutating func orderReplace(_ message: OrderReplace) {
        replaceOrder(
            reference: message.oldReference, newReference: message.newReference, shares: message.shares,
            price: message.price)
    }
}

extension ITCHStreamReader {
    /// Applies the messages that begin in the next `limit` bytes to the books.
    ///
    /// The whole loop is specialized for ``BookSet`` here; a profile shows it as the framing of the stream.
    @inline(never)  // hot: per block
    package mutating func replay(upTo limit: Int = .max, into books: inout BookSet) {
        read(upTo: limit, into: &books)
    }
}
