import Foundation

/// What this machine lets a test do. Each turns a missing privilege or tool into a visible skip.
package enum Capability {
    package static let isRoot = geteuid() == 0

    /// The kernel lets this process open a software event on itself.
    package static let perfEvents = canOpenEvent(type: 1, config: 0)

    /// A debug register can watch memory of this process: PERF_TYPE_BREAKPOINT, of 8 bytes to be written.
    package static let watchesMemory: Bool = {
        let word = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
        defer { word.deallocate() }
        return canOpenEvent(type: 5, config: 0, breakpoint: UInt64(UInt(bitPattern: word)))
    }()

    /// There is a PMU that counts cycles.
    package static let hardwareCycles = canOpenEvent(type: 0, config: 0)

    /// New mount namespaces, with mounts in them.
    package static let mountNamespaces = succeeds(["unshare", "-m", "true"])

    /// Running a program as the user `nobody`.
    package static let nobodyUser = isRoot && succeeds(asNobody(["true"]))

    package static let cCompiler = hasTool("cc")
    package static let cxxCompiler = hasTool("c++")
    package static let swiftCompiler = hasTool("swiftc")

    /// The tests may change `kernel.perf_event_paranoid` for some seconds: only when asked to, since it is the
    /// machine's setting, not the test's.
    package static let mayChangeSysctl =
        isRoot && ProcessInfo.processInfo.environment["TICKSCOPE_TEST_SYSCTL"] == "1"

    package static var perfEventParanoid: Int? {
        (try? String(contentsOfFile: "/proc/sys/kernel/perf_event_paranoid", encoding: .utf8))
            .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// The compiled C++ fixture can run, and has the rule that it is about.
    package static let dereferencedCFA: Bool = {
        let cpu = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        guard cpu.contains(" avx2"), hasTool("readelf"), let binary = try? Fixture.aligned.build(),
            let dump = try? Program.run(["readelf", "--debug-dump=frames", binary])
        else { return false }
        return dump.output.lines.contains { $0.contains("def_cfa_expression") && $0.contains("DW_OP_deref") }
    }()

    package static func hasTool(_ name: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
            .contains { access("\($0)/\(name)", X_OK) == 0 }
    }

    /// The command that runs `command` as `nobody`, without any privilege.
    package static func asNobody(_ command: [String]) -> [String] {
        ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--inh-caps=-all"] + command
    }

    private static func succeeds(_ command: [String]) -> Bool {
        hasTool(command[0]) && (try? Program.run(command).wait()) == .exited(0)
    }

    /// Calls perf_event_open(2) for this process, user space only. `syscall` is variadic and so invisible to Swift;
    /// on Linux's 64-bit ABIs its arguments travel as those of an ordinary function.
    private static func canOpenEvent(type: UInt32, config: UInt64, breakpoint: UInt64? = nil) -> Bool {
        #if arch(x86_64)
            let number = 298
        #else
            let number = 241
        #endif
        typealias SystemCall = @convention(c) (Int, UnsafeMutableRawPointer, Int, Int, Int, UInt) -> Int
        guard let symbol = dlsym(nil, "syscall") else { return false }
        let systemCall = unsafeBitCast(symbol, to: SystemCall.self)

        let size = 72  // PERF_ATTR_SIZE_VER1
        let attributes = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 8)
        defer { attributes.deallocate() }
        memset(attributes, 0, size)
        attributes.storeBytes(of: type, toByteOffset: 0, as: UInt32.self)
        attributes.storeBytes(of: UInt32(size), toByteOffset: 4, as: UInt32.self)
        attributes.storeBytes(of: config, toByteOffset: 8, as: UInt64.self)
        let disabled: UInt64 = 1 << 0, excludeKernel: UInt64 = 1 << 5, excludeHypervisor: UInt64 = 1 << 6
        attributes.storeBytes(of: disabled | excludeKernel | excludeHypervisor, toByteOffset: 40, as: UInt64.self)
        if let breakpoint {
            attributes.storeBytes(of: 2, toByteOffset: 52, as: UInt32.self)  // HW_BREAKPOINT_W
            attributes.storeBytes(of: breakpoint, toByteOffset: 56, as: UInt64.self)
            attributes.storeBytes(of: 8, toByteOffset: 64, as: UInt64.self)
        }
        let closeOnExec: UInt = 1 << 3
        let descriptor = systemCall(number, attributes, 0, -1, -1, closeOnExec)
        guard descriptor >= 0 else { return false }
        close(Int32(descriptor))
        return true
    }
}
