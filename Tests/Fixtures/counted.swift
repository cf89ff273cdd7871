// Retains, releases and allocates in known ways, with one operation after another between two points; `plain NAME N`
// runs N operations of one kind without counting.
import Glibc

final class Node {
    var value: Int
    init(_ value: Int) { self.value = value }
}

protocol Shape { var area: Int { get } }
struct Square: Shape {
    var side: Int
    var area: Int { side * side }
}
/// Too large for the three words of an existential: boxed.
struct Polygon: Shape {
    var a = 1
    var b = 2
    var c = 3
    var d = 4
    var area: Int { a + b + c + d }
}

@inline(never) @_optimize(none) func keep<T>(_ value: borrowing T) where T: ~Copyable {}
@inline(never) func makeNode(_ value: Int) -> Node { Node(value) }
@inline(never) func makeClosure(_ value: Int) -> (Int) -> Int { { value &+ $0 } }
@inline(never) func makeShape(_ isLarge: Bool) -> any Shape { isLarge ? Polygon() : Square(side: 3) }
@inline(never) func copied(_ nodes: [Node]) -> [Node] {
    var copy = nodes
    copy.reserveCapacity(nodes.count + 1)
    return copy
}

let shared = Node(7)
let ten = (0..<10).map { Node($0) }
let words = (10..<20).map { "letters-\($0)" }
weak var weakNode: Node? = shared
unowned let unownedNode = shared

/// One object, made and gone.
@inline(never) func instance() { keep(makeNode(1)) }
/// One buffer of 100 integers.
@inline(never) func array() { keep([Int](repeating: 1, count: 100)) }
/// One context.
@inline(never) func closure() { keep(makeClosure(3)) }
/// One box, and none for what fits.
@inline(never) func boxes() {
    keep(makeShape(true))
    keep(makeShape(false))
}
/// A buffer of ten references: ten retains inside the runtime, ten releases.
@inline(never) func copy() { keep(copied(ten)) }
@inline(never) func weakLoad() { keep(weakNode) }
@inline(never) func unownedLoad() { keep(unownedNode) }
/// A string too long to be small.
@inline(never) func string() {
    var text = String(repeating: "x", count: 40)
    text += "y"
    keep(text)
}
/// Ten strings that live in the pointer, 10 letters each: one buffer, and nothing to retain.
@inline(never) func smallStrings() {
    var copy = words
    copy.append(words[3])
    keep(copy)
    if copy[10] != "letters-13" { fatalError() }
}

let operations: [(StaticString, () -> Void)] = [
    ("instance", instance), ("array", array), ("closure", closure), ("boxes", boxes), ("copy", copy),
    ("weak", weakLoad), ("unowned", unownedLoad), ("string", string),
    ("small-strings", smallStrings),
]

@inline(never) func repeated(_ count: Int, _ body: () -> Void) {
    for _ in 0..<count { body() }
}

let arguments = CommandLine.arguments
if arguments.count == 4, arguments[1] == "plain", let count = Int(arguments[3]) {
    // Once beforehand: the runtime makes caches with the first use.
    for (name, body) in operations where name.description == arguments[2] { repeated(count + 1, body) }
} else {
    for (name, body) in operations {
        body()
        var region = region()
        region_begin(&region)
        repeated(100, body)
        name.withUTF8Buffer { region_end(&region, $0.baseAddress!) }
    }
    var region = region()
    region_begin(&region)
    region_end(&region, "nothing")
}
