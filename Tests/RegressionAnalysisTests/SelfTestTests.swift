import RegressionAnalysis
import Statistics
import Testing

@Suite struct SelfTestTests {
    @Test func ourOwnRatesAreAsPromised() {
        let test = SelfTest(trials: 300, seed: 5)
        #expect(!test.hasFailed && test.rows.count == 6)
        for row in test.rows {
            #expect(row.falseAlarms <= 12 && row.falseAlarmInterval.contains(Double(row.falseAlarms) / 300))
            let isCorrelated = row.family.name.hasPrefix("AR")
            #expect(row.detections[1].score.f1 >= (isCorrelated ? 0.85 : 0.95), "\(row.family.name)")
            #expect(row.detections[2].power >= 0.95 && row.detections[1].coverage >= 0.85)
        }
        #expect(test == SelfTest(trials: 300, seed: 5))
        #expect(test.text() != SelfTest(trials: 300, seed: 6).text())
        #expect(test.text().hasSuffix("passed\n") && test.json().contains("\"passed\": true"))
    }

    @Test func whatIsPromisedDecidesHowManyAlarmsThereAre() {
        #expect(SelfTest(trials: 300, falseAlarmRate: 0).rows.allSatisfy { $0.falseAlarms == 0 })
        func alarms(_ rate: Double) -> Int {
            SelfTest(trials: 300, falseAlarmRate: rate).rows.reduce(0) { $0 + $1.falseAlarms }
        }
        #expect(alarms(0.9) > 3 * alarms(0.01))
    }

    @Test func scoresCountEveryStepOnce() {
        var score = DetectionScore()
        score.add(reported: [10, 12, 50], truth: [11, 90])
        #expect(score.found == 1 && score.missed == 1 && score.wrong == 2 && score.f1 == 0.4)
        #expect(DetectionScore().f1 == 1)
    }
}
