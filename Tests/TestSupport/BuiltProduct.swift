import Foundation

/// An executable that was built together with this test bundle.
package enum BuiltProduct {
    package static func path(_ name: String) -> String {
        // The test bundle is BUILD/NAME.xctest, given as an argument to the runner or the executable itself.
        for candidate in CommandLine.arguments {
            guard let bundle = candidate.range(of: ".xctest", options: .backwards) else { continue }
            let folder = URL(fileURLWithPath: String(candidate[..<bundle.upperBound])).deletingLastPathComponent()
            let tool = folder.appendingPathComponent(name).path
            if access(tool, X_OK) == 0 { return tool }
        }
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: executable).deletingLastPathComponent().appendingPathComponent(name).path
    }
}
