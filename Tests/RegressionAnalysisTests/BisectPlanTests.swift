import RegressionAnalysis
import Statistics
import Testing

@Suite struct BisectPlanTests {
    private let commits = (0..<100).map { "c\($0)" }

    @Test func everyCulpritIsFoundInAsFewRunsAsHalvingTakes() {
        for culprit in commits.indices {
            var plan = BisectPlan(commits)
            var runs = 0
            while let next = plan.next, plan.suspects.count > 1 {
                runs += 1
                plan.note(commits.firstIndex(of: next)! < culprit ? .before : .after, of: next)
            }
            #expect(plan.suspects == [commits[culprit]] && runs <= 7)
        }
    }

    @Test func whatCannotBeMeasuredIsGoneAround() {
        var plan = BisectPlan(commits)
        // Culprit 50; those from 45 to 55 cannot be measured.
        while let next = plan.next, plan.suspects.count > 1 {
            let index = commits.firstIndex(of: next)!
            plan.note((45...55).contains(index) ? .skipped : index < 50 ? .before : .after, of: next)
        }
        #expect(plan.suspects == (45...56).map { "c\($0)" } && plan.next == nil)
    }

    @Test func proposalsBeginInTheMiddleAndLeaveOutWhatIsKnown() {
        var plan = BisectPlan(commits)
        #expect(plan.proposals(limit: 3) == ["c49", "c24", "c74"])
        plan.note(.unclear, of: "c49")
        #expect(plan.proposals(limit: 1) == ["c48"])
        #expect(BisectPlan(["c0"]).proposals(limit: 5).isEmpty && BisectPlan(["c0"]).suspects == ["c0"])
        #expect(Set(plan.proposals(limit: 1000)).count == 98)
    }

    @Test func aValueInTheMiddleIsOnNoSide() {
        let judge = StepJudge(before: 100, after: 110, noise: 1)
        #expect(
            judge.side(of: [105]) == .unclear && judge.side(of: [101]) == .before && judge.side(of: [109]) == .after)
        #expect(judge.side(of: [130]) == .after && judge.side(of: [.nan]) == .unclear && judge.side(of: []) == .unclear)
        // Nearer to one than to the other, and yet nothing that noise would do to either.
        #expect(StepJudge(before: 100, after: 130, noise: 1).side(of: [120]) == .unclear)
        let exact = StepJudge(before: 3, after: 5, noise: 0)
        #expect(exact.side(of: [5]) == .after && exact.side(of: [2]) == .before && exact.side(of: [4.5]) == .unclear)
        #expect(StepJudge.together([.before, .unclear]) == .before)
        #expect(StepJudge.together([.before, .after]) == .unclear && StepJudge.together([]) == .unclear)
    }

    /// With a step of one to four deviations the wrong side is called in at most one of 99 clear cases.
    @Test(arguments: [1.0, 2, 3, 4]) func theWrongSideIsRare(_ height: Double) {
        var generator = RepeatableGenerator(seed: 9)
        let judge = StepJudge(before: 100, after: 100 + height, noise: 1)
        var (clear, wrong) = (0, 0)
        for _ in 0..<20_000 {
            let finding = judge.side(of: [100 + generator.normal()])
            clear += finding == .unclear ? 0 : 1
            wrong += finding == .after ? 1 : 0
        }
        // The bound is Wald's: P(wrong side) ≤ P(right side)/99.
        #expect(Double(wrong) <= Double(clear) / 99 + 4 * (Double(clear) / 99).squareRoot(), "\(wrong) of \(clear)")
    }
}
