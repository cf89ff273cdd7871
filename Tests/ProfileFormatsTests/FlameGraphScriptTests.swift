import Foundation
import ProfileFormats
import ProfileModel
import Testing

private let browser = ExternalTool.find("chromium") ?? ExternalTool.find("chromium-browser")

/// The script of a flame graph, driven in a real browser.
@Suite(.enabled(if: browser != nil, "chromium is not installed"))
struct FlameGraphScriptTests {
    /// Runs statements in an opened picture; what they put into `result` comes back.
    private func run(_ statements: String, on stacks: String) throws -> String {
        let chromium = try #require(browser)
        let picture = String(
            decoding: try FlameGraphFormat().encode(try CollapsedFormat().decode(Array(stacks.utf8))), as: UTF8.self)
        let driver = """
            <script><![CDATA[
            var result = [];
            function frame(name) {
              return Array.from(document.querySelectorAll(".frames > g"))
                .find(function (g) { return g.querySelector("title").textContent.split("\\n")[0] === name; });
            }
            function share(name) {
              var all = Number(frame("all").querySelector("rect").getAttribute("width"));
              var g = frame(name);
              return g.classList.contains("off") ? "hidden"
                : Math.round(Number(g.querySelector("rect").getAttribute("width")) / all * 100) + "%";
            }
            function press(key, options) {
              (document.activeElement || document.documentElement)
                .dispatchEvent(new KeyboardEvent("keydown", Object.assign({ key: key, bubbles: true }, options)));
            }
            function click(name) { frame(name).dispatchEvent(new MouseEvent("click", { bubbles: true })); }
            function look(text) {
              var input = document.querySelector("input");
              input.value = text;
              input.dispatchEvent(new Event("input"));
              result.push(document.querySelector(".found").textContent);
            }
            try { \(statements) } catch (error) { result.push(String(error)); }
            document.documentElement.setAttribute("data-result", "<<" + result.join("|") + ">>");
            ]]></script></svg>
            """
        let folder = TemporaryFolder()
        let page = picture.replacing("</svg>\n", with: driver, maxReplacements: 1)
        try AtomicFile.write(Array(page.utf8), to: folder.path("flame.svg"))
        let dump = try chromium.run([
            "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder.path("profile"))",
            "--window-size=1200,800", "--dump-dom", "file://\(folder.path("flame.svg"))",
        ])
        // An attribute's angle brackets come back escaped or not, depending on the version.
        let text = dump.replacing("&lt;", with: "<").replacing("&gt;", with: ">")
        let start = try #require(text.range(of: "data-result=\"<<"), "\(dump.suffix(2000))")
        let end = try #require(text.range(of: ">>\"", range: start.upperBound..<text.endIndex))
        return String(text[start.upperBound..<end.lowerBound])
    }

    private let stacks = "main;run;decode;parse 50\nmain;run;book;parse 30\nmain;idle 20\n"

    @Test func clickZoomsAndEscapeResets() throws {
        let result = try run(
            """
            result.push(share("run"), share("book"));
            click("run"); result.push(share("run"), share("decode"), share("idle"), share("main"));
            frame("decode").dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
            result.push(document.querySelector(".details").textContent);
            press("Escape"); result.push(share("run"), share("idle"));
            """, on: stacks)
        #expect(
            result == "80%|30%|100%|62%|hidden|100%|decode  ·  50 samples (50.0%)  ·  62.5% of run|80%|20%")
    }

    @Test func searchCountsEachStackOnce() throws {
        let result = try run(
            """
            look("parse|decode|run"); look("^parse$"); look("PARSE"); look("("); look("idle");
            result.push(document.querySelectorAll(".hit").length);
            press("Escape"); result.push(document.querySelectorAll(".hit").length);
            """, on: stacks)
        #expect(
            result == "matched 80.0%|matched 80.0%|matched 0.0%|not a regular expression|matched 20.0%|1|0")
    }

    @Test func keysMoveBetweenFrames() throws {
        let result = try run(
            """
            function at() { result.push(document.activeElement.querySelector("title").textContent.split("\\n")[0]); }
            frame("all").focus(); at();
            press("ArrowUp"); at(); press("ArrowUp"); at(); press("ArrowLeft"); at(); press("ArrowRight"); at();
            press("ArrowUp"); at(); press("Enter"); result.push(share("decode")); press("ArrowDown"); at();
            press("f", { ctrlKey: true }); result.push(document.activeElement.tagName);
            """, on: stacks)
        #expect(result == "all|main|run|idle|run|decode|100%|run|input")
    }
}
