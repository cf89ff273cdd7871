import ProfileModel
import Testing

@Suite struct SwiftNameTests {
    @Test(arguments: [
        ("M.S.f(reference: Swift.UInt64, x: Swift.Int) -> ()", "M.S.f(reference:x:)"),
        ("M.f<A where A: M.P, A: ~Swift.Copyable>(_: Swift.Int, into: inout A) -> M.R<A>", "M.f(_:into:)"),
        ("M.f(Swift.Int, (Swift.Int, y: Swift.Int) -> Swift.Bool) throws -> ()", "M.f(_:_:)"),
        ("M.f(x: [Swift.String : Swift.Int], y: (a: Swift.Int, b: Swift.Int)) async throws -> ()", "M.f(x:y:)"),
        ("M.S.f() -> ()", "M.S.f()"),
        (
            "closure #1 (Swift.Optional<Swift.Int>) -> Swift.Int in M.W.start() throws(M.E) -> Swift.UInt",
            "closure #1 in M.W.start()"
        ),
        ("M.W.(run in _FCB8062B7C319E580CB97BF8FDB75BE8)() -> ()", "M.W.run()"),
        ("M.S.count.getter : Swift.Int", "M.S.count.getter"),
        ("static M.S.< infix(M.S, M.S) -> Swift.Bool", "static M.S.< infix(_:_:)"),
        (
            "(extension in Swift):Swift.Collection< where A.Element: Swift.Equatable>.firstIndex(of: A.Element) -> A.Index",
            "Swift.Collection.firstIndex(of:)"
        ),
        (
            "$defer #1 <A>() -> () in (extension in Lock):Lock.Mutex< where A: ~Swift.Copyable>.withLock<A>((inout A) -> A) -> A",
            "$defer #1 in Lock.Mutex.withLock(_:)"
        ),
        ("main", "main"),
        ("broken(name: Swift.Int", "broken(name: Swift.Int"),
        ("", ""),
    ])
    func typesAreLeftOut(name: String, expected: String) {
        #expect(SwiftName.short(name) == expected)
    }

    @Test func otherLanguagesKeepTheirNames() {
        var builder = ProfileBuilder(sampleTypes: [.samples])
        _ = builder.intern(Function(name: "a::f<int>(int)", systemName: "_ZN1a1fIiEEvi"))
        _ = builder.intern(Function(name: "M.f(x: Swift.Int) -> ()", systemName: "$s1M1f1xySi_tF"))
        let names = builder.profile.withShortSwiftNames().functions.map(\.name)
        #expect(names == ["a::f<int>(int)", "M.f(x:)"])
    }
}
