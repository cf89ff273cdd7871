import BenchmarkSuites
import Benchmarking
import ProfileFormats
import RegressionAnalysis
import Statistics
import Testing

/// Profiles drawn at random from functions whose costs are known.
struct AttributionTests {
    /// Cycles an operation of each function.
    private static let five: [(String, Double)] = [("a", 200), ("b", 200), ("c", 200), ("d", 200), ("e", 200)]

    /// Ten processes that differ as processes do, and samples of each: a multinomial draw.
    private static func measured(
        _ costs: [(String, Double)], samples: Int = 14_000, processes: Int = 10, noise: Double = 0.002,
        instructions: [Int64]? = nil, _ generator: inout RepeatableGenerator
    ) -> BenchmarkResult {
        var cycles: [Double] = []
        var counts: [[Int64]] = []
        for _ in 0..<processes {
            let drawn = costs.map { $0.1 * (1 + noise * generator.normal()) }
            let total = drawn.reduce(0, +)
            cycles.append(total * (1 + noise * generator.normal()))
            var left = Double(samples)
            var rest = total
            counts.append(
                drawn.map { cost in
                    let share = rest > 0 ? min(1, cost / rest) : 0
                    let mean = left * share
                    let count = min(
                        left, max(0, (mean + (mean * (1 - share)).squareRoot() * generator.normal()).rounded()))
                    left -= count
                    rest -= cost
                    return Int64(count)
                })
        }
        var result = Sample.result("five", [(.cycles, cycles)])
        var profile = FunctionProfile(
            functions: costs.map { FunctionProfile.Function(name: $0.0, module: "engine") }, samples: counts)
        profile.instructions = instructions
        result.profile = profile
        return result
    }

    private static func scaled(_ function: String, _ factor: Double) -> [(String, Double)] {
        five.map { ($0.0, $0.0 == function ? $0.1 * factor : $0.1) }
    }

    @Test func fivePerCentOfOneOfFiveFunctionsIsNamedAndNothingElse() throws {
        var generator = RepeatableGenerator(seed: 7)
        var (named, others, sums) = (0, 0, 0)
        for _ in 0..<200 {
            let before = Self.measured(Self.five, &generator)
            let after = Self.measured(Self.scaled("c", 1.05), &generator)
            let attribution = try #require(try Attribution(before, after))
            named += attribution.named.contains { $0.function == "c" && $0.finding == .grown } ? 1 : 0
            others += attribution.named.contains { $0.function != "c" } ? 1 : 0
            // What was named and what was not are the whole.
            let rest = try #require(attribution.unexplained)
            let sum = attribution.explained + rest.difference + attribution.moved
            sums += abs(sum - (attribution.after - attribution.before)) < 0.01 ? 1 : 0
        }
        #expect(named >= 190 && others <= 6 && sums == 200, "\(named) named, \(others) wrongly, \(sums) sums")
    }

    @Test(arguments: [0.002, 0.01]) func nothingIsNamedWithoutAChange(noise: Double) throws {
        var generator = RepeatableGenerator(seed: 11)
        var wrong = 0
        for _ in 0..<300 {
            let before = Self.measured(Self.five, noise: noise, &generator)
            let after = Self.measured(Self.five, noise: noise, &generator)
            wrong += try #require(try Attribution(before, after)).named.isEmpty ? 0 : 1
        }
        #expect(wrong <= 9, "\(wrong) of 300")
    }

    @Test func theSmallestChangeThatWouldBeNamedIsNamedFourTimesOfFive() throws {
        var generator = RepeatableGenerator(seed: 13)
        let start = Self.measured(Self.five, &generator)
        let smallest = try #require(try Attribution(start, start)?.smallest).fifth
        var named = 0
        for _ in 0..<200 {
            let before = Self.measured(Self.five, &generator)
            let after = Self.measured(Self.scaled("c", 1 + smallest / 200), &generator)
            named += try #require(try Attribution(before, after)).named.contains { $0.function == "c" } ? 1 : 0
        }
        #expect((130...190).contains(named), "\(named) of 200")
    }

    @Test func instructionsNameWhatSamplesCannotSee() throws {
        var generator = RepeatableGenerator(seed: 17)
        let before = Self.measured(Self.five, samples: 500, instructions: [100, 100, 100, 100, 100], &generator)
        let after = Self.measured(
            Self.scaled("c", 1.01), samples: 500, instructions: [100, 100, 101, 100, 100], &generator)
        let attribution = try #require(try Attribution(before, after))
        #expect(attribution.named.map(\.function) == ["c"])
        #expect(attribution.named.first?.finding == .instructions)
        #expect(attribution.named.first?.instructions?.change == 1)
        let same = try #require(try Attribution(before, before))
        #expect(same.named.isEmpty && same.hasInstructions)
        // Counts of one side alone tell nothing.
        var without = after
        without.profile?.instructions = nil
        #expect(try #require(try Attribution(before, without)).named.isEmpty)
    }

    @Test func whatWasInlinedMovedAndDidNotGrow() throws {
        var generator = RepeatableGenerator(seed: 19)
        let before = Self.measured(Self.five, &generator)
        let inlined = Self.five.map { ($0.0, $0.0 == "b" ? 0 : $0.0 == "a" ? 400 : $0.1) }
        let after = Self.measured(inlined, &generator)
        let attribution = try #require(try Attribution(before, after))
        #expect(attribution.named.isEmpty)
        #expect(attribution.moves.map(\.from) == [["b"]] && attribution.moves.map(\.to) == [["a"]])
        let amount = try #require(attribution.moves.first).amount
        #expect(abs(amount - 200) < 10)
    }

    @Test func noProfileNoAttribution() throws {
        var generator = RepeatableGenerator(seed: 23)
        let with = Self.measured(Self.five, &generator)
        var without = with
        without.profile = nil
        #expect(try Attribution(with, without) == nil)
        #expect(try Attribution(without, with) == nil)
    }

    @Test func theGateShowsWhereARegressionComesFrom() throws {
        var generator = RepeatableGenerator(seed: 29)
        let before = Sample.run([Self.measured(Self.five, &generator)])
        let after = Sample.run([Self.measured(Self.scaled("c", 1.6), &generator)])
        var report = try RegressionGate().judge(after, against: before, named: "main")
        report.attribute(after, against: before)
        #expect(report.attributions.count == 1)
        let lines = report.text().split(separator: "\n")
        let row = try #require(lines.first { $0.hasPrefix("c ") })
        #expect(row.contains("grown"))
        #expect(lines.contains { $0.hasPrefix("named +") && $0.contains("not explained") })
        #expect(report.markdown().contains("| c | grown |"))
        #expect(try report.json().contains("\"finding\":\"grown\""))
        // Of what did not change, only when it is asked for.
        var same = try RegressionGate().judge(before, against: before, named: "main")
        same.attribute(before, against: before)
        #expect(same.attributions.isEmpty)
        same.attribute(before, against: before, showsAll: true)
        #expect(same.attributions.count == 1)
    }

    @Test func profilesStayInResultFilesAndDamagedOnesAreRefused() throws {
        var generator = RepeatableGenerator(seed: 31)
        let run = Sample.run([Self.measured(Self.five, instructions: [1, 2, 3, 4, 5], &generator)])
        let bytes = try BenchmarkRunFormat().encode(run)
        #expect(try BenchmarkRunFile.decode(bytes) == run)
        var short = run
        short.results[0].profile?.samples[3].removeLast()
        let damaged = try BenchmarkRunFormat().encode(short)
        let error = #expect(throws: FormatError.self) { try BenchmarkRunFile.decode(damaged) }
        #expect(error?.description.contains("results[0].profile.samples[3]") == true)
        var negative = run
        negative.results[0].profile?.instructions?[0] = -1
        let wrong = try BenchmarkRunFormat().encode(negative)
        #expect(throws: FormatError.self) { try BenchmarkRunFile.decode(wrong) }
    }
}
