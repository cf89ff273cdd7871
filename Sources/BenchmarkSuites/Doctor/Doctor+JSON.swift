internal import Foundation

extension Doctor {
    /// The report for programs; the keys are documented in `docs/doctor.md`.
    package func json() throws -> String {
        let document = Document(
            schemaVersion: Self.schemaVersion, grade: grade, unfit: isUnfit, reason: reason, machine: machine,
            processor: processor, seconds: (seconds * 1000).rounded() / 1000,
            findings: findings.map(Document.Entry.init)
        )
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    }
}

/// The members as they are written. Absent values are written as null: a reader finds every key.
private struct Document: Encodable {
    var schemaVersion: Int
    var grade: Doctor.Grade
    var unfit: Bool
    var reason: String
    var machine: String
    @Nullable var processor: Int?
    var seconds: Double
    var findings: [Entry]

    struct Entry: Encodable {
        var id: String
        var section: Doctor.Section
        var title: String
        var value: String
        var status: Doctor.Status
        @Nullable var remedy: String?

        init(_ finding: Doctor.Finding) {
            id = finding.id
            section = finding.section
            title = finding.title
            value = finding.value
            status = finding.status
            remedy = finding.remedy
        }
    }
}

@propertyWrapper private struct Nullable<Value: Encodable>: Encodable {
    var wrappedValue: Value?

    init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}
