/// Markets worth measuring with, each with the shape of a real one.
///
/// | profile | like | what it stresses |
/// |---|---|---|
/// | thin | ARL, 2025-07-17: 84 orders alive, minutes of silence, then 42 messages in 100 µs | idle, then a burst |
/// | liquid | AAPL, 2020-01-30, and Nasdaq's mix of messages | instructions: all of it fits the nearest cache |
/// | deep | AMZN, 2012-06-21: 9,800 orders alive on up to 488 levels a side | the search for a level |
/// | cancelHeavy | BTC-USD, 2026-05-02: adds and deletes only, half of them undone at once | slots that come back warm |
/// | replaceHeavy | exchange-core's mix: 82 % of the messages move an order | an order leaves and joins in one message |
/// | wholeMarket | 8,000 symbols, activity by rank^-0.8, dense references | caches and TLB |
package enum MarketProfile: String, Sendable, CaseIterable {
    case thin
    case liquid
    case deep
    case cancelHeavy = "cancel-heavy"
    case replaceHeavy = "replace-heavy"
    case wholeMarket = "whole-market"

    package var symbols: Int { self == .wholeMarket ? 8_000 : 1 }

    package func configuration(seed: UInt64, messages: Int) -> MarketGenerator.Configuration {
        var configuration = MarketGenerator.Configuration(seed: seed, messages: messages, symbols: symbols)
        configuration.calibration = calibration
        return configuration
    }

    package var calibration: MarketCalibration {
        var calibration = MarketCalibration()
        switch self {
        case .liquid: break
        case .thin:
            calibration.deletes = 996
            calibration.replaces = 0
            calibration.executions = 4
            calibration.executionsWithPrice = 0
            calibration.cancels = 0
            calibration.hiddenTrades = 8
            calibration.attributed = 0
            calibration.arrivalGap = QuantileTable([
                (0, 0), (0.1, 1e3), (0.3, 300e3), (0.5, 1.2e9), (0.8, 10e9), (0.95, 60e9), (1, 300e9),
            ])
            calibration.life = QuantileTable([
                (0, 5e3), (0.2, 400e6), (0.5, 22.5e9), (0.8, 300e9), (0.9, 960e9), (1, 4_000e9),
            ])
            calibration.distance = QuantileTable([(0, 0), (0.14, 1), (0.43, 4), (0.63, 10), (0.9, 60), (1, 300)])
            calibration.bursts = 20
        case .deep:
            calibration.restingOrders = 9_800
            calibration.life = QuantileTable([
                (0, 5e3), (0.2, 30e6), (0.5, 310e6), (0.9, 5.9e9), (0.99, 200e9), (1, 2_000e9),
            ])
            calibration.arrivalGap = QuantileTable([
                (0, 0), (0.1, 10e3), (0.5, 1.6e6), (0.9, 1.2e9), (1, 4e9),
            ])
            calibration.size = QuantileTable([(0, 1), (0.2, 50), (0.4, 100), (0.88, 100), (0.95, 200), (1, 1_000)])
            // An eighth of the orders goes where the resting ones are.
            calibration.distance = QuantileTable([(0, 0), (0.4, 1), (0.7, 3), (0.82, 9), (0.88, 40), (1, 488)])
        case .cancelHeavy:
            calibration.deletes = 1_000
            calibration.replaces = 0
            calibration.executions = 0
            calibration.executionsWithPrice = 0
            calibration.cancels = 0
            calibration.hiddenTrades = 0
            calibration.attributed = 0
            // Median 0 ms, 1.3 s at 90 %; 57 % of the messages have the time of the one before.
            calibration.life = QuantileTable([
                (0, 0), (0.5, 100e3), (0.7, 20e6), (0.9, 1.3e9), (0.99, 60e9), (1, 1_000e9),
            ])
            calibration.arrivalGap = QuantileTable([(0, 0), (0.57, 0), (0.8, 4e6), (0.9, 20e6), (1, 300e6)])
            calibration.distance = QuantileTable([(0, 0), (0.51, 1), (0.76, 4), (0.82, 10), (0.95, 200), (1, 1_206)])
        case .replaceHeavy:
            // Of what happens to orders; with the new orders that takes their place, 82 % of all messages.
            calibration.deletes = 85
            calibration.replaces = 901
            calibration.executions = 14
            calibration.executionsWithPrice = 0
            calibration.cancels = 0
            calibration.hiddenTrades = 0
        case .wholeMarket:
            calibration.hasForeignReferences = false
            calibration.bursts = 5
        }
        return calibration
    }
}
