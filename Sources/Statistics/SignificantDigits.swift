internal import Glibc

/// How many digits of a number mean anything.
///
/// A value is printed to the place of its uncertainty's leading digit; the uncertainty itself to two digits when they
/// begin with 1 to 3, where the second still matters, and to one otherwise. The limits between the two are those of the
/// Particle Data Group (*Review of Particle Physics*, Introduction, section 5.3): leading digits 100–354 keep two,
/// 355–949 keep one, 950–999 round up to 1000 and keep two.
package struct SignificantDigits: Hashable, Sendable {
    package let value: Double
    /// The resolution of the clock, the half width of an interval, …: finite and at least 0. 0 means exact.
    package let uncertainty: Double
    /// Decimals of the value that mean something, negative when not even its ones do; nil when it is exact.
    package let decimals: Int?
    /// Decimals to which the uncertainty is printed; nil when the value is exact.
    package let uncertaintyDecimals: Int?

    /// Nil when the value or the uncertainty is not finite, or the uncertainty negative.
    package init?(value: Double, uncertainty: Double) {
        guard value.isFinite, uncertainty.isFinite, uncertainty >= 0 else { return nil }
        self.value = value
        self.uncertainty = uncertainty
        guard uncertainty > 0 else {
            decimals = nil
            uncertaintyDecimals = nil
            return
        }
        var exponent = Int(log10(uncertainty).rounded(.down))
        var leading = (uncertainty / pow(10, Double(exponent)) * 100).rounded()
        // The logarithm of a power of ten may fall to either side of it.
        if leading < 100 {
            exponent -= 1
            leading = (uncertainty / pow(10, Double(exponent)) * 100).rounded()
        }
        if leading >= 950 {
            exponent += 1
            leading = 100
        }
        decimals = -exponent
        uncertaintyDecimals = leading < 355 ? 1 - exponent : -exponent
    }

    /// The value, rounded to what means something.
    package var roundedValue: Double { Self.round(value, to: decimals) }

    package var roundedUncertainty: Double { Self.round(uncertainty, to: uncertaintyDecimals) }

    /// The value with its meaningful decimals: `12.3`, and `12000` when its last three digits mean nothing.
    package var valueText: String { Self.text(value, decimals: decimals) }

    package var uncertaintyText: String { Self.text(uncertainty, decimals: uncertaintyDecimals) }

    private static func round(_ value: Double, to decimals: Int?) -> Double {
        // No Double has decimals beyond 340, nor is any rounded to more than 308 places before the point.
        guard let decimals, decimals < 300 else { return value }
        let scale = pow(10, Double(abs(decimals)))
        let scaled = decimals >= 0 ? value * scale : value / scale
        guard abs(scaled) < 0x1p53 else { return value }
        let rounded = scaled.rounded()
        return decimals >= 0 ? rounded / scale : rounded * scale
    }

    private static func text(_ value: Double, decimals: Int?) -> String {
        guard let decimals else { return "\(value)" }
        let rounded = round(value, to: decimals)
        let places = Int32(max(0, min(decimals, 340)))
        // The longest: 309 digits, a point and 340 decimals.
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 700) { buffer in
            let length = withVaList([places, rounded == 0 ? 0 : rounded]) {
                vsnprintf(buffer.baseAddress, buffer.count, "%.*f", $0)
            }
            return String(decoding: buffer.prefix(Int(max(0, length))).map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }
}
