import Foundation
import FoundationXML
import ProfileFormats
import ProfileModel
import Testing

@Suite struct DifferentialFlameGraphTests {
    private func picture(_ before: String, _ after: String, isChanged: Bool = true) throws -> String {
        func run(_ text: String) throws -> PairedCallTree.Run {
            PairedCallTree.Run(try CollapsedFormat().decode(Array(text.utf8)), column: 0)
        }
        let tree = PairedCallTree(before: [try run(before)], after: [try run(after)])
        return String(
            decoding: DifferentialFlameGraph(
                tree, isVisiblyChanged: [Bool](repeating: isChanged, count: tree.nodes.count),
                costs: DifferentialFlameGraph.Costs(divisorBefore: 10, divisorAfter: 10) { "\($0)" }, title: "A & B",
                note: "note"
            ).encode(), as: UTF8.self)
    }

    private func frames(_ picture: String) throws -> [String] {
        let parser = XMLParser(data: Data(picture.utf8))
        #expect(parser.parse(), "\(parser.parserError as Any)")
        return picture.matches(of: /data-b="(\d+) (\d+) (\d+)"><title>([^<]*)<\/title><rect class="(\w+)"/).map {
            let title = $0.4.split(separator: "\n", omittingEmptySubsequences: false)
            return "\($0.1) \(Int($0.3)! / 1_000_000_000) \(title[0]) | \(title[2]) | \($0.5)"
        }
    }

    @Test func widthIsAfterAndColorIsChange() throws {
        #expect(
            try frames(try picture("main;a 4\nmain;b 4\nmain;c 2", "main;a 8\nmain;b 1\nmain;d 1")) == [
                "0 1000 all | before 1.0, after 1.0 (+0.0%) | root".replacing("1000", with: "1000"),
                "1 833 main | before 1.0, after 1.0 (+0.0%) | same",
                "2 666 a | before 0.4, after 0.8 (+100.0%) | more4",
                "2 83 b | before 0.4, after 0.1 (-75.0%) | less4",
                "2 83 d | before 0.0, after 0.1 (new) | new",
                "1 166 [only before] | 0.2 | gone",
                "2 166 main | before 1.0, after 1.0 (+0.0%) | same",
                "3 166 c | before 0.2, after 0.0 (gone) | gone",
            ])
    }

    @Test func chanceHasNoColor() throws {
        let lines = try frames(try picture("main;a 4\nmain;b 6", "main;a 5\nmain;b 5", isChanged: false))
        #expect(lines.dropFirst().allSatisfy { $0.hasSuffix("same") })
        #expect(lines.contains("2 500 a | before 0.4, after 0.5 (+25.0%, within chance) | same"))
    }

    @Test func hostileNamesStayText() throws {
        let name = "</title><script>alert('x')</script>&\"]]>\u{1B}\u{0}"
        let text = try picture("\(name);x 5", "\(name);y 5")
        #expect(!text.contains("<script>alert"))
        #expect(try frames(text).count == 6)
    }
}
