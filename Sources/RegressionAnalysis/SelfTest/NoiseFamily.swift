internal import Glibc
package import Statistics

/// Noise as series of measurements have it, around a level of 0.
package struct NoiseFamily: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case gaussian
        /// Student's t with three degrees of freedom: heavy tails.
        case studentT3
        /// The exponential of normal values of this deviation: skewed, as times are.
        case lognormal(Double)
        /// Normal values of which this share is ten times as far off.
        case outliers(Double)
        /// Neighbors that resemble each other: AR(1) of this coefficient.
        case correlated(Double)
        /// Two modes three units apart, a quarter of the values in the upper one.
        case bimodal
    }

    package let name: String
    package let kind: Kind

    package init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// The six by which detectors are judged.
    package static let six = [
        NoiseFamily("Gaussian", .gaussian), NoiseFamily("Student t3", .studentT3),
        NoiseFamily("lognormal", .lognormal(0.6)), NoiseFamily("3 % outliers", .outliers(0.03)),
        NoiseFamily("AR(1) 0.5", .correlated(0.5)), NoiseFamily("bimodal", .bimodal),
    ]

    /// The standard deviation, that of the bulk where outliers rule it: what a step of 1 σ means.
    package var deviation: Double {
        switch kind {
        case .gaussian, .outliers, .correlated: 1
        case .studentT3: 3.0.squareRoot()
        case .lognormal(let s): ((exp(s * s) - 1) * exp(s * s)).squareRoot()
        case .bimodal: (0.3 * 0.3 + 9 * 0.25 * 0.75).squareRoot()
        }
    }

    package func series(_ count: Int, _ random: inout RepeatableGenerator) -> [Double] {
        var previous = random.normal()
        return (0..<max(0, count)).map { _ in
            switch kind {
            case .gaussian: return random.normal()
            case .studentT3:
                let (a, b, c) = (random.normal(), random.normal(), random.normal())
                return random.normal() / ((a * a + b * b + c * c) / 3).squareRoot()
            case .lognormal(let s): return exp(s * random.normal())
            case .outliers(let share): return random.normal() * (random.uniform() < share ? 10 : 1)
            case .correlated(let rho):
                previous = rho * previous + (1 - rho * rho).squareRoot() * random.normal()
                return previous
            case .bimodal: return 0.3 * random.normal() + (random.uniform() < 0.25 ? 3 : 0)
            }
        }
    }
}
