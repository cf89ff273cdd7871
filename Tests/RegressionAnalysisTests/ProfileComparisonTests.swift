import Foundation
import ProfileFormats
import ProfileModel
import RegressionAnalysis
import Statistics
import Testing

@Suite struct ProfileComparisonTests {
    private let engine = MadeProgram.engine

    @Test func equalProgramsHaveNoChangedFunction() throws {
        var generator = RepeatableGenerator(seed: 11)
        var clean = 0
        for _ in 0..<400 {
            let comparison = try ProfileComparison(
                before: [engine.sample(10_000, &generator)], after: [engine.sample(10_000, &generator)])
            if comparison.claims == 0, comparison.moves.isEmpty { clean += 1 }
        }
        print("A/A, shares: nothing named in \(clean) of 400")
        #expect(clean >= 388)
    }

    @Test func equalProgramsHaveNoChangedCostPerOperation() throws {
        var generator = RepeatableGenerator(seed: 12)
        var clean = 0
        for _ in 0..<200 {
            let comparison = try ProfileComparison(
                before: [engine.sample(10_000, &generator)], after: [engine.sample(20_000, &generator)],
                normalization: .work(before: 1000, after: 2000))
            if comparison.claims == 0, comparison.moves.isEmpty { clean += 1 }
        }
        print("A/A, work: nothing named in \(clean) of 200")
        #expect(clean >= 194)
    }

    @Test func runsThatDifferMoreThanChanceAreNoChange() throws {
        var generator = RepeatableGenerator(seed: 13)
        var (clean, naive) = (0, 0)
        for _ in 0..<200 {
            let before = (0..<5).map { _ in engine.sample(4000, noise: 0.15, &generator) }
            let after = (0..<5).map { _ in engine.sample(4000, noise: 0.15, &generator) }
            let comparison = try ProfileComparison(before: before, after: after)
            if comparison.claims == 0, comparison.moves.isEmpty { clean += 1 }
            var options = ProfileComparison.Options()
            options.dispersion = 1
            if try ProfileComparison(before: [before[0]], after: [after[0]], options: options).claims == 0 {
                naive += 1
            }
        }
        print("A/A, runs that vary by 15 %: nothing named in \(clean) of 200; of single runs \(naive)")
        #expect(clean >= 190)
        #expect(naive < clean)
    }

    @Test func growthOfOneFunctionIsNamed() throws {
        let slower = engine.scaling("f1", by: 1.2)
        var generator = RepeatableGenerator(seed: 14)
        var (named, others, covered) = (0, 0, 0)
        let total = engine.costs.reduce(0) { $0 + $1.cost }
        let truth = 12 / (total + 2) - 10 / total
        for _ in 0..<100 {
            let comparison = try ProfileComparison(
                before: [engine.sample(20_000, &generator)], after: [slower.sample(20_000, &generator)])
            let row = try #require(comparison.row("f1"))
            if row.finding == .grown { named += 1 }
            if row.own.interval?.contains(truth) == true { covered += 1 }
            others += comparison.changed.count { $0 != "f1" }
            #expect(comparison.moves.isEmpty)
        }
        print("+20 % of f1: named in \(named) of 100, interval covers in \(covered), \(others) other names in all")
        #expect(named >= 95)
        #expect(covered >= 90)
        #expect(others <= 10)
    }

    @Test func costPerOperationIsToldWithoutInventingImprovements() throws {
        var generator = RepeatableGenerator(seed: 15)
        let slower = MadeProgram(
            costs: engine.costs.map { ($0.stack, $0.stack.contains(";f0") ? 2 * $0.cost : $0.cost) })
        let comparison = try ProfileComparison(
            before: [engine.sample(20_000, &generator)], after: [slower.sample(24_500, &generator)],
            normalization: .work(before: 1_000_000, after: 1_000_000))
        #expect(comparison.changed == ["f0"])
        #expect(comparison.whole.difference > 0)
        #expect(abs(comparison.explained + comparison.unexplained.difference - comparison.whole.difference) < 1e-6)
        #expect(comparison.paths.map { $0.path.last } == ["f0"])
    }

    @Test func inliningIsMovedNotGrown() throws {
        // `f0` disappears into its caller, which is `innerdecode`.
        let inlined = engine.mapping { $0.hasSuffix(";f0") ? String($0.dropLast(3)) : $0 }
        var generator = RepeatableGenerator(seed: 16)
        var (told, others) = (0, 0)
        for _ in 0..<100 {
            let comparison = try ProfileComparison(
                before: [engine.sample(10_000, &generator)], after: [inlined.sample(10_000, &generator)])
            if comparison.moves.count == 1, let move = comparison.moves.first,
                move.from.map({ comparison.names[$0] }) == ["f0"],
                move.to.map({ comparison.names[$0] }) == ["innerdecode"], move.path.last == "innerdecode"
            {
                told += 1
                // Where the move is missed, its two functions are claims themselves.
                others += comparison.claims
            }
        }
        print("inlined: told as moved in \(told) of 100, \(others) other claims with it")
        #expect(told >= 95)
        #expect(others <= 10)
    }

    @Test func growthIsNotTakenForAMove() throws {
        let exchanged = engine.scaling("f0", by: 1.5).scaling("f4", by: 0.5)
        var generator = RepeatableGenerator(seed: 17)
        let comparison = try ProfileComparison(
            before: [engine.sample(20_000, &generator)], after: [exchanged.sample(20_000, &generator)])
        #expect(comparison.moves.isEmpty)
        #expect(comparison.row("f0")?.finding == .grown)
        #expect(comparison.row("f4")?.finding == .shrunk)
    }

    @Test func renamedFunctionIsFoundByItsPlaceAndCost() throws {
        let names = ["loop": "mainLoop", "send": "transmit", "f1": "g1", "innersend": "deepest"]
        let renamed = engine.mapping { stack in
            stack.split(separator: ";").map { names[String($0)] ?? String($0) }.joined(separator: ";")
        }
        var generator = RepeatableGenerator(seed: 18)
        let comparison = try ProfileComparison(
            before: [engine.sample(10_000, &generator)], after: [renamed.sample(10_000, &generator)])
        #expect(comparison.claims == 0)
        #expect(comparison.row("mainLoop")?.formerName == "loop")
        #expect(comparison.row("transmit")?.formerName == "send")
        #expect(comparison.row("g1")?.formerName == "f1")
        #expect(comparison.row("deepest")?.formerName == "innersend")
    }

    @Test func namesThatCompilersDecorateAreOneFunction() throws {
        let comparison = try ProfileComparison(
            before: [MadeProgram.profile([("main;work.cold;copy.constprop.0", 100), ("main;work.part.3", 50)])],
            after: [MadeProgram.profile([("main;work.llvm.123456;copy.isra.1", 100), ("main;work", 50)])])
        #expect(Set(comparison.functions.map(\.symbol.name)) == ["main", "work", "copy"])
        #expect(comparison.functions.allSatisfy { $0.own.difference == 0 && $0.total.difference == 0 })
        #expect(ComparableName.of("core::fmt::write::h0123456789abcdef") == "core::fmt::write")
        #expect(ComparableName.of("f(int) [clone .cold]") == "f(int)")
        #expect(ComparableName.of("libfoo.so.1") == "libfoo.so.1")
        #expect(ComparableName.of(".cold") == ".cold")
    }

    @Test func newAndVanishedFunctions() throws {
        let before = MadeProgram.profile([("main;run;old", 300), ("main;run;same", 1000), ("main;other", 500)])
        let after = MadeProgram.profile([("main;run;same", 1000), ("main;other;fresh", 900), ("main;other", 500)])
        let comparison = try ProfileComparison(
            before: [before], after: [after], normalization: .work(before: 1, after: 1))
        #expect(comparison.row("old")?.finding == .vanished)
        #expect(comparison.row("fresh")?.finding == .new)
        #expect(comparison.row("same")?.finding == .notResolved)
        #expect(comparison.row("old")?.own.interval?.upper ?? 0 < 0)
    }

    @Test func whatIsNotResolvedSaysWhatCouldHaveBeenSeen() throws {
        var generator = RepeatableGenerator(seed: 19)
        let few = try ProfileComparison(
            before: [engine.sample(1000, &generator)], after: [engine.sample(1000, &generator)])
        let many = try ProfileComparison(
            before: [engine.sample(100_000, &generator)], after: [engine.sample(100_000, &generator)])
        // Ten times less with a hundred times the samples, but for the number of functions that are tested.
        let ratio = few.smallestDetectable.tenPercent / many.smallestDetectable.tenPercent
        #expect(ratio > 7 && ratio < 10.5)
        #expect(ProfileDiffReport(few, limit: 5).render(.text).contains("smallest change that these samples could"))
    }
}

/// From and to files.
@Suite struct ProfileDiffFileTests {
    private func comparison() throws -> ProfileComparison {
        var generator = RepeatableGenerator(seed: 20)
        let (before, after) = (MadeProgram.engine, MadeProgram.engine.scaling("f0", by: 1.5).scaling("f3", by: 0))
        func stored(_ profile: Profile) throws -> Profile {
            try FormatRegistry.decode(try PprofFormat().encode(profile))
        }
        return try ProfileComparison(
            before: [stored(before.sample(10_000, &generator))], after: [stored(after.sample(10_000, &generator))])
    }

    @Test func storedProfilesGiveEveryReport() throws {
        let comparison = try comparison()
        #expect(comparison.row("f0")?.finding == .grown)
        #expect(comparison.row("f3")?.finding == .vanished)
        let report = ProfileDiffReport(comparison, limit: 10)
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(report.render(.json).utf8)) as? [String: Any])
        #expect(json["schema_version"] as? Int == 1)
        #expect(json["normalization"] as? String == "total")
        let functions = try #require(json["functions"] as? [[String: Any]])
        #expect(functions.count == 10)
        #expect((functions.first { $0["function"] as? String == "f0" })?["finding"] as? String == "grown")
        #expect(report.render(.markdown).contains("| `f0` |"))
        #expect(report.render(.text).contains("vanished"))
    }

    @Test func differentEventsAreRefused() throws {
        let (a, b) = (MadeProgram.profile([("main", 10)]), MadeProgram.profile([("main", 10)], event: "page-faults"))
        let error = try #require(throws: RegressionError.self) { try ProfileComparison(before: [a], after: [b]) }
        #expect(error.description.contains("different events") && !error.description.contains("\n"))
    }

    @Test func strangersAreRefused() throws {
        let (a, b) = (MadeProgram.profile([("main;x", 10)]), MadeProgram.profile([("start;y", 500)]))
        let error = try #require(throws: RegressionError.self) { try ProfileComparison(before: [a], after: [b]) }
        #expect(error.description.contains("no function in common"))
    }

    @Test func hostileWeightsAreRefused() throws {
        let good = MadeProgram.profile([("main", 10)])
        for stacks in [
            [("main", Int64(-5)), ("run", 20)], [("main", Int64.max / 1_000_000), ("a", Int64.max / 1_000_000)], [],
        ] {
            let bad = MadeProgram.profile(stacks)
            #expect(throws: RegressionError.self) { try ProfileComparison(before: [good], after: [bad]) }
            #expect(throws: RegressionError.self) { try ProfileComparison(before: [bad], after: [good]) }
        }
    }

    @Test func namesCannotLeaveTheirCell() throws {
        let profile = MadeProgram.profile([("a|b`c\u{1B}[2J\n\u{202E};x", 100), ("main", 50)])
        let comparison = try ProfileComparison(before: [profile], after: [profile])
        for format in ProfileDiffReport.Format.allCases where format != .json {
            let text = ProfileDiffReport(comparison, limit: nil).render(format)
            #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"))
            if format == .markdown { #expect(!text.contains("a|b")) }
        }
    }

    @Test func deepAndWideTreesAreCompared() throws {
        let deep = (0..<20_000).map { "f\($0 % 50)" }.joined(separator: ";")
        let wide = (0..<20_000).map { ("main;g\($0)", Int64(1 + $0 % 3)) }
        let profile = MadeProgram.profile([(deep, 100)] + wide)
        let comparison = try ProfileComparison(before: [profile], after: [profile])
        #expect(comparison.claims == 0)
    }
}
