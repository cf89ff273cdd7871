/// The values of one metric of one benchmark.
package struct MetricSeries: Codable, Hashable, Sendable {
    /// Identifier of a ``BenchmarkMetric``.
    package var metric: String
    /// One a fresh process, in the metric's unit per operation where it is per operation. Empty when unavailable.
    package var values: [Double]
    /// The smallest difference that the measurement tells apart, in the same unit; nil for exact counts.
    package var resolution: Double?
    /// Why there are no values.
    package var unavailable: String?
    /// The single measurements (epochs) behind each value, one array a process, for pictures; at most some hundred each.
    package var epochs: [[Double]]?

    package init(
        metric: BenchmarkMetric, values: [Double], resolution: Double? = nil, unavailable: String? = nil,
        epochs: [[Double]]? = nil
    ) {
        self.metric = metric.id
        self.values = values
        self.resolution = resolution
        self.unavailable = unavailable
        self.epochs = epochs
    }
}
