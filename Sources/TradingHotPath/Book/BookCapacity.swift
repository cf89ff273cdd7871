/// How much a ``BookSet`` has room for, all of it reserved when it is made.
package struct BookCapacity: Equatable, Sendable {
    /// Orders alive at once.
    package var orders: Int
    /// Filled price levels at once, over all books and sides.
    package var levels: Int
    /// Rungs of all ladders, with what growing them leaves behind: at most four times the levels, and four for each
    /// side of each book.
    package var rungs: Int
    /// Reference pages in use at once, of 1 KiB each; never more than there are orders alive.
    package var pages: Int
    /// The largest order reference that is accepted. Nasdaq passed 645 million in 2025.
    package var maximumReference: UInt64

    package init(orders: Int, levels: Int, rungs: Int, pages: Int, maximumReference: UInt64) {
        self.orders = orders
        self.levels = levels
        self.rungs = rungs
        self.pages = pages
        self.maximumReference = maximumReference
    }

    /// Bytes that messages touch when the capacity is just what they need: pages with their entries in the
    /// directory, and all slots, without what was reserved for other locates and references.
    ///
    /// - Parameter books: with orders at any time.
    package func workingSet(books: Int) -> Int {
        orders * MemoryLayout<Order>.stride + levels * MemoryLayout<PriceLevel>.stride
            + rungs * MemoryLayout<Rung>.stride
            + pages * (ReferenceTable.referencesPerPage * 4 + 4 + MemoryLayout<ReferenceTable.Entry>.stride)
            + 2 * books * MemoryLayout<Ladder>.stride
    }

    /// Bytes that a set of this capacity reserves.
    package var bytes: Int {
        orders * MemoryLayout<Order>.stride + levels * MemoryLayout<PriceLevel>.stride
            + rungs * MemoryLayout<Rung>.stride + pages * (ReferenceTable.referencesPerPage * 4 + 4)
            + Int(maximumReference >> ReferenceTable.referencesPerPageShift) * 8
            + BookSet.ladderCount * MemoryLayout<Ladder>.stride
    }
}
