// Replays one ITCH 5.0 file through one Swift implementation and prints the line that cpp/main.cpp prints:
//
//     NAME DIGEST MESSAGES NANOSECONDS-PER-MESSAGE …
//
// Processor time of this thread; passes, repeats and deletes as there.
internal import Glibc
internal import TradingHotPath

private func slurp(_ path: String) -> UnsafeRawBufferPointer {
    let descriptor = open(path, O_RDONLY)
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
        print("cannot read \(path)")
        exit(1)
    }
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(status.st_size), alignment: 64)
    var filled = 0
    while filled < bytes.count {
        let count = read(descriptor, bytes.baseAddress! + filled, bytes.count - filled)
        guard count > 0 else { exit(1) }
        filled += count
    }
    return UnsafeRawBufferPointer(bytes)
}

private func processorNanoseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

private func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

private func decimals(_ number: Double) -> String {
    let thousandths = Int(number * 1_000)
    let digits = String(thousandths % 1_000)
    return "\(thousandths / 1_000)." + String(repeating: "0", count: 3 - digits.count) + digits
}

/// - Parameters: `replay` and `drain` return the messages they handled.
func measure(_ name: String, passes: Int, replay: () -> UInt64, drain: () -> UInt64, digest: () -> UInt64) {
    var messages = replay()
    var line = "\(name) \(hexadecimal(digest())) \(messages)"
    _ = drain()
    let repeats = max(1, 2_000_000 / messages)
    for _ in 0..<passes {
        let start = processorNanoseconds()
        if repeats > 1 {
            messages = 0
            for _ in 0..<repeats { messages += replay() + drain() }
        } else {
            messages = replay()
        }
        let end = processorNanoseconds()
        if repeats == 1 { _ = drain() }
        line += " " + decimals((end - start) / Double(messages))
    }
    print(line)
}

/// Reads the fields a book would read, and nothing else.
private struct DecodeOnly: ITCHHandler {
    var sum: UInt64 = 0

    @inline(__always)
    mutating func addOrder(_ message: AddOrder) {
        sum &+= message.reference &+ UInt64(message.locate) &+ UInt64(message.shares) &+ UInt64(message.price)
        sum &+= message.side == UInt8(ascii: "B") ? 1 : 0
    }

    @inline(__always)
    mutating func addOrderWithAttribution(_ message: AddOrderWithAttribution) {
        sum &+= message.reference &+ UInt64(message.locate) &+ UInt64(message.shares) &+ UInt64(message.price)
        sum &+= message.side == UInt8(ascii: "B") ? 1 : 0
    }

    @inline(__always)
    mutating func orderExecuted(_ message: OrderExecuted) { sum &+= message.reference &+ UInt64(message.shares) }

    @inline(__always)
    mutating func orderExecutedWithPrice(_ message: OrderExecutedWithPrice) {
        sum &+= message.reference &+ UInt64(message.shares) &+ UInt64(message.price)
    }

    @inline(__always)
    mutating func orderCancel(_ message: OrderCancel) {
        sum &+= message.reference &+ UInt64(message.cancelledShares)
    }

    @inline(__always)
    mutating func orderDelete(_ message: OrderDelete) { sum &+= message.reference }

    @inline(__always)
    mutating func orderReplace(_ message: OrderReplace) {
        sum &+= message.oldReference &+ message.newReference &+ UInt64(message.shares) &+ UInt64(message.price)
    }
}

/// Bytes that stay where they are.
private func kept(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
    copy.copyBytes(from: bytes)
    return UnsafeRawBufferPointer(copy)
}

private func measureBooks<Books: OrderBooks>(
    _ empty: consuming Books, _ name: String, _ stream: UnsafeRawBufferPointer, _ passes: Int
) {
    var books = empty
    let deletes = kept(FeedLoop(stream).deleteBytes)
    measure(name, passes: passes) {
        var reader = ITCHStreamReader(stream)
        reader.read(into: &books)
        return reader.counts.messages
    } drain: {
        var reader = ITCHStreamReader(deletes)
        reader.read(into: &books)
        return reader.counts.messages
    } digest: {
        books.stateDigest().value
    }
}

private func usage() -> Never {
    print(
        """
        usage: peer-books FILE swift-decode|swift-flat|swift-pipeline|swift-values|swift-idiomatic PASSES
               peer-books FILE swift-json|foundation-json PASSES
               peer-books FILE generate SEED MESSAGES SYMBOLS|thin|liquid|deep|whole-market
               peer-books FILE generate-packets SEED MESSAGES SYMBOLS|thin|liquid|deep|whole-market
        """)
    exit(2)
}

/// Writes a generated stream, or MoldUDP64 packets, each with its length in two bytes, little-endian, in front.
private func generate(_ arguments: [String]) {
    guard let seed = UInt64(arguments[3]), let messages = Int(arguments[4]) else { usage() }
    let configuration =
        MarketProfile(rawValue: arguments[5]).map { $0.configuration(seed: seed, messages: messages) }
        ?? MarketGenerator.Configuration(seed: seed, messages: messages, symbols: Int(arguments[5]) ?? 0)
    guard configuration.isValid else { usage() }
    var bytes = MarketGenerator.generate(configuration)
    if arguments[2] == "generate-packets" {
        bytes = MoldWriter.packets(bytes, session: "GENERATED", isPacked: true).flatMap {
            [UInt8($0.count & 0xFF), UInt8($0.count >> 8)] + $0
        }
    }
    let descriptor = open(arguments[1], O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    bytes.withUnsafeBytes { bytes in
        var written = 0
        while written < bytes.count {
            let count = write(descriptor, bytes.baseAddress! + written, bytes.count - written)
            guard count > 0 else { exit(1) }
            written += count
        }
    }
}

private func main() {
    let arguments = CommandLine.arguments
    if arguments.count == 6, arguments[2].hasPrefix("generate") { return generate(arguments) }
    guard arguments.count == 4, let passes = Int(arguments[3]) else { usage() }
    let stream = slurp(arguments[1])
    let name = arguments[2]
    switch name {
    case "swift-decode":
        var decode = DecodeOnly()
        measure(name, passes: passes) {
            var reader = ITCHStreamReader(stream)
            reader.read(into: &decode)
            return reader.counts.messages
        } drain: {
            0
        } digest: {
            decode.sum
        }
    case "swift-flat":
        let feed = FeedLoop(stream)
        var books = BookSet(capacity: feed.capacity)
        let deletes = kept(feed.deleteBytes)
        measure(name, passes: passes) {
            var reader = ITCHStreamReader(stream)
            reader.replay(into: &books)
            return reader.counts.messages
        } drain: {
            var reader = ITCHStreamReader(deletes)
            reader.replay(into: &books)
            return reader.counts.messages
        } digest: {
            books.stateDigest().value
        }
    case "swift-values": measureBooks(ValueBooks(), name, stream, passes)
    case "swift-idiomatic": measureBooks(IdiomaticBooks(), name, stream, passes)
    case "swift-pipeline":
        let feed = FeedLoop(stream)
        var pipeline = Pipeline(TradingCore(capacity: feed.capacity), marker: NoMarks())
        let deletes = kept(feed.deleteBytes)
        measure(name, passes: passes) {
            var reader = ITCHStreamReader(stream)
            reader.replay(into: &pipeline)
            return reader.counts.messages
        } drain: {
            var reader = ITCHStreamReader(deletes)
            reader.replay(into: &pipeline)
            return reader.counts.messages
        } digest: {
            pipeline.core.books.stateDigest().value
        }
    case "swift-json": measureDepth(name, stream, passes)
    case "foundation-json": measureFoundation(name, stream, passes)
    default:
        usage()
    }
}

main()
