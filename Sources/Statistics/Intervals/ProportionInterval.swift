/// How often something happens, from how often it did in a number of independent trials.
package enum ProportionInterval {
    /// The exact interval: the probabilities at which so few, and so many, successes are just plausible.
    ///
    /// Assumption: trials are independent, with one probability. The confidence is at least the stated one.
    /// Source: C. Clopper & E. Pearson, *The Use of Confidence or Fiducial Limits Illustrated in the Case of the
    /// Binomial*, 1934.
    /// - Returns: nil without a trial, when successes are fewer than 0 or more than the trials, or when the confidence
    ///   is not between 0 and 1.
    package static func clopperPearson(successes: Int, trials: Int, confidence: Double) -> ConfidenceInterval? {
        guard trials > 0, successes >= 0, successes <= trials, confidence > 0, confidence < 1 else { return nil }
        let tail = (1 - confidence) / 2
        let lower =
            successes == 0
            ? 0
            : boundary { probability in
                BinomialDistribution(trials: trials, probability: probability)?.upperTail(successes - 1) ?? 1 > tail
            }
        let upper =
            successes == trials
            ? 1
            : boundary { probability in
                BinomialDistribution(trials: trials, probability: probability)?.cumulative(successes) ?? 0 <= tail
            }
        return ConfidenceInterval(lower: lower, upper: upper, confidence: confidence)
    }

    /// The probability from which on a condition holds, by bisection to the last digits.
    private static func boundary(_ holds: (Double) -> Bool) -> Double {
        var (low, high) = (0.0, 1.0)
        for _ in 0..<200 {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { break }
            if holds(middle) { high = middle } else { low = middle }
        }
        return (low + high) / 2
    }
}
