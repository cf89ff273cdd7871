import Foundation
import TestSupport
import Testing

/// A failure as its user meets it: one error line, with notes and warnings before it at most, and the exit code.
///
/// - Parameter mentions: texts of which at least one is in the line.
func expectOneError(
    _ program: Program, code: Int32 = 1, mentions: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect((try? program.wait()) == .exited(code), "\(program.errors.text)", sourceLocation: sourceLocation)
    let lines = program.errors.lines
    let errors = lines.filter { $0.hasPrefix("tickscope: error: ") }
    #expect(errors.count == 1, "\(lines)", sourceLocation: sourceLocation)
    #expect(lines.last == errors.last, "something follows the error: \(lines)", sourceLocation: sourceLocation)
    let others = lines.filter { !$0.hasPrefix("tickscope: error: ") }
    #expect(
        others.allSatisfy { $0.hasPrefix("tickscope: note: ") || $0.hasPrefix("tickscope: warning: ") },
        "\(others)", sourceLocation: sourceLocation)
    if !mentions.isEmpty, let error = errors.first {
        let isMentioned = mentions.contains { error.range(of: $0, options: .caseInsensitive) != nil }
        #expect(isMentioned, "“\(error)” names none of \(mentions)", sourceLocation: sourceLocation)
    }
}
