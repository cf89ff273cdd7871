import Statistics
import Testing

@Suite struct BenjaminiHochbergTests {
    @Test func adjustedValuesAgreeWithSciPy() {
        let expected = References.falseDiscovery
        let plain = BenjaminiHochberg(pValues: expected.p)
        #expect(zip(plain.adjustedPValues, expected.hochberg).allSatisfy { isClose($0, $1) })
        #expect(plain.isReported == [true, false, false, true, false, false, false, false])
        let any = BenjaminiHochberg(pValues: expected.p, anyDependence: true)
        #expect(zip(any.adjustedPValues, expected.yekutieli).allSatisfy { isClose($0, $1) })
    }

    /// Benjamini & Hochberg 1995, section 3.2: of 15 p-values four are reported at 0.05, where Bonferroni takes three.
    @Test func theOriginalsExample() {
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.000,
        ]
        #expect(BenjaminiHochberg(pValues: p).isReported.filter(\.self).count == 4)
    }

    @Test func hostileValuesCountAsKnowingNothing() {
        let result = BenjaminiHochberg(pValues: [0.001, .nan, -1, 2, .infinity])
        #expect(result.isReported == [true, false, false, false, false] && result.adjustedPValues[1] == 1)
        #expect(BenjaminiHochberg(pValues: []).isReported.isEmpty)
        #expect(BenjaminiHochberg(pValues: [0.5], falseDiscoveryRate: .nan).isReported == [false])
    }
}
