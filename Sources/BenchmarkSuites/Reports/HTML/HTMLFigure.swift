internal import Benchmarking
internal import ProfileFormats

/// A picture of a page with its heading and its legend.
enum HTMLFigure {
    /// - Parameter legend: style and text of each entry.
    static func text(_ title: String, _ svg: String, legend: [(String, String)]) -> String {
        let entries = legend.map { "<li><i class=\"\($0.0)\"></i>\(XMLText.escaped($0.1))</li>" }.joined()
        return """
            <figure>
            <h3>\(XMLText.escaped(title))</h3>
            \(svg)<figcaption><ul class="legend">\(entries)</ul></figcaption>
            </figure>

            """
    }

    static func epochLegend(_ result: BenchmarkResult) -> [(String, String)] {
        let hasEpochs = result.leading.flatMap { result.series($0.metric)?.epochs } != nil
        var legend = [("dot dashes-epoch", hasEpochs ? "epoch" : "value")]
        if hasEpochs { legend.append(("dash dashes-process", "value of the process")) }
        let interval = result.leading?.interval == nil ? "" : " and its 95 % interval"
        return legend + [("dash dashes-median", "median" + interval)]
    }

    static func curveTitle(_ curve: String) -> String {
        switch curve {
        case "machine": "machine: every operation"
        case "code": "code: what nothing interrupted"
        case "response": "response: from the intended start"
        default: curve
        }
    }
}
