/// One call that an operation made: an interval of its instructions.
package struct CallRecord: Hashable, Sendable {
    /// How a function began to execute.
    package enum Entry: UInt8, Sendable {
        /// It holds the operation itself, and was entered before the first instruction that is seen.
        case outermost
        case call
        /// By a jump out of the function that is its parent here and that it returns for: a tail call, a linkage stub, the
        /// dynamic linker.
        case jump
    }

    /// Position of the calling record; -1 at the outermost.
    package var parent: Int32
    /// Position of the function in the trace's list.
    package var function: Int32
    package var entry: Entry
    /// Which instructions of the path are its own and its callees': from `begin`, `end` excluded.
    package var begin: Int32
    package var end: Int32
    /// Position of the instruction of the parent that led here; -1 at the outermost.
    package var site: Int32

    package init(parent: Int32, function: Int32, entry: Entry, begin: Int32, end: Int32, site: Int32) {
        self.parent = parent
        self.function = function
        self.entry = entry
        self.begin = begin
        self.end = end
        self.site = site
    }

    /// Instructions, those of callees included.
    package var total: Int64 { Int64(end - begin) }
}
