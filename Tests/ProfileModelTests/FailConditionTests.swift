import ProfileModel
import Testing

@Suite struct FailConditionTests {
    private func quality(received: Int64 = 90, lost: Int64 = 10, truncated: Int64 = 9) -> RecordingQuality {
        var quality = RecordingQuality()
        quality.received = received
        quality.lost = lost
        quality.truncated = truncated
        return quality
    }

    private func violations(_ text: String, _ quality: RecordingQuality) throws -> [String] {
        FailCondition.violations(of: try FailCondition.parse(text), in: quality).map(\.description)
    }

    @Test func parsesCountsAndPercentages() throws {
        let conditions = try FailCondition.parse("lost>0, truncated>=5.5%")
        #expect(conditions.map(\.metric) == [.lost, .truncated])
        #expect(conditions.map(\.comparison) == [.above, .atLeast])
        #expect(conditions.map(\.limit) == [.count(0), .percent(5.5)])
    }

    @Test func comparesAtTheLimit() throws {
        #expect(try violations("lost>10", quality()).isEmpty)
        #expect(try violations("lost>=10", quality()) == ["lost is 10, condition lost>=10"])
        #expect(try violations("truncated>10%", quality()).isEmpty)
        #expect(try violations("truncated>=10%", quality()) == ["truncated is 9 (10.00%), condition truncated>=10%"])
    }

    @Test func lostSamplesAreAShareOfThoseThatHappened() throws {
        #expect(try violations("lost>9.9%", quality()) == ["lost is 10 (10.00%), condition lost>9.9%"])
        #expect(try violations("lost>10%", quality()).isEmpty)
    }

    @Test func nothingReceived() throws {
        #expect(try violations("truncated>0%", quality(received: 0, lost: 0, truncated: 0)).isEmpty)
        #expect(try violations("lost>50%", quality(received: 0, lost: 4)).count == 1)
        #expect(try violations("expected>0", quality()).isEmpty, "not stated")
    }

    @Test(arguments: [
        ("", "has no '>'"), ("lost", "has no '>'"), ("lost<3", "has no '>'"), ("lost>0,", "has no '>'"),
        (
            "missed>0",
            "known are expected, received, lost, throttled, truncated, completed, unnamed, uncovered, dropped"
        ),
        ("lost>", "needs a count"), ("lost>-1", "needs a count"), ("lost>1.5", "needs a count"),
        ("lost>101%", "percentage from 0 to 100"), ("lost>x%", "percentage from 0 to 100"),
        ("lost>nan%", "percentage from 0 to 100"),
    ])
    func saysWhatIsWrong(text: String, reason: String) {
        let error = #expect(throws: FailCondition.ParseError.self) { try FailCondition.parse(text) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
}
