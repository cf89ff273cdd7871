internal import BenchmarkSuites
internal import Benchmarking
internal import Glibc

/// Reads series of a store, says what happened in them, and keeps the store's memory of alerts up to date.
package struct HistoryLoader: Sendable {
    private let path: String
    private let smallestShare: Double
    private let now: Int64

    /// - Parameters:
    ///   - path: of the store.
    ///   - smallestShare: of changes that raise alerts; nil for what is usual.
    ///   - now: nanoseconds since 1970; nil for what the clock says.
    package init(path: String, smallestShare: Double? = nil, now: Int64? = nil) {
        self.path = path
        self.smallestShare = smallestShare ?? AlertBook.usualSmallestShare
        self.now = now ?? SQLiteStore.now()
    }

    /// - Throws: ``RegressionError``: there is no store, it is damaged or from the future, or nothing in it is meant.
    package func overview(_ request: HistoryRequest = HistoryRequest()) throws -> HistoryOverview {
        var store = try SQLiteStore(path: path, access: .reading)
        var notes: [String] = []
        if try store.isOutdated() {
            do {
                store = try SQLiteStore(path: path, access: .writing)
            } catch let error as RegressionError where error.code == .store {
                notes.append("the store is of an older tickscope and cannot be written: it is read as it is")
            }
        }
        let stored = try store.histories(request)
        try Self.check(stored, request)
        let histories = stored.series.map { SeriesHistory($0) }
        let book = AlertBook(histories, stored: try store.alerts(), smallestShare: smallestShare, now: now)
        var alerts = book.alerts
        if !book.unrecorded.isEmpty {
            do {
                try SQLiteStore(path: path, access: .writing).record(book.unrecorded)
                for index in alerts.indices { alerts[index].isRecorded = true }
            } catch let error as RegressionError where error.code == .store {
                notes.append(
                    "the store cannot be written: alerts are not remembered, and may have another name next time")
            }
        }
        var overview = HistoryOverview(histories, alerts: alerts)
        overview.notes = notes
        return overview
    }

    private static func check(_ stored: StoredHistories, _ request: HistoryRequest) throws(RegressionError) {
        guard stored.series.isEmpty else { return }
        guard !stored.names.isEmpty else {
            throw RegressionError(
                .noSeries, "the store holds no results: save some with 'tickscope baseline save NAME RESULT'")
        }
        let filters = [
            request.benchmarks.isEmpty ? nil : "benchmark", request.metrics.isEmpty ? nil : "--metric",
            request.branches.isEmpty ? nil : "--branch", request.since == nil ? nil : "--since",
        ].compactMap(\.self)
        let names = stored.names.prefix(10).map { PlainText.of($0) }.joined(separator: ", ")
        throw RegressionError(
            .noSeries,
            "no run fits \(filters.isEmpty ? "the metrics that are judged: give --metric" : filters.joined(separator: " and "))"
                + "; the store has \(names)\(stored.names.count > 10 ? ", …" : "")")
    }

    /// Decides about an alert that was shown, whether or not the store remembers it yet.
    /// - Returns: its whole identifier.
    package func decide(
        _ id: String, _ state: StoredAlert.State, reason: String?, expiresAtNanoseconds: Int64? = nil
    ) throws -> String {
        // What is not there is not made, as opening for writing would.
        let known = try SQLiteStore(path: path, access: .reading).alerts().map(\.id)
        if (try? SQLiteStore.identifier(id, known)) == nil, let all = try? overview() {
            // Of what is shown now, in a store that could not be written when it was shown.
            _ = try SQLiteStore.identifier(id, known + all.alerts.map(\.id))
        }
        return try SQLiteStore(path: path, access: .writing).decide(
            id, state, reason: reason, expiresAtNanoseconds: expiresAtNanoseconds)
    }
}
