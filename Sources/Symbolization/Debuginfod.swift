internal import Glibc
internal import Synchronization

/// Asks the servers in `DEBUGINFOD_URLS` for a debug file, through the client library of elfutils where it is installed.
///
/// The library may wait for the network as long as it likes: it runs on a thread of its own, which is told to stop and
/// then left alone when the time is over.
enum Debuginfod {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private final class Request: Sendable {
        struct State {
            var isDone = false
            var isAbandoned = false
            var file: Int32 = -1
        }
        let state = Mutex(State())
        let buildID: String
        let isStopped = Atomic<Bool>(false)

        init(buildID: String) { self.buildID = buildID }
    }

    /// Set once a server did not answer in time: the next module would wait as long for nothing.
    private static let isUnreachable = Atomic<Bool>(false)

    private typealias Begin = @convention(c) () -> OpaquePointer?
    private typealias End = @convention(c) (OpaquePointer) -> Void
    private typealias Progress = @convention(c) (OpaquePointer?, Int, Int) -> Int32
    private typealias SetProgress = @convention(c) (OpaquePointer, Progress) -> Void
    private typealias SetData = @convention(c) (OpaquePointer, UnsafeMutableRawPointer) -> Void
    private typealias GetData = @convention(c) (OpaquePointer) -> UnsafeMutableRawPointer?
    private typealias Find =
        @convention(c) (
            OpaquePointer, UnsafePointer<CChar>, Int32, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        ) -> Int32

    /// The debug file of a build-id; nil when no server is named or none has it.
    static func find(buildID: String, seconds: Double) -> Result<OpenFile, Failure>? {
        guard getenv("DEBUGINFOD_URLS").map({ $0.pointee != 0 }) == true, seconds > 0 else { return nil }
        guard !isUnreachable.load(ordering: .relaxed) else { return nil }
        guard let library = dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL) else {
            return .failure(Failure(description: "libdebuginfod.so.1 is not installed (Debian: libdebuginfod1)"))
        }
        let request = Request(buildID: buildID)
        let handle = UInt(bitPattern: library)
        startThread { run(request, library: UnsafeMutableRawPointer(bitPattern: handle)) }
        var waited = 0.0
        while waited < seconds {
            if request.state.withLock({ $0.isDone }) { break }
            usleep(5000)
            waited += 0.005
        }
        let file: Int32? = request.state.withLock { state in
            if state.isDone { return state.file }
            state.isAbandoned = true
            return nil
        }
        guard let file else {
            request.isStopped.store(true, ordering: .relaxed)
            isUnreachable.store(true, ordering: .relaxed)
            return .failure(Failure(description: "no debuginfod server answered in \(seconds) s; none is asked again"))
        }
        return file >= 0 ? .success(OpenFile(file)) : nil
    }

    private static func run(_ request: Request, library: UnsafeMutableRawPointer?) {
        var file: Int32 = -1
        if let begin = symbol("debuginfod_begin", in: library, as: Begin.self),
            let end = symbol("debuginfod_end", in: library, as: End.self),
            let find = symbol("debuginfod_find_debuginfo", in: library, as: Find.self),
            let client = begin()
        {
            if let setData = symbol("debuginfod_set_user_data", in: library, as: SetData.self),
                let setProgress = symbol("debuginfod_set_progressfn", in: library, as: SetProgress.self)
            {
                setData(client, Unmanaged.passUnretained(request).toOpaque())
                setProgress(client) { client, _, _ in
                    guard let client, let get = dlsym(nil, "debuginfod_get_user_data") ?? Debuginfod.getData,
                        let data = unsafeBitCast(get, to: GetData.self)(client)
                    else { return 0 }
                    return Unmanaged<Request>.fromOpaque(data).takeUnretainedValue()
                        .isStopped.load(ordering: .relaxed) ? 1 : 0
                }
            }
            file = find(client, request.buildID, 0, nil)
            end(client)
        }
        let isAbandoned = request.state.withLock { state in
            state.isDone = true
            state.file = file
            return state.isAbandoned
        }
        if isAbandoned, file >= 0 { close(file) }
    }

    /// `debuginfod_get_user_data`, which a callback without a context needs.
    private static var getData: UnsafeMutableRawPointer? {
        dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_NOLOAD).flatMap { dlsym($0, "debuginfod_get_user_data") }
    }

    private static func symbol<Function>(
        _ name: String, in library: UnsafeMutableRawPointer?, as type: Function.Type
    ) -> Function? {
        dlsym(library, name).map { unsafeBitCast($0, to: type) }
    }

    private static func startThread(_ body: @escaping @Sendable () -> Void) {
        final class Box {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        let argument = Unmanaged.passRetained(Box(body)).toOpaque()
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, argument)
        if status == 0 { pthread_detach(thread) } else { Unmanaged<Box>.fromOpaque(argument).release() }
    }
}
