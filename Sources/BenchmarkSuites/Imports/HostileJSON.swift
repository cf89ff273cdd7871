internal import FoundationEssentials
internal import ProfileFormats

/// Decodes JSON that others wrote: whatever is wrong with it becomes one line that names the key.
package enum HostileJSON {
    /// - Parameter kind: what the bytes should be, for the error.
    /// - Throws: `FormatError`.
    package static func decode<Value: Decodable>(_: Value.Type, from bytes: [UInt8], as kind: String) throws -> Value {
        guard bytes.count <= BenchmarkRunFile.mostBytes else {
            throw FormatError(
                .tooLarge, "the file has \(bytes.count >> 20) MiB; at most \(BenchmarkRunFile.mostBytes >> 20) are read"
            )
        }
        do {
            return try JSONDecoder().decode(Value.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw FormatError(.malformed, "not \(kind): \(text(error))")
        } catch {
            throw FormatError(.malformed, "not \(kind): not JSON, or nested too deeply")
        }
    }

    private static func text(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            "\(CodingPathText.text(context.codingPath + [key])) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(CodingPathText.text(context.codingPath)): \(oneLine(context.debugDescription))"
        case .dataCorrupted(let context):
            // The decoder says "not valid JSON" and keeps where and why to itself.
            context.codingPath.isEmpty
                ? "it is no JSON; it is cut off or damaged"
                : "\(CodingPathText.text(context.codingPath)): \(oneLine(context.debugDescription))"
        @unknown default: "not readable"
        }
    }

    private static func oneLine(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > 160 ? line.prefix(160) + "…" : line
    }
}

/// Where in a JSON file: `results[3].series[0].values`.
enum CodingPathText {
    static func text(_ path: [any CodingKey]) -> String {
        guard !path.isEmpty else { return "the file" }
        var text = ""
        for key in path {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
        return text
    }
}
