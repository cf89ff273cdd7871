/// The shape of a generated market: figures measured on real order flow.
///
/// | figure | measured |
/// |---|---|
/// | messages | all of Nasdaq, 2019-12-30: A and F 44.1 %, D 42.6 %, U 8.0 %, E, C and X 3.2 % |
/// | order life, size, distance from the touch, gaps | AAPL, 2020-01-30, before the open |
/// | activity of the symbol of rank r | proportional to r^-0.8 |
/// | references | 1 modulo 4 (all of one symbol agree modulo 4), up to 645 million a day (2025) |
///
/// AAPL's figures: life 5.5 s (median) and 103 s (90 %); size 30 and 100; 29 % of the events at the touch, 77 % within
/// three levels and 94 % within nine; 44 µs, 43 ms and 4.3 s between messages (10, 50 and 90 %).
package struct MarketCalibration: Sendable {
    /// What an order meets at the end of its life, in 1/1,000 of such events. Executions meet the front of a queue at
    /// the touch instead, and the order lives on.
    package var deletes = 786
    package var replaces = 151
    package var executions = 43
    package var executionsWithPrice = 4
    package var cancels = 16
    /// Executions that take the whole order, in 1/1,000.
    package var fullExecutions = 560
    /// Trades against hidden orders, in 1/1,000 of all events.
    package var hiddenTrades = 20
    /// New orders with attribution, in 1/1,000.
    package var attributed = 25

    /// Nanoseconds between new orders of the most active symbol.
    package var arrivalGap = QuantileTable([
        (0, 0), (0.1, 10e3), (0.25, 60e3), (0.4, 500e3), (0.5, 3e6), (0.6, 30e6), (0.7, 250e6), (0.8, 2e9),
        (0.9, 10e9), (0.97, 22e9), (1, 60e9),
    ])

    /// Nanoseconds until something happens to an order of the most active symbol.
    package var life = QuantileTable([
        (0, 5e3), (0.1, 500e3), (0.2, 8e6), (0.3, 60e6), (0.4, 1.5e9), (0.5, 5.5e9), (0.7, 20e9), (0.8, 45e9),
        (0.9, 103e9), (0.95, 900e9), (0.99, 9_000e9), (1, 20_000e9),
    ])

    /// Shares of an order.
    package var size = QuantileTable([
        (0, 1), (0.1, 3), (0.25, 10), (0.5, 30), (0.75, 80), (0.88, 100), (0.93, 100), (0.97, 300), (1, 1_000),
    ])

    /// Where a new order goes, in price ticks behind the best of its side.
    package var distance = QuantileTable([
        (0, 0), (0.28, 1), (0.7, 3), (0.9, 7), (0.97, 15), (0.99, 40), (1, 120),
    ])
    /// New orders that improve the best price where the spread has room, in 1/1,000.
    package var improvements = 150

    /// Arrivals that set off a burst, in 1/1,000, and the most orders that then arrive with them, nanoseconds apart.
    package var bursts = 0
    package var burstLength = 40
    package var burstGap = QuantileTable([(0, 0), (0.57, 0), (0.8, 1e3), (1, 20e3)])

    /// Orders of each symbol that are there from the open to the close, far behind the touch.
    package var restingOrders = 0
    /// How far, in price ticks behind the best of their side.
    package var restingDistance = QuantileTable([(0, 3), (0.5, 120), (1, 488)])

    /// References of one symbol that lie between two of its own on average go to others; false when the stream has the
    /// whole market, whose references are dense.
    package var hasForeignReferences = true

    /// Nanoseconds since midnight of the first and last order: regular trading hours.
    package var open: UInt64 = 34_200_000_000_000
    package var close: UInt64 = 57_600_000_000_000

    package init() {}

    /// r^-0.8 without a power function: 1 / fifth root of r⁴, by Newton's method.
    package static func activity(rank: Int) -> Double {
        let fourthPower = Double(rank) * Double(rank) * Double(rank) * Double(rank)
        var root = Double(rank)
        for _ in 0..<64 {
            let square = root * root
            root = (4 * root + fourthPower / (square * square)) / 5
        }
        return 1 / root
    }
}
