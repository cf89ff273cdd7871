/// A limit on the completeness of a recording, such as `truncated>5%`: what a job states instead of reading the report.
package struct FailCondition: Hashable, Sendable {
    package enum Comparison: String, Sendable {
        case above = ">"
        case atLeast = ">="
    }

    package enum Limit: Hashable, Sendable {
        case count(Int64)
        /// Of received samples (of received + lost for `lost`), 0…100.
        case percent(Double)
    }

    /// A condition that holds, with what was found.
    package struct Violation: Hashable, Sendable, CustomStringConvertible {
        package var condition: FailCondition
        package var count: Int64
        /// 0…1; nil when nothing was received.
        package var share: Double?

        package var description: String {
            let name = condition.metric.rawValue
            guard case .percent = condition.limit, let share else {
                return "\(name) is \(count), condition \(condition.text)"
            }
            return "\(name) is \(count) (\(Self.percent(share))), condition \(condition.text)"
        }

        /// Two decimals, without a formatter that depends on the locale.
        private static func percent(_ share: Double) -> String {
            let hundredths = Int64((share * 10_000).rounded())
            let fraction = hundredths % 100
            return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)%"
        }
    }

    /// Text that is not a list of conditions; says what is.
    package struct ParseError: Error, Hashable, CustomStringConvertible, Sendable {
        package var description: String
    }

    package var metric: RecordingQuality.Metric
    package var comparison: Comparison
    package var limit: Limit
    /// As it was given.
    package var text: String

    /// Parses conditions separated by commas; each is METRIC, `>` or `>=`, and a count or a percentage.
    package static func parse(_ text: String) throws(ParseError) -> [FailCondition] {
        var conditions: [FailCondition] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            conditions.append(try parseOne(part))
        }
        return conditions
    }

    private static func parseOne(_ part: Substring) throws(ParseError) -> FailCondition {
        let text = String(part.filter { $0 != " " })
        guard let sign = text.firstIndex(of: ">") else {
            throw ParseError(
                description: "condition '\(text)' has no '>' or '>='; write for instance lost>0,truncated>5%")
        }
        let name = text[..<sign]
        guard let metric = RecordingQuality.Metric(rawValue: String(name)) else {
            let known = RecordingQuality.Metric.allCases.map(\.rawValue).joined(separator: ", ")
            throw ParseError(description: "condition '\(text)' names no known metric; known are \(known)")
        }
        var rest = text[text.index(after: sign)...]
        var comparison = Comparison.above
        if rest.first == "=" {
            comparison = .atLeast
            rest = rest.dropFirst()
        }
        let limit: Limit
        if rest.last == "%" {
            guard let value = Double(rest.dropLast()), value >= 0, value <= 100 else {
                throw ParseError(
                    description: "condition '\(text)' needs a percentage from 0 to 100 after '\(comparison.rawValue)'")
            }
            limit = .percent(value)
        } else {
            guard let value = Int64(rest), value >= 0 else {
                throw ParseError(
                    description: "condition '\(text)' needs a count or a percentage after '\(comparison.rawValue)'")
            }
            limit = .count(value)
        }
        return FailCondition(metric: metric, comparison: comparison, limit: limit, text: text)
    }

    /// The conditions that hold. A metric that the recording does not state cannot violate anything; a share of nothing
    /// is 100 % when there are events and none when there are not.
    package static func violations(of conditions: [FailCondition], in quality: RecordingQuality) -> [Violation] {
        conditions.compactMap { condition in
            guard let count = quality[condition.metric] else { return nil }
            let share = quality.share(of: condition.metric)
            return condition.holds(count: count, share: share ?? (count > 0 ? 1 : 0))
                ? Violation(condition: condition, count: count, share: share) : nil
        }
    }

    private func holds(count: Int64, share: Double) -> Bool {
        switch (limit, comparison) {
        case (.count(let limit), .above): count > limit
        case (.count(let limit), .atLeast): count >= limit
        case (.percent(let limit), .above): share * 100 > limit
        case (.percent(let limit), .atLeast): share * 100 >= limit
        }
    }
}
