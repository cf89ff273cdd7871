/// What an order may be at most, and how fast orders may follow each other.
package struct RiskLimits: Sendable {
    /// Shares of one order.
    package var shares: UInt32 = 1_000
    /// Shares times price of one order, in 1/10,000 of a dollar.
    package var notional: UInt64 = 5_000_000_000
    /// How far a buy may lie above and a sell below the reference price, in 1/1,024 of it.
    package var collar: UInt32 = 51
    /// Shares held and asked for in one symbol, long or short.
    package var position: Int64 = 10_000
    /// Orders in a row, and nanoseconds after which one more may follow.
    package var burst: UInt64 = 100
    package var nanosecondsPerOrder: UInt64 = 1_000_000

    package init() {}
}

/// Why an order may not leave.
package enum RiskVerdict: UInt8, Sendable, CaseIterable {
    case accepted
    case killed
    case size
    case notional
    case collar
    case position
    case rate
}

/// Checks every order before it leaves: integer comparisons only, each refusal counted by its reason.
package struct RiskGate: ~Copyable {
    package var limits: RiskLimits
    /// Nothing leaves while it is on.
    package var isKilled = false
    private let verdicts: Table<UInt64>
    /// The moment up to which the allowed rate is used up: a token bucket as one number (a virtual clock).
    private var rateClock: UInt64 = 0

    package init(limits: RiskLimits) {
        self.limits = limits
        verdicts = Table(count: RiskVerdict.allCases.count, filledWith: 0)
    }

    /// Forgets when the last orders left, as at the start of a day.
    package mutating func resetRate() { rateClock = 0 }

    package func count(_ verdict: RiskVerdict) -> UInt64 { verdicts[UInt32(verdict.rawValue)] }

    /// - Parameters:
    ///   - reference: the price to judge by, such as the middle of the spread.
    ///   - exposure: shares held and asked for on the side of the order, positive.
    ///   - time: nanoseconds since midnight. A clock that runs backward earns nothing.
    @inline(__always)  // hot: per order
    package mutating func check(
        side: Side, shares: UInt32, price: UInt32, reference: UInt32, exposure: Int64, time: UInt64
    ) -> RiskVerdict {
        let verdict = judge(side, shares, price, reference, exposure, time)
        verdicts[UInt32(verdict.rawValue)] &+= 1
        return verdict
    }

    @inline(__always)
    private mutating func judge(
        _ side: Side, _ shares: UInt32, _ price: UInt32, _ reference: UInt32, _ exposure: Int64, _ time: UInt64
    ) -> RiskVerdict {
        if isKilled { return .killed }
        if shares == 0 || shares > limits.shares { return .size }
        if UInt64(shares) &* UInt64(price) > limits.notional { return .notional }
        let room = (UInt64(reference) &* UInt64(limits.collar)) >> 10
        let isOutside =
            side == .bid
            ? UInt64(price) > UInt64(reference) &+ room : UInt64(price) &+ room < UInt64(reference)
        if isOutside || price == 0 { return .collar }
        if exposure &+ Int64(shares) > limits.position { return .position }
        // The bucket holds `burst` orders: the clock may run ahead of time by that many intervals.
        let clock = max(rateClock, time)
        let (ahead, interval) = (clock &- time, limits.nanosecondsPerOrder)
        if ahead &+ interval > limits.burst &* interval { return .rate }
        rateClock = clock &+ interval
        return .accepted
    }
}
