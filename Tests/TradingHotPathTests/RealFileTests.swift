import Foundation
import Testing
import TradingHotPath

/// Real order flow, which may not be redistributed: found in `TICKSCOPE_MARKET_DATA`, or else in
/// `../shared/data/market` beside the package. Without it these tests are skipped.
@Suite("Real files")
struct RealFileTests {
    static var folder: URL {
        if let folder = ProcessInfo.processInfo.environment["TICKSCOPE_MARKET_DATA"] {
            return URL(fileURLWithPath: folder, isDirectory: true)
        }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../shared/data/market").standardized
    }

    static func isThere(_ file: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent(file).path)
    }

    static func bytes(_ file: String) throws -> [UInt8] {
        let url = folder.appendingPathComponent(file)
        guard file.hasSuffix(".gz") else { return [UInt8](try Data(contentsOf: url)) }
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
        gzip.arguments = ["-dc", url.path]
        let output = Pipe()
        gzip.standardOutput = output
        try gzip.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        gzip.waitUntilExit()
        try #require(gzip.terminationStatus == 0)
        return [UInt8](data)
    }

    private struct Replay {
        var counts: FramingCounts
        var types: [Character: Int]
        var digest: StateDigest
        var liveOrders: Int
        var counters: BookCounters
    }

    private func replay(_ bytes: [UInt8]) -> Replay {
        var types = TypeCounter()
        decode(bytes, into: &types)
        return bytes.withUnsafeBytes { stream in
            let (survey, counts) = StreamSurvey.survey(stream)
            var books = BookSet(capacity: survey.capacity(), prefault: false)
            var reader = ITCHStreamReader(stream)
            reader.replay(into: &books)
            return Replay(
                counts: counts, types: types.counts, digest: books.stateDigest(), liveOrders: books.liveOrders,
                counters: books.counters)
        }
    }

    private static let apple = "itch50/aapl_20200130_locate13_10k.itch"
    private static let directory = "itch50/nasdaq_20191230_first1000.itch"
    private static let thin = "derived/arl_20250717_as_itch50.itch.gz"
    private static let bitcoin = "derived/btcusd_20260502_as_itch50.itch.gz"

    @Test("10,000 AAPL messages", .enabled(if: isThere(apple), "no market data: set TICKSCOPE_MARKET_DATA"))
    func appleMessages() throws {
        let bytes = try Self.bytes(Self.apple)
        let replay = replay(bytes)
        #expect(
            replay.types == [
                "A": 4_758, "D": 4_083, "E": 849, "P": 240, "L": 52, "U": 7, "X": 6, "F": 2, "R": 1, "H": 1, "Y": 1,
            ])
        #expect(replay.counts.messages == 10_000 && replay.counts.malformed == 0 && replay.counts.tornBytes == 0)
        #expect(replay.liveOrders == 215 && replay.counters.anomalies == 0)
        var naive = NaiveBooks()
        naive.replay(bytes)
        #expect(replay.digest == naive.digest)
        // As a C++ book with std::map and PyPI's itch-book have it (Benchmarks/Peers).
        #expect(replay.digest.description == "b62edea6c7f17659")
        #expect(try ThreeBooksTests.expectAgreement(bytes) == replay.digest)
    }

    @Test(
        "The first 1,000 messages of a day",
        .enabled(if: isThere(directory), "no market data: set TICKSCOPE_MARKET_DATA"))
    func directoryMessages() throws {
        let replay = replay(try Self.bytes(Self.directory))
        #expect(replay.types == ["S": 1, "R": 993, "H": 3, "Y": 3])
        #expect(replay.liveOrders == 0)
    }

    @Test("A day of a thin symbol", .enabled(if: isThere(thin), "no market data: set TICKSCOPE_MARKET_DATA"))
    func thinDay() throws {
        let bytes = try Self.bytes(Self.thin)
        let replay = replay(bytes)
        #expect(replay.types == ["R": 1, "A": 2_915, "D": 2_902, "E": 11])
        #expect(replay.counters.anomalies == 0)
        // As a C++ book with std::map and PyPI's itch-book have it (Benchmarks/Peers).
        #expect(replay.digest.description == "642a2b8a552e701d")
        #expect(try ThreeBooksTests.expectAgreement(bytes) == replay.digest)
        var naive = NaiveBooks()
        naive.replay(bytes)
        #expect(replay.digest == naive.digest)
    }

    @Test("Half an hour of a deep book", .enabled(if: isThere(bitcoin), "no market data: set TICKSCOPE_MARKET_DATA"))
    func deepBook() throws {
        let bytes = try Self.bytes(Self.bitcoin)
        let replay = replay(bytes)
        #expect(replay.types == ["R": 1, "A": 156_862, "D": 150_366, "X": 173, "U": 80])
        #expect(replay.liveOrders == 6_496 && replay.counters.anomalies == 0)
        // As a C++ book with std::map and PyPI's itch-book have it (Benchmarks/Peers).
        #expect(replay.digest.description == "8030caf2da446258")
        #expect(try ThreeBooksTests.expectAgreement(bytes) == replay.digest)
    }
}
