import CCycles
import CycleTiming
import Testing

@Suite("Counters read in user mode")
struct UserCounterTests {
    @Test("A counter's bits are a signed number of its width, added to the kernel's offset")
    func arithmetic() {
        // A counter of 48 bits that the kernel set to -0x1000, and that has counted 0x234 events since.
        let raw: UInt64 = (1 << 48) - 0x1000 + 0x234
        #expect(UserCounter.value(raw: raw, width: 48, offset: 0x1000) == 0x234)
        // What the bits above the width are does not matter.
        #expect(UserCounter.value(raw: raw | 0xffff << 48, width: 48, offset: 0x1000) == 0x234)
        #expect(UserCounter.value(raw: raw & (1 << 48 - 1), width: 48, offset: 0x1000) == 0x234)
        #expect(UserCounter.value(raw: 5, width: 48, offset: 7) == 12)
        #expect(UserCounter.value(raw: .max, width: 64, offset: 1) == 0)
        #expect(UserCounter.value(raw: 0x7fff_ffff, width: 32, offset: 0) == 0x7fff_ffff)
        #expect(UserCounter.value(raw: 0x8000_0000, width: 32, offset: 0x1_0000_0000) == 0x8000_0000)
        // Widths that no kernel writes count nothing, and trap nothing.
        #expect(UserCounter.value(raw: 5, width: 0, offset: 7) == 7)
        #expect(UserCounter.value(raw: 5, width: 65, offset: 7) == 7)
    }

    private func refusal(of page: ts_counter_page) -> TimingError.Code? {
        withUnsafeBytes(of: page) { bytes in
            do {
                _ = try UserCounter(page: bytes.baseAddress!).read()
                return nil
            } catch let error as TimingError {
                return error.code
            } catch {
                return nil
            }
        }
    }

    @Test("Without the kernel's permission nothing is read")
    func forbidden() {
        var page = ts_counter_page()
        page.index = 1
        page.width = 48
        #expect(refusal(of: page) == .refused)
    }

    @Test("An event on no counter is said to be on none", .enabled(if: ts_counter_is_readable_here()))
    func absent() {
        var page = ts_counter_page()
        page.capabilities = UInt64(TS_COUNTER_CAP_USER_READ)
        #expect(refusal(of: page) == .unsupported)
    }

    @Test("A page that is always being written ends in an error, not in waiting")
    func unstable() {
        var page = ts_counter_page()
        page.capabilities = UInt64(TS_COUNTER_CAP_USER_READ)
        page.lock = 1
        #expect(refusal(of: page) == .disturbed)
    }
}
