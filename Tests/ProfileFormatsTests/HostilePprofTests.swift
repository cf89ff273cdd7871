import ProfileFormats
import ProfileModel
import Testing

/// Files from anybody: an error or a profile, never a crash or a hang.
@Suite struct HostilePprofTests {
    /// A profile whose indexes are all valid, or an error of ours.
    private func survives(_ bytes: [UInt8], limit: Int = 1 << 24) -> Bool {
        do {
            let profile = try FormatRegistry.decode(bytes, inflatedLimit: limit)
            // Whatever was accepted must be usable.
            _ = CallTree(profile, column: 0).reversed(minimumShare: 0.01)
            _ = FunctionTable(profile, column: 0)
            _ = try PprofFormat(compressionLevel: 1).encode(profile)
            return true
        } catch let error as FormatError {
            return !error.description.isEmpty && !error.description.contains("\n")
        } catch {
            return false
        }
    }

    @Test func truncatedAtEveryByte() throws {
        let plain = try PprofFormat().encodeUncompressed(SampleProfiles.engine)
        for count in plain.indices { #expect(survives(Array(plain[..<count])), "\(count) bytes") }
        let packed = GzipCoding.deflate(plain)
        for count in packed.indices {
            #expect(throws: FormatError.self, "\(count) bytes") { try FormatRegistry.decode(Array(packed[..<count])) }
        }
    }

    @Test func damagedBits() throws {
        let plain = try PprofFormat().encodeUncompressed(SampleProfiles.engine)
        var random = SplitMix(seed: 7)
        for round in 0..<6000 {
            var bytes = plain
            for _ in 0...Int(random.next() % 4) {
                bytes[Int(random.next() % UInt64(bytes.count))] ^= 1 << UInt8(random.next() % 8)
            }
            #expect(survives(bytes), "round \(round)")
        }
        let packed = GzipCoding.deflate(plain)
        for round in 0..<1000 {
            var bytes = packed
            bytes[Int(random.next() % UInt64(bytes.count))] ^= 1 << UInt8(random.next() % 8)
            #expect(survives(bytes), "round \(round)")
        }
    }

    @Test func randomBytes() {
        var random = SplitMix(seed: 11)
        for round in 0..<2000 {
            var bytes = (0..<Int(random.next() % 300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            if round % 3 == 0 { bytes.insert(contentsOf: [0x0A, 4, 8, 1, 16, 2], at: 0) }
            #expect(survives(bytes), "round \(round)")
        }
    }

    @Test func gzipBomb() throws {
        let bomb = GzipCoding.deflate([UInt8](repeating: 0, count: 64 << 20))
        #expect(bomb.count < 100_000)
        let error = #expect(throws: FormatError.self) { try FormatRegistry.decode(bomb, inflatedLimit: 16 << 20) }
        #expect(error?.code == .tooLarge)
        #expect(error?.description == "the compressed file expands to more than 16 MiB; split the recording")
    }

    /// One location of very many inlined functions, named by very many samples.
    @Test(.timeLimit(.minutes(1))) func framesOutOfAllProportion() {
        func varint(_ value: Int) -> [UInt8] {
            var bytes: [UInt8] = []
            var rest = value
            while rest >= 0x80 {
                bytes.append(UInt8(rest & 0x7F) | 0x80)
                rest >>= 7
            }
            return bytes + [UInt8(rest)]
        }
        func message(_ field: UInt8, _ content: [UInt8]) -> [UInt8] {
            [field << 3 | 2] + varint(content.count) + content
        }
        let lines = [UInt8]((0..<100_000).map { _ in [0x22, 2, 0x08, 1] as [UInt8] }.joined())
        let identifiers = [UInt8](repeating: 1, count: 1_000_000)
        let bytes =
            message(1, [8, 0, 16, 0]) + message(2, message(1, identifiers) + message(2, [1]))
            + message(4, [8, 1] + lines) + message(5, [8, 1]) + message(6, [])
        let error = #expect(throws: FormatError.self) { try PprofFormat().decode(bytes) }
        #expect(error?.code == .tooLarge)
    }

    @Test(
        arguments: [
            ([0x0A, 4, 8, 1, 16, 1, 0x32, 0], "text 1 of 1 does not exist"),
            ([0x32, 0], "names no sample types"),
            ([0x0A, 0, 0x12, 3, 0x0A, 1, 5, 0x32, 0], "0 values for 1 sample types"),
            ([0x0A, 0, 0x12, 6, 0x0A, 1, 5, 0x12, 1, 1, 0x32, 0], "location 5 does not exist"),
            ([0x0A, 0, 0x22, 2, 0x10, 1, 0x32, 0], "location has id 0"),
            ([0x0A, 0, 0x22, 4, 8, 1, 0x10, 9, 0x32, 0], "mapping 9 does not exist"),
            ([0x0A, 0, 0x22, 2, 8, 1, 0x22, 2, 8, 1, 0x32, 0], "two locations have id 1"),
            ([0x0A, 0, 0x22, 6, 8, 1, 0x22, 2, 8, 7, 0x32, 0], "function 7 does not exist"),
            ([0x0A, 0], "does not begin with an empty text"),
            ([0x0A, 0, 0x12, 0, 0x32, 0], "an empty entry"),
        ] as [([UInt8], String)])
    func saysWhatIsWrong(bytes: [UInt8], reason: String) {
        let error = #expect(throws: FormatError.self) { try PprofFormat().decode(bytes) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
}
