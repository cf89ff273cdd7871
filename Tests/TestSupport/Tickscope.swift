import Foundation
package import ProfileModel

/// The command-line tool under test, run as its users run it.
package enum Tickscope {
    /// `TICKSCOPE_BIN`, else the tool that was built together with this test bundle.
    package static let path: String = {
        if let path = ProcessInfo.processInfo.environment["TICKSCOPE_BIN"] { return path }
        return BuiltProduct.path("tickscope")
    }()

    package static func start(_ arguments: [String]) throws -> Program { try Program([path] + arguments) }

    package static func run(_ arguments: [String], timeout: Double = 60) throws -> Program {
        try Program.run([path] + arguments, timeout: timeout)
    }

    /// Records a running process for some seconds, and fails when the tool does.
    ///
    /// The defaults give 12,000 samples of one busy thread: two points are then five standard errors of a 75 % share.
    package static func record(
        _ pid: Int32, seconds: Int = 3, frequency: Int = 3999, _ options: [String] = ["--no-kernel"]
    ) throws -> Recording {
        let folder = try TemporaryFolder()
        let file = folder.file("profile.pb.gz")
        let arguments = ["record", "-p", "\(pid)", "-d", "\(seconds)", "-F", "\(frequency)", "-o", file, "--quiet"]
        let recorder = try run(arguments + options, timeout: Double(seconds) + 30)
        guard try recorder.wait() == .exited(0) else {
            throw TestFailure("record ended with \(try recorder.wait()): \(recorder.errors.text)")
        }
        return Recording(folder: folder, file: file)
    }
}

/// A finished recording in its own folder.
package struct Recording: Sendable {
    package var folder: TemporaryFolder
    package var file: String

    package init(folder: TemporaryFolder, file: String) {
        self.folder = folder
        self.file = file
    }

    /// Its stacks, through `export`.
    package func stacks(_ options: [String] = []) throws -> CollapsedStacks {
        let export = try Tickscope.run(["export", file, "--format", "collapsed"] + options)
        guard try export.wait() == .exited(0) else { throw TestFailure("export: \(export.errors.text)") }
        return try CollapsedStacks(parsing: export.output.text)
    }

    package func quality() throws -> RecordingQuality { try RecordedFile(path: file).quality() }
}
