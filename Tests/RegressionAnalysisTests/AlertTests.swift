import Benchmarking
import Foundation
import RegressionAnalysis
import TestSupport
import Testing

@Suite struct AlertTests {
    @Test func oneCauseIsOneAlert() throws {
        let made = try MadeHistory()
        for index in 0..<60 {
            try made.add([
                "a": index < 20 ? 100 : 110, "b": index < 20 ? 50 : 54, "faster": index < 20 ? 100 : 90,
                "later": index < 40 ? 100 : 110, "level": 100,
            ])
        }
        let overview = try made.overview()
        let groups = overview.alerts.map { alert in
            alert.members.map { overview.history($0).series.benchmark.name }.sorted()
        }
        #expect(Set(groups) == [["a", "b"], ["faster"], ["later"]] && groups.count == 3)
        #expect(overview.openRegressions.count == 2 && overview.openImprovements.count == 1)
        #expect(!overview.alerts.contains { !$0.isRecorded })
    }

    /// What an alert is called does not change as points arrive one by one, whatever the noise, though its step's place
    /// does.
    @Test func anAlertKeepsItsNameAsPointsArrive() throws {
        var moves = 0
        for seed in 1...8 as ClosedRange<UInt64> {
            let made = try MadeHistory(seed: seed)
            var names: Set<String> = []
            var places: Set<PlaceInterval> = []
            for index in 0..<60 {
                // Steps of two deviations, whose places are uncertain at first.
                try made.add(["a": index < 30 ? 100 : 102, "b": index < 30 ? 100 : 102.5])
                guard index >= 30 else { continue }
                let overview = try made.overview()
                names.formUnion(overview.alerts.map(\.id))
                places.formUnion(overview.alerts.flatMap(\.members).map { overview.step($0).places })
            }
            #expect(names.count == 1, "seed \(seed): \(names)")
            moves += places.count - 2
        }
        #expect(moves > 10, "the places hardly moved, so nothing was tested")
    }

    @Test func smallChangesRaiseNoAlert() throws {
        let made = try MadeHistory()
        for index in 0..<30 { try made.add(["a": index < 15 ? 100 : 110]) }
        let overview = try HistoryLoader(path: made.path, smallestShare: 0.2).overview()
        #expect(overview.histories[0].steps.count == 1 && overview.alerts.isEmpty)
        #expect(try made.overview().openRegressions.count == 1)
    }

    @Test func anAlertIsAcknowledgedForATimeResolvedAndReopened() throws {
        let made = try MadeHistory()
        for index in 0..<30 { try made.add(["a": index < 15 ? 100 : 110]) }
        let id = try #require(try made.overview().alerts.first?.id)
        let loader = HistoryLoader(path: made.path)
        let now = Int64(Date().timeIntervalSince1970) * 1_000_000_000
        let hour: Int64 = 3_600_000_000_000
        let named = try loader.decide(
            String(id.prefix(4)), .acknowledged, reason: "known", expiresAtNanoseconds: now + hour)
        #expect(named == id)
        let acknowledged = try made.overview(now: now)
        #expect(acknowledged.openRegressions.isEmpty && acknowledged.alerts[0].state == .acknowledged)
        #expect(acknowledged.text().contains("known"))
        let expired = try made.overview(now: now + 2 * hour)
        #expect(expired.openRegressions.map(\.id) == [id] && expired.alerts[0].isExpired)
        _ = try loader.decide(id, .resolved, reason: nil)
        #expect(try made.overview(now: now + 2 * hour).alerts.map(\.state) == [.resolved])
        _ = try loader.decide(id, .open, reason: nil)
        #expect(try made.overview().openRegressions.map(\.id) == [id])
        #expect(throws: RegressionError.self) { try loader.decide("none", .resolved, reason: nil) }
        #expect(throws: RegressionError.self) {
            try HistoryLoader(path: made.folder.file("missing")).decide(id, .resolved, reason: nil)
        }
        #expect(!FileManager.default.fileExists(atPath: made.folder.file("missing")))
    }

    /// A cause that was acknowledged takes in what it did to others; one that was resolved does not hide a new step.
    @Test(arguments: [StoredAlert.State.acknowledged, .resolved])
    func whatIsSeenLater(_ state: StoredAlert.State) throws {
        let made = try MadeHistory()
        for index in 0..<30 { try made.add(["a": index < 15 ? 100 : 110, "b": index < 15 ? 100 : 110]) }
        var request = HistoryRequest()
        request.benchmarks = ["a"]
        let id = try #require(try made.overview(request).alerts.first?.id)
        _ = try HistoryLoader(path: made.path).decide(id, state, reason: "x")
        let overview = try made.overview()
        #expect(overview.alerts.count == (state == .acknowledged ? 1 : 2))
        #expect(overview.openRegressions.count == (state == .acknowledged ? 0 : 1))
        #expect(try made.overview().alerts.map(\.id) == overview.alerts.map(\.id))
    }

    @Test func whatCameBackHasRecovered() throws {
        let made = try MadeHistory()
        for index in 0..<45 { try made.add(["a": (15..<30).contains(index) ? 110 : 100]) }
        let overview = try made.overview()
        #expect(overview.alerts.map(\.state) == [.open, .recovered] && overview.openRegressions.isEmpty)
    }

    @Test func alertsOfBranchesAreTheirOwn() throws {
        let made = try MadeHistory()
        for index in 0..<30 {
            try made.add(["a": index < 15 ? 100 : 110], commit: MadeHistory.commit(index), branch: "main")
            try made.add(["a": index < 15 ? 100 : 110], commit: MadeHistory.commit(index), branch: "topic")
        }
        #expect(Set(try made.overview().alerts.map(\.branch)) == ["main", "topic"])
    }

    @Test func theReportsSayWhatThereIs() throws {
        let made = try MadeHistory()
        for index in 0..<30 { try made.add(["<b>&\u{1B}[31m": index < 15 ? 100 : 110]) }
        let overview = try made.overview()
        let id = overview.alerts[0].id
        let (text, html) = (overview.text(), overview.html())
        #expect(text.contains("alert \(id)  open regression") && !text.contains("\u{1B}[31m"))
        #expect(html.contains(id) && html.contains("&lt;b&gt;&amp;") && !html.contains("<b>") && html.contains("<svg"))
        #expect(!html.contains("<script") && !html.contains("://"))
        let json = try JSONSerialization.jsonObject(with: Data(try overview.json().utf8)) as? [String: Any]
        #expect(json?["schemaVersion"] as? Int == 1 && json?["openRegressions"] as? Int == 1)
        let alert = try #require((json?["alerts"] as? [[String: Any]])?.first)
        #expect(alert["id"] as? String == id && (alert["after"] as? [String: Any])?["commit"] as? String != nil)
    }
}
