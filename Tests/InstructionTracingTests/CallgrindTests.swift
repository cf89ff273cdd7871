import Foundation
import InstructionTracing
import TestSupport
import Testing

#if arch(x86_64)
    /// Valgrind executes a program on a processor of its own and counts its instructions by function: nothing in common
    /// with stepping.
    @Suite(
        "Instruction counts against callgrind's", .serialized,
        .enabled(if: Capability.hasTool("valgrind"), "needs valgrind"), .enabled(if: Capability.cxxCompiler))
    struct CallgrindTests {
        @Test("are the same for plain integer code, function by function", arguments: [1, 50] as [UInt32])
        func integers(rounds: UInt32) throws {
            let (trace, _) = try SteppedLibrary().trace("integer_work", rounds)
            var stepped: [String: Int64] = [:]
            for (index, own) in trace.own.enumerated() { stepped[trace.name(index), default: 0] += own }
            let counted = try Self.callgrind(rounds)
            for function in ["integer_work", "collatz", "mix"] {
                #expect(stepped[function] == counted[function], "\(function)")
                #expect(stepped[function] ?? 0 > 3)
            }
        }

        /// Instructions of each function without its callees, as callgrind's file has them: after `fn=`, lines of a
        /// position and a cost; the line after `calls=` is the callee's.
        private static func callgrind(_ rounds: UInt32) throws -> [String: Int64] {
            let file = NSTemporaryDirectory() + "tickscope-callgrind-\(getpid())-\(rounds)"
            defer { unlink(file) }
            let program = try Program.run(
                [
                    "valgrind", "--tool=callgrind", "--callgrind-out-file=\(file)", "--compress-strings=no",
                    "--compress-pos=no", try Fixture.callsProgram.build(), "\(rounds)",
                ], timeout: 120)
            guard try program.wait() == .exited(0) else { throw TestFailure(program.errors.text) }
            var counts: [String: Int64] = [:]
            var function = ""
            var isOfCallee = false
            for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
                if line.hasPrefix("fn=") {
                    function = String(line.dropFirst(3))
                } else if line.hasPrefix("calls=") {
                    isOfCallee = true
                } else if let first = line.first, first.isNumber {
                    if !isOfCallee, let cost = line.split(separator: " ").last.flatMap({ Int64($0) }) {
                        counts[function, default: 0] += cost
                    }
                    isOfCallee = false
                }
            }
            return counts
        }
    }
#endif
