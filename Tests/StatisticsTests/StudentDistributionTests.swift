import Statistics
import Testing

@Suite struct StudentDistributionTests {
    /// SciPy 1.16: `t.sf(x, df)`.
    @Test(arguments: [
        (1.0, 1.0, 0.25), (2.0, 3.0, 0.06966298427942164), (4.3, 27.5, 9.651317287087863e-05),
        (-1.2, 7.0, 0.8654140315863967), (10.0, 200.0, 1.1887415722103753e-19), (30.0, 5.0, 3.8593243102480234e-07),
    ])
    func tailsAgreeWithSciPy(t: Double, freedom: Double, tail: Double) {
        #expect(isClose(StudentDistribution(degreesOfFreedom: freedom)?.upperTail(t), tail, relative: 1e-10))
    }

    /// The tables of every textbook.
    @Test func quantilesAreThoseOfTheTables() {
        for (freedom, t) in [(1.0, 12.706204736432095), (10, 2.2281388519649385), (30, 2.0422724563012373)] {
            #expect(isClose(StudentDistribution(degreesOfFreedom: freedom)?.quantile(0.975), t, relative: 1e-10))
            #expect(isClose(StudentDistribution(degreesOfFreedom: freedom)?.quantile(0.025), -t, relative: 1e-10))
        }
        #expect(isClose(StudentDistribution(degreesOfFreedom: .infinity)?.quantile(0.975), 1.959963984540054))
        #expect(StudentDistribution(degreesOfFreedom: 3)?.quantile(1) == .infinity)
    }

    @Test func impossibleParameters() {
        for freedom in [0, -1, .nan] { #expect(StudentDistribution(degreesOfFreedom: freedom) == nil) }
        #expect(StudentDistribution(degreesOfFreedom: 3)?.upperTail(.infinity) == 0)
        #expect(StudentDistribution(degreesOfFreedom: 3)?.upperTail(.nan).isNaN == true)
        #expect(StudentDistribution(degreesOfFreedom: 3)?.quantile(.nan).isNaN == true)
    }
}
