/// What a strategy reads from the touch of one book, in integers.
///
/// - *Imbalance*: (bid shares − ask shares) / (bid shares + ask shares), from −1 to 1.
/// - *Microprice*: each side's price weighted with the other side's shares, where a trade is likely next
///   (S. Stoikov, *The micro-price*, Quantitative Finance 18, 2018, in its simplest form).
/// - *EMA*: the microprice's exponential moving average over the changes of the touch, with weight 2^-``shift``.
///
/// Prices are fixed-point with 8 binary places.
package struct SignalState: BitwiseCopyable, Sendable {
    package static var fractionBits: UInt64 { 8 }
    package static var shift: Int64 { 4 }

    /// 0 until the touch had two sides.
    package var microprice: Int64
    package var average: Int64
    var lastBid: UInt64
    var lastAsk: UInt64

    package init() {
        microprice = 0
        average = 0
        lastBid = 0
        lastAsk = 0
    }

    /// Takes a touch into account.
    ///
    /// - Returns: whether the touch differs from the last one and has two sides that do not cross.
    @inline(__always)  // hot: per message
    package mutating func update(_ touch: Touch) -> Bool {
        // Shares above 2³² would mix with the price: then equality may be missed only when both changed alike.
        let bid = UInt64(touch.bidPrice) << 32 ^ touch.bidShares
        let ask = UInt64(touch.askPrice) << 32 ^ touch.askShares
        guard bid != lastBid || ask != lastAsk else { return false }
        lastBid = bid
        lastAsk = ask
        guard touch.hasBoth, touch.bidPrice < touch.askPrice else { return false }
        // Past 2²³ shares both sides are scaled alike: prices below 2³² and 8 places leave 24 bits.
        let scale = UInt64(max(0, 41 - (touch.bidShares | touch.askShares).leadingZeroBitCount))
        let bidShares = touch.bidShares >> scale
        let askShares = touch.askShares >> scale
        let spread = UInt64(touch.askPrice &- touch.bidPrice) << Self.fractionBits
        let above = spread &* bidShares / max(bidShares &+ askShares, 1)
        microprice = Int64(UInt64(touch.bidPrice) << Self.fractionBits &+ above)
        average = average == 0 ? microprice : average &+ (microprice &- average) >> Self.shift
        return true
    }

    /// Which side to take: buy when the bid outweighs the ask by more than `ratio` to 1 while the microprice lies above
    /// its average, sell the other way round.
    @inline(__always)  // hot: per change of a touch
    package func decision(_ touch: Touch, ratio: UInt64) -> Side? {
        if touch.bidShares > touch.askShares &* ratio, microprice > average { return .bid }
        if touch.askShares > touch.bidShares &* ratio, microprice < average { return .ask }
        return nil
    }
}
