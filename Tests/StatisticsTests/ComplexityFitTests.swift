import Glibc
import Statistics
import Testing

@Suite struct ComplexityFitTests {
    private let sizes = (0..<10).map { 8 * pow(2, Double($0)) }

    private func costs(
        _ complexity: ComplexityClass, fixed: Double, factor: Double, noise: Double, _ random: inout SeededGenerator
    ) -> [Double] {
        sizes.map { (fixed + factor * complexity.growth(at: $0)) * (1 + noise * random.normal()) }
    }

    @Test(arguments: ComplexityClass.allCases)
    func exactCostsGiveTheirClassAndItsParts(complexity: ComplexityClass) throws {
        var random = SeededGenerator(seed: 1)
        let exact = costs(complexity, fixed: 40, factor: 3, noise: 0, &random)
        let fit = try #require(ComplexityFit(sizes: sizes, costs: exact))
        #expect(fit.complexity == complexity && fit.isResolved && fit.warnings.isEmpty)
        #expect(isClose(fit.best.fixed, 40, relative: 1e-6))
        #expect(fit.best.normalizedRMS < 1e-9)
        if complexity != .constant { #expect(isClose(fit.best.factor, 3, relative: 1e-6)) }
        #expect(isClose(fit.best.cost(at: 1024), 40 + 3 * complexity.growth(at: 1024), relative: 1e-6))
    }

    @Test(arguments: ComplexityClass.allCases)
    func noiseOfTwoPercentDoesNotHideTheClass(complexity: ComplexityClass) throws {
        var random = SeededGenerator(seed: 2)
        let trials = 300
        var (right, resolvedWrong) = (0, 0)
        for _ in 0..<trials {
            let noisy = costs(complexity, fixed: 10, factor: 3, noise: 0.02, &random)
            let fit = try #require(ComplexityFit(sizes: sizes, costs: noisy))
            if fit.complexity == complexity { right += 1 } else if fit.isResolved { resolvedWrong += 1 }
            #expect(fit.best.normalizedRMS < 0.06)
        }
        #expect(right >= 297)
        #expect(resolvedWrong <= 1)
    }

    @Test func aClassIsSeldomCertainAndWrongHoweverNoisy() throws {
        var random = SeededGenerator(seed: 3)
        let few = [8.0, 16, 32, 64, 128]
        var (wrong, resolved) = (0, 0)
        for complexity in ComplexityClass.allCases {
            for _ in 0..<300 {
                let noisy = few.map { (50 + complexity.growth(at: $0)) * (1 + 0.05 * random.normal()) }
                let fit = try #require(ComplexityFit(sizes: few, costs: noisy))
                if fit.isResolved {
                    resolved += 1
                    // A constant of 50 hides the growth of a logarithm: there flat is the honest answer.
                    if fit.complexity != complexity, complexity != .logarithmic { wrong += 1 }
                }
            }
        }
        #expect(resolved > 600 && Double(wrong) < 0.03 * Double(resolved))
    }

    /// SciPy 1.17: `f.ppf(0.95, n - 2, n - 2) ** 0.5`.
    @Test(arguments: [
        (4, 4.358898943540671), (5, 3.0457557605863284), (6, 2.527495382527111), (10, 1.8542117552677626),
        (20, 1.489025565165814),
    ])
    func theResolvingRatioIsThatOfTwoNoises(points: Int, expected: Double) {
        #expect(isClose(ComplexityFit.resolvingRatio(points: points), expected, relative: 0.02))
    }

    @Test func allEqualCostsAreConstant() throws {
        let fit = try #require(ComplexityFit(sizes: sizes, costs: sizes.map { _ in 7 }))
        #expect(fit.complexity == .constant && fit.isResolved && isClose(fit.best.fixed, 7))
        #expect(fit.best.normalizedRMS < 1e-15)
        let free = try #require(ComplexityFit(sizes: sizes, costs: sizes.map { _ in 0 }))
        #expect(free.complexity == .constant && free.isResolved && free.best.fixed == 0)
        let falling = try #require(ComplexityFit(sizes: sizes, costs: sizes.map { 100 / $0 }))
        #expect(falling.complexity == .constant, "nothing grows")
    }

    @Test func countsThatBeginAtZero() throws {
        let fit = try #require(ComplexityFit(sizes: [1, 2, 4, 8, 16], costs: [0, 2, 8, 24, 64]))
        #expect(fit.complexity == .linearithmic && isClose(fit.best.factor, 1))
    }

    @Test func tooFewOrTooNarrowSizesResolveNothing() throws {
        let few = try #require(ComplexityFit(sizes: [10, 100, 1000], costs: [10, 100, 1000]))
        #expect(!few.isResolved && few.warnings.map(\.code) == [.tooFewValues])
        let narrow = try #require(ComplexityFit(sizes: [10, 15, 20, 25, 30], costs: [10, 15, 20, 25, 30]))
        #expect(!narrow.isResolved && narrow.warnings.map(\.code) == [.narrowRange])
        let repeated = try #require(ComplexityFit(sizes: [8, 8, 8, 8, 64, 64], costs: [1, 1, 1, 1, 8, 8]))
        #expect(!repeated.isResolved, "two sizes, however often")
        let one = try #require(ComplexityFit(sizes: [8], costs: [3]))
        #expect(one.complexity == .constant && !one.isResolved)
    }

    @Test func whatTheNoiseHidesIsAmbiguous() throws {
        let sizes = [8.0, 12, 18, 27, 40]
        let fit = try #require(
            ComplexityFit(sizes: sizes, costs: zip(sizes, [1.04, 0.95, 1.03, 0.96, 1.03]).map { $0 * $1 }))
        #expect(!fit.isResolved)
        #expect(fit.warnings.map(\.code) == [.ambiguous])
        #expect(fit.runnerUp != nil)
    }

    @Test func hostilePointsAreLeftOutAndCounted() throws {
        #expect(ComplexityFit(sizes: [], costs: []) == nil)
        #expect(ComplexityFit(sizes: hostileValues, costs: [1, 1, 1, 1]) == nil)
        let many = [Double](repeating: 2, count: ComplexityFit.mostPoints + 1)
        #expect(ComplexityFit(sizes: many, costs: many) == nil)
        let fit = try #require(
            ComplexityFit(
                sizes: [0, 10, 100, 1000, .nan, 10_000, -4, 1e300, 7], costs: [5, 10, 100, 1000, 1, 10_000, 4, 1, -1]))
        #expect(fit.complexity == .linear && fit.isResolved)
        #expect(fit.warnings.map(\.code) == [.unusableValues])
        let huge = try #require(ComplexityFit(sizes: [1, 1e20, 1e50, 1e74], costs: [1e149, 1, 1e100, 0]))
        #expect(huge.best.fixed.isFinite && huge.best.factor.isFinite && huge.best.predictionRMS.isFinite)
    }
}
