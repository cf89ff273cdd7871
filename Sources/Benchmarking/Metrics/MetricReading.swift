/// What a metric came to: a number, or why there is none. What could not be counted is never 0.
///
/// In JSON `{"value":12.5}` or `{"unavailable":"no PMU"}`.
package enum MetricReading: Hashable, Sendable {
    /// In the metric's unit.
    case value(Double)
    /// One line for people: what is missing, and what would help.
    case unavailable(String)

    /// The number; nil when there is none.
    package var value: Double? {
        if case .value(let value) = self { value } else { nil }
    }

    /// Why there is no number; nil when there is one.
    package var unavailableReason: String? {
        if case .unavailable(let reason) = self { reason } else { nil }
    }
}

extension MetricReading: Codable {
    private enum Key: String, CodingKey {
        case value
        case unavailable
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .value(let value): try container.encode(value, forKey: .value)
        case .unavailable(let reason): try container.encode(reason, forKey: .unavailable)
        }
    }

    /// - Throws: `DecodingError` unless there is exactly one of the two keys, and for a value that is not finite.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        switch (
            try container.decodeIfPresent(Double.self, forKey: .value),
            try container.decodeIfPresent(String.self, forKey: .unavailable)
        ) {
        case (let value?, nil) where value.isFinite: self = .value(value)
        case (nil, let reason?): self = .unavailable(reason)
        default:
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: container.codingPath,
                    debugDescription: "a reading is {\"value\": number} or {\"unavailable\": \"reason\"}"))
        }
    }
}
