/// A program under `Tests/Fixtures`, and how to compile it. What each proves stands in its source.
package struct Fixture: Hashable, Sendable {
    package enum Language: Sendable {
        case c, cxx, swift
    }

    /// Base name of what is built; unique to source and flags for people who look into the folder.
    package var name: String
    package var source: String
    package var language: Language = .c
    package var flags: [String] = []

    /// Flags of every C and C++ fixture: optimized, without frame pointers and without debug information.
    static let commonFlags = ["-O2", "-g0", "-fomit-frame-pointer", "-Wall", "-Wextra", "-Werror"]

    package static let split = Fixture(name: "split", source: "split.c")
    /// Its heavy function does 5 units where the light one does 1: 83 % of all.
    package static let splitGrown = Fixture(name: "split-grown", source: "split.c", flags: ["-DSPLIT_HEAVY=5"])
    package static let splitStaticPIE = Fixture(name: "split-static-pie", source: "split.c", flags: ["-static-pie"])
    /// No symbols at all: only .eh_frame is left.
    package static let splitStripped = Fixture(name: "split-stripped", source: "split.c", flags: ["-s"])
    /// No .symtab; the names are in .dynsym.
    package static let splitExported = Fixture(name: "split-exported", source: "split.c", flags: ["-rdynamic", "-s"])
    /// Its own functions are described in .debug_frame only.
    package static let debugFrame = Fixture(
        name: "split-debug-frame", source: "split.c",
        flags: ["-fno-asynchronous-unwind-tables", "-fno-unwind-tables", "-g", "-no-pie"])
    /// The same in DWARF 5's words, compressed, in a program that can be loaded anywhere.
    package static let debugFrameCompressed = Fixture(
        name: "split-debug-frame-compressed", source: "split.c",
        flags: [
            "-fno-asynchronous-unwind-tables", "-fno-unwind-tables", "-g", "-gz=zlib", "-Wa,--gdwarf-cie-version=4",
            "-Wl,--build-id",
        ])
    package static let threads = Fixture(name: "threads", source: "threads.c", flags: ["-pthread"])
    package static let churn = Fixture(name: "churn", source: "churn.c", flags: ["-pthread"])
    package static let forks = Fixture(name: "forks", source: "forks.c")
    package static let lateDlopen = Fixture(name: "late_dlopen", source: "late_dlopen.c", flags: ["-ldl"])
    package static let lateLibrary = Fixture(
        name: "liblate.so", source: "late_library.c", flags: ["-shared", "-fPIC", "-fvisibility=hidden"])
    package static let signalHandler = Fixture(name: "signal_handler", source: "signal_handler.c")
    package static let aligned = Fixture(
        name: "aligned", source: "aligned.cpp", language: .cxx, flags: ["-std=c++17", "-mavx2"])
    package static let closures = Fixture(name: "closures", source: "closures.swift", language: .swift)
    package static let unspecialized = Fixture(name: "unspecialized", source: "unspecialized.swift", language: .swift)
    package static let asynchronous = Fixture(name: "async", source: "async.swift", language: .swift)
    /// Optimized with debug information: most of its functions are inlined.
    package static let inlined = Fixture(
        name: "inlined", source: "inlined.cpp", language: .cxx, flags: ["-g", "-std=c++17"])
    package static let execMidway = Fixture(name: "exec_midway", source: "exec_midway.c")
    package static let undisturbed = Fixture(name: "undisturbed", source: "undisturbed.c", flags: ["-pthread"])
    package static let vdso = Fixture(name: "vdso", source: "vdso.c")
    package static let deep = Fixture(name: "deep", source: "deep.c")
    package static let alternating = Fixture(name: "alternating", source: "alternating.c")
    private static let framePointers = ["-fno-omit-frame-pointer", "-momit-leaf-frame-pointer"]
    package static let mixedFrames = Fixture(name: "mixed_frames", source: "mixed_frames.c", flags: framePointers)
    /// Frame pointers from the leaf's caller to the entry.
    package static let chainedFrames = Fixture(
        name: "chained_frames", source: "mixed_frames.c", flags: framePointers + ["-DOWN_START", "-nostartfiles"])
    package static let busyParent = Fixture(name: "busy_parent", source: "busy_parent.c")
    package static let sleeper = Fixture(name: "sleeper", source: "sleeper.c")
    package static let steppedJumps = Fixture(
        name: "stepped_jumps", source: "stepped_jumps.c",
        flags: ["-D_GNU_SOURCE", "-I" + sources + "/../../include/CCycles", "-pthread", "-fno-omit-frame-pointer"])
    /// Where the stack ended is not known to the step.
    package static let steppedJumpsWithoutFrames = Fixture(
        name: "stepped_jumps_frameless", source: "stepped_jumps.c",
        flags: ["-D_GNU_SOURCE", "-I" + sources + "/../../include/CCycles", "-pthread"])
    /// A library to be stepped through, bound lazily; the same code as a program.
    package static let calls = Fixture(
        name: "libcalls.so", source: "calls.cpp", language: .cxx, flags: callFlags + ["-shared", "-Wl,-z,lazy"])
    package static let callsProgram = Fixture(
        name: "calls", source: "calls.cpp", language: .cxx, flags: callFlags + ["-DWITH_MAIN"])
    private static let callFlags = ["-fPIC", "-std=c++17", "-foptimize-sibling-calls", "-fno-ipa-cp", "-fno-ipa-sra"]
    package static let exitWith = Fixture(name: "exit_with", source: "exit_with.c")

    /// Starts it and waits until it says that it is ready.
    package func start(_ arguments: String..., keepsInputOpen: Bool = false) throws -> Program {
        let program = try Program([build()] + arguments, keepsInputOpen: keepsInputOpen)
        try program.waitForLine("ready")
        return program
    }
}
