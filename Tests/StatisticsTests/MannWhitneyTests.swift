import Glibc
import Statistics
import Testing

@Suite struct MannWhitneyTests {
    @Test(arguments: References.mannWhitney.indices)
    func probabilitiesAgreeWithSciPy(index: Int) throws {
        let expected = References.mannWhitney[index]
        let test = try #require(MannWhitney(expected.a, expected.b))
        #expect(test.u == expected.u && test.isExact == (expected.a.count + expected.b.count <= MannWhitney.mostExact))
        #expect(isClose(test.pValue, expected.twoSided, relative: 1e-10))
        #expect(isClose(test.pValueGreater, expected.greater, relative: 1e-10))
        #expect(isClose(test.pValueLess, expected.less, relative: 1e-10))
    }

    /// M. Hollander & D. Wolfe, *Nonparametric Statistical Methods*, example 4.1: permeability of chorioamnion at term
    /// and between the 12th and 26th week: U = 35, one-sided p = 0.1272; shift 0.305, 95 % interval −0.15 to 0.76.
    @Test func theTextbooksExample() throws {
        let (term, early) = (References.mannWhitney[0].a, References.mannWhitney[0].b)
        let test = try #require(MannWhitney(term, early))
        #expect(test.u == 35 && abs(test.pValueGreater - 0.1272) < 5e-5 && test.superiority == 0.7)
        let shift = try #require(HodgesLehmann(term, early))
        #expect(abs(shift.shift - 0.305) < 1e-12)
        let interval = try #require(shift.interval)
        #expect(abs(interval.lower + 0.15) < 1e-12 && abs(interval.upper - 0.76) < 1e-12)
    }

    @Test(arguments: References.hodgesLehmann.indices)
    func shiftsAgreeWithAllDifferences(index: Int) throws {
        let expected = References.hodgesLehmann[index]
        let shift = try #require(HodgesLehmann(expected.a, expected.b))
        #expect(isClose(shift.shift, expected.shift))
        #expect(shift.interval?.lower == expected.lower && shift.interval?.upper == expected.upper)
    }

    @Test func intervalsHoldTheShiftAsOftenAsTheySay() throws {
        var random = SeededGenerator(seed: 161)
        for count in [8, 100] {
            let held = (0..<400).filter { _ in
                let a = (0..<count).map { _ in random.studentT3() + 2 }
                let b = (0..<count).map { _ in random.studentT3() }
                return HodgesLehmann(a, b)?.interval?.contains(2) ?? false
            }.count
            #expect(Double(400 - held) <= mostPlausible(400, 0.05))
        }
    }

    @Test func hostileSamples() throws {
        #expect(MannWhitney([], [1]) == nil && MannWhitney([1], []) == nil && HodgesLehmann([], [1]) == nil)
        for value in hostileValues {
            #expect(MannWhitney([value], [1]) == nil && HodgesLehmann([1], [value]) == nil)
        }
        let one = try #require(MannWhitney([1], [2]))
        #expect(one.pValue == 1 && one.u == 0)
        #expect(HodgesLehmann([1], [2])?.shift == -1 && HodgesLehmann([1], [2])?.interval == nil)
        let constant = [Double](repeating: -3, count: 100)
        #expect(MannWhitney(constant, constant)?.pValue == 1)
        #expect(HodgesLehmann(constant, constant)?.interval?.halfWidth == 0)
        let tiny = Double.leastNonzeroMagnitude
        #expect(HodgesLehmann([-1e308], [1e308]) == nil && HodgesLehmann([-2 * tiny], [tiny])?.shift == -3 * tiny)
    }
}
