import ArgumentParser

/// A share in per cent on the command line: `0.5` or `0.5%`.
struct PercentArgument: ExpressibleByArgument {
    /// As a share of one.
    var share: Double

    init?(argument: String) {
        let digits = argument.hasSuffix("%") ? argument.dropLast() : argument[...]
        guard let percent = Double(digits), percent.isFinite else { return nil }
        share = percent / 100
    }
}
