/// Order reference → order handle, in pages.
///
/// References are unique for a day and nearly dense in the order of time, so an array indexed by them beats a hash
/// table: neighbors in time share cache lines, nothing collides (all references of one Nasdaq symbol agree modulo 4,
/// which wastes three quarters of a table hashed by low bits) and nothing is ever rehashed.
///
/// ```
/// reference ── >> 8 ──▶ directory {page, live, lines} ──▶ page of 256 handles, 1 KiB
///     645,000,001            2,519,532 entries               0 = no such order
/// ```
///
/// A page is handed back when its last order leaves; by then it is all zero again and needs no clearing. Pages are small
/// because the references of a few symbols are sparse (about one in 850 is AAPL's): then nearly every order has a page
/// of its own, and a small one comes back warm from the order that left last. Page 0 stays all zero and stands for every
/// page that is not there, so a lookup has no branch for it. A hostile reference costs at most one page, and only while
/// its order lives; when pages run out, orders are turned away.
struct ReferenceTable: ~Copyable {
    static let referencesPerPageShift = 8
    static var referencesPerPage: Int { 1 << referencesPerPageShift }

    struct Entry: BitwiseCopyable {
        var page: UInt32
        /// Orders alive on the page.
        var live: UInt16
        /// A bit for each 16 references, a cache line of the page: set while some of them may be in use.
        var lines: UInt16
    }

    private let directory: Table<Entry>
    private let pages: Table<UInt32>
    private let freePages: Table<UInt32>
    private var freeCount = 0
    /// Pages from here on were never used; page 0 is not for use.
    private var unusedPage = 1
    private let pageCapacity: Int
    private let isPrefaulted: Bool

    /// - Parameters:
    ///   - maximumReference: larger references are refused.
    ///   - pageCapacity: pages that can be in use at once.
    init(maximumReference: UInt64, pageCapacity: Int, prefault: Bool) {
        let entries = Int(maximumReference >> Self.referencesPerPageShift) + 1
        directory = Table(count: entries, filledWith: Entry(page: 0, live: 0, lines: 0))
        pages = Table(count: (pageCapacity + 1) << Self.referencesPerPageShift, prefault: prefault)
        freePages = Table(count: pageCapacity, prefault: prefault)
        self.pageCapacity = pageCapacity
        isPrefaulted = prefault
        clearPage(0)
    }

    /// The most pages that were ever in use at once.
    var highWater: Int { unusedPage - 1 }

    /// References in use.
    ///
    /// - Complexity: O(largest reference).
    var liveCount: Int { (0..<directory.count).reduce(0) { $0 + Int(directory[UInt32($1)].live) } }

    /// Handle of the order with this reference, 0 when there is none.
    @inline(__always)  // hot: per message
    func handle(of reference: UInt64) -> UInt32 {
        let number = reference >> Self.referencesPerPageShift
        guard number < UInt64(truncatingIfNeeded: directory.count) else { return 0 }
        return cell(reference, directory[UInt32(truncatingIfNeeded: number)].page).pointee
    }

    enum Placement {
        case placed
        /// The reference is in use.
        case duplicate
        /// No page is left, or the reference is above the limit.
        case full
    }

    /// Names an order.
    ///
    /// - Precondition: `handle` is not 0.
    @inline(__always)  // hot: per message
    mutating func insert(_ reference: UInt64, _ handle: UInt32) -> Placement {
        guard reference >> Self.referencesPerPageShift < UInt64(truncatingIfNeeded: directory.count) else {
            return .full
        }
        let entry = directory.elements + Int(truncatingIfNeeded: reference >> Self.referencesPerPageShift)
        var page = entry.pointee.page
        let line = UInt16(truncatingIfNeeded: 1 &<< (reference >> 4 & 15))
        if page == 0 {
            page = takePage()
            guard page != 0 else { return .full }
            entry.pointee = Entry(page: page, live: 1, lines: line)
        } else {
            // A new order's line of the page is in no cache as a rule. Where no reference of it is in use, page 0 is
            // looked at instead, and the line is only written, which nobody waits for.
            let known = entry.pointee.lines & line != 0 ? cell(reference, page) : pages.elements
            guard known.pointee == 0 else { return .duplicate }
            entry.pointee.lines |= line
            entry.pointee.live &+= 1
        }
        cell(reference, page).pointee = handle
        return .placed
    }

    /// Forgets an order.
    ///
    /// - Precondition: the reference is in use.
    @inline(__always)  // hot: per message
    mutating func remove(_ reference: UInt64) {
        let entry = directory.elements + Int(truncatingIfNeeded: reference >> Self.referencesPerPageShift)
        let page = entry.pointee.page
        cell(reference, page).pointee = 0
        if entry.pointee.live == 1 {
            freePages.elements[freeCount] = page
            freeCount &+= 1
            entry.pointee = Entry(page: 0, live: 0, lines: 0)
        } else {
            entry.pointee.live &-= 1
        }
    }

    @inline(__always)
    private func cell(_ reference: UInt64, _ page: UInt32) -> UnsafeMutablePointer<UInt32> {
        let offset = Int(truncatingIfNeeded: reference) & (Self.referencesPerPage - 1)
        return pages.elements + (Int(page) << Self.referencesPerPageShift | offset)
    }

    /// An all-zero page, or 0 when none is left.
    @inline(__always)
    private mutating func takePage() -> UInt32 {
        if freeCount > 0 {
            freeCount &-= 1
            return freePages.elements[freeCount]
        }
        guard unusedPage <= pageCapacity else { return 0 }
        let page = unusedPage
        unusedPage &+= 1
        if !isPrefaulted { clearPage(page) }
        return UInt32(truncatingIfNeeded: page)
    }

    private func clearPage(_ page: Int) {
        (pages.elements + page << Self.referencesPerPageShift)
            .initialize(repeating: 0, count: Self.referencesPerPage)
    }
}
