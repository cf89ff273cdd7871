import Foundation

/// Programs that are counted by what tickscope counts with, compiled from its sources.
extension Fixture {
    private static let root = URL(fileURLWithPath: sources).deletingLastPathComponent().deletingLastPathComponent().path
    private static let module = root + "/CSources/CAllocations/"
    private static let header = ["-D_GNU_SOURCE", "-I\(root)/include/CAllocations"]

    /// The sources of the counting module; without the one that a fixture names itself.
    private static func countingSources(except: String = "") -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: module)) ?? [])
            .filter { $0.hasSuffix(".c") && $0 != except }.sorted().map { module + $0 }
    }

    private static func counting(name: String, flags: [String]) -> Fixture {
        Fixture(
            name: name, source: "../../CSources/CAllocations/control.c",
            flags: header + flags + countingSources(except: "control.c"))
    }

    /// The module as a shared library, and as one object file for programs whose runtime is linked statically.
    package static let countingLibrary = counting(name: "libcounting.so", flags: ["-shared", "-fPIC"])
    package static let countingObject = counting(name: "counting.o", flags: ["-r", "-nostdlib", "-fPIC"])

    private static func counted(_ name: String, _ flags: [String]) -> Fixture {
        Fixture(
            name: name, source: "counted.c", flags: header + flags + countingSources() + ["-pthread", "-rdynamic"])
    }

    /// The module is part of the program, whose slots are bound with the first call.
    package static let counted = counted("counted", ["-Wl,-z,lazy"])
    /// All slots are bound at the start, and protected.
    package static let countedProtected = counted("counted-now", ["-Wl,-z,now,-z,relro"])
    /// At a fixed address: the address of malloc may be that of the program's own stub.
    package static let countedFixed = counted("counted-fixed", ["-no-pie", "-fno-pie", "-Wl,-z,lazy"])
    package static let countedStatic = counted("counted-static", ["-static"])
    package static let countedLateLibrary = Fixture(
        name: "libcounted.so", source: "counted_library.c", flags: ["-shared", "-fPIC"])
    /// An allocator to preload, that counts by itself.
    package static let countInterposer = Fixture(
        name: "libinterposer.so", source: "count_interposer.c", flags: ["-shared", "-fPIC", "-fno-builtin"])

    /// C++, with the module in a library of its own.
    package static func countedCxx() throws -> Fixture {
        Fixture(
            name: "counted-cxx", source: "counted.cpp", language: .cxx,
            flags: header + ["-std=c++17", try countingLibrary.build()])
    }

    /// Swift, with what to link it to: the library or the object.
    package static func countedSwift(name: String, linking: Fixture, flags: [String] = []) throws -> Fixture {
        Fixture(
            name: name, source: "counted.swift", language: .swift,
            flags: flags + [
                "-import-objc-header", sources + "/counted.h", "-Xcc", "-I\(root)/include/CAllocations",
                try linking.build(),
            ])
    }
}
