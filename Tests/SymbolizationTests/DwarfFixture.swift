import Foundation
import TestSupport
import Testing

/// A program with debug information, compiled in a folder of its own.
struct DwarfFixture: CustomTestStringConvertible, Sendable {
    var name: String
    var compiler: [String]
    var source: String
    /// Programs that change the binary, with its path as `{}`.
    var afterwards: [[String]] = []
    /// What the name of the file ends with that another program is asked about.
    var reference = ""

    var testDescription: String { name }

    static let all: [DwarfFixture] =
        ["4", "5"].flatMap { version in
            let flags = ["-O2", "-g", "-gdwarf-" + version]
            return [
                DwarfFixture(name: "gcc-dwarf\(version)", compiler: ["g++"] + flags, source: "inlined.cpp"),
                DwarfFixture(
                    name: "gcc-split-dwarf\(version)", compiler: ["g++"] + flags + ["-gsplit-dwarf"],
                    source: "inlined.cpp"),
                DwarfFixture(
                    name: "clang-dwarf\(version)", compiler: ["clang++-14"] + flags, source: "inlined.cpp"),
                DwarfFixture(
                    name: "clang-split-dwarf\(version)", compiler: ["clang++-14"] + flags + ["-gsplit-dwarf"],
                    source: "inlined.cpp"),
                DwarfFixture(
                    name: "clang-package-dwarf\(version)", compiler: ["clang++-14"] + flags + ["-gsplit-dwarf"],
                    source: "inlined.cpp",
                    afterwards: [["llvm-dwp-14", "-e", "{}", "-o", "{}.dwp"], ["sh", "-c", "rm $(dirname {})/*.dwo"]]),
            ]
        } + [
            DwarfFixture(name: "gcc-compressed", compiler: ["g++", "-O2", "-g", "-gz"], source: "inlined.cpp"),
            DwarfFixture(
                name: "gcc-compressed-gnu", compiler: ["g++", "-O2", "-g", "-gz=zlib-gnu"], source: "inlined.cpp"),
            DwarfFixture(
                name: "gcc-compressed-zstd", compiler: ["g++", "-O2", "-g"], source: "inlined.cpp",
                // The reference reads no zstd: it is asked about the file as it was.
                afterwards: [["cp", "{}", "{}.plain"], ["objcopy", "--compress-debug-sections=zstd", "{}"]],
                reference: ".plain"),
            DwarfFixture(
                name: "gcc-debuglink", compiler: ["g++", "-O2", "-g", "-Wl,--build-id=none"], source: "inlined.cpp",
                afterwards: [
                    ["objcopy", "--only-keep-debug", "{}", "{}.debug"], ["strip", "{}"],
                    ["objcopy", "--add-gnu-debuglink={}.debug", "{}"],
                ]),
            DwarfFixture(
                name: "gcc-shared", compiler: ["g++", "-O2", "-g"], source: "inlined.cpp",
                afterwards: [["cp", "{}", "{}.copy"], ["dwz", "-m", "{}.common", "{}", "{}.copy"]]),
            DwarfFixture(name: "swift", compiler: ["swiftc", "-O", "-g"], source: "inlined.swift"),
        ]

    /// Every program that the recipe needs.
    var isBuildable: Bool { ([compiler[0]] + afterwards.map { $0[0] }).allSatisfy(Capability.hasTool) }

    /// Compiles it into a folder.
    func build(in folder: String) throws -> String {
        let binary = folder + "/" + name
        // Split parts are named by the object file: compile and link apart.
        var steps: [[String]] =
            compiler[0] == "swiftc"
            ? [compiler + [Fixture.sources + "/" + source, "-o", binary]]
            : [
                compiler + ["-c", Fixture.sources + "/" + source, "-o", binary + ".o"],
                [compiler[0]] + compiler.filter { $0.hasPrefix("-Wl") || $0.hasPrefix("-gz") } + [
                    binary + ".o", "-o", binary,
                ],
            ]
        steps += afterwards.map { $0.map { $0.replacingOccurrences(of: "{}", with: binary) } }
        for step in steps {
            let program = try Program.run(step, timeout: 120)
            guard try program.wait() == .exited(0) else {
                throw TestFailure("\(step.joined(separator: " ")): \(program.errors.text)")
            }
        }
        return binary
    }
}

/// What another program says about an address.
struct ReferenceFrame: Equatable, CustomStringConvertible {
    var function: String
    /// Last part of the path and line.
    var place: String

    var description: String { "\(function) \(place)" }
}

enum Reference {
    /// Chains of `llvm-symbolizer`, innermost first, by address.
    static func chains(of binary: String, _ addresses: [UInt64]) throws -> [UInt64: [ReferenceFrame]] {
        let list = binary + ".addresses"
        try addresses.map { "0x" + String($0, radix: 16) + "\n" }.joined().write(
            toFile: list, atomically: true, encoding: .utf8)
        let program = try Program.run(
            ["sh", "-c", "llvm-symbolizer-14 --no-demangle -a -i -f --basenames -e '\(binary)' < '\(list)'"],
            timeout: 120)
        var chains: [UInt64: [ReferenceFrame]] = [:]
        var address: UInt64 = 0
        var function: String?
        for line in program.output.text.split(separator: "\n") {
            if line.hasPrefix("0x"), let number = UInt64(line.dropFirst(2), radix: 16) {
                address = number
                chains[address] = []
            } else if let name = function {
                let parts = line.split(separator: ":")
                let place = parts.count > 1 ? "\(parts[0]):\(parts[1])" : "?"
                chains[address]?.append(ReferenceFrame(function: name, place: place))
                function = nil
            } else {
                function = String(line)
            }
        }
        return chains
    }

    /// Addresses of a program's code.
    static func codeAddresses(of binary: String, count: Int) throws -> [UInt64] {
        let program = try Program.run(["readelf", "-SW", binary])
        for line in program.output.text.split(separator: "\n") {
            guard let found = line.range(of: "] .text ") else { continue }
            let fields = line[found.upperBound...].split(separator: " ")
            guard fields.count > 3, let start = UInt64(fields[1], radix: 16), let size = UInt64(fields[3], radix: 16)
            else { continue }
            let step = max(1, size / UInt64(count))
            return stride(from: start, to: start + size, by: Int(step)).map { $0 }
        }
        throw TestFailure("\(binary) has no .text")
    }
}
