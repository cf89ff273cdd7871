/// The style sheet inside a page of results.
package enum BenchmarkHTMLStyle {
    package static let text = """
        :root{--page:#fff;--ink:#1b1e25;--muted:#5b6270;--line:#d9dce3;--strip:#f3f4f7;--accent:#0b57d0;--second:#b3450b;\
        --third:#0a7d5a;--bad:#b3261e;--warn:#8a5a00;--good:#146c2e;color-scheme:light dark}
        \(CausePalette.light)
        .cause-other{--c:var(--muted)}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:1280px;padding:28px 20px 60px;background:var(--page);color:var(--ink);\
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        h1{font-size:24px;margin:0 0 4px}
        h2{font-size:19px;margin:44px 0 6px;padding-top:18px;border-top:1px solid var(--line);overflow-wrap:anywhere}
        h3{font-size:14px;margin:22px 0 4px}
        p{margin:4px 0}
        a{color:var(--accent)}
        .muted,.notes{color:var(--muted);font-size:13px}
        .notes{margin:4px 0 0;padding:0;list-style:none}
        .bad{color:var(--bad)}.warn{color:var(--warn)}.good{color:var(--good)}
        .scroll{overflow-x:auto;margin-top:14px}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:14px}
        th,td{padding:5px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
        th{font-weight:600;color:var(--muted)}
        th:first-child,td:first-child{padding-left:0}
        .t{text-align:left}
        .facts{display:flex;flex-wrap:wrap;gap:8px 30px;margin:10px 0 0;padding:0}
        .facts div{min-width:0}
        .facts dt{font-size:12px;color:var(--muted)}
        .facts dd{margin:0;font-size:17px;font-variant-numeric:tabular-nums}
        .facts dd small{color:var(--muted);font-size:13px}
        .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,520px),1fr));gap:4px 28px}
        figure{margin:0;min-width:0}
        figcaption{font-size:13px;color:var(--muted)}
        svg{display:block;width:100%;max-width:760px;height:auto}
        svg text{font-size:13.5px;fill:var(--muted);font-family:inherit}
        .grid{stroke:var(--line);stroke-width:1}
        .tick,.base{stroke:var(--muted);stroke-width:1}
        .epoch{fill:var(--accent);fill-opacity:.5}
        .band{fill:var(--second);fill-opacity:.16}
        .median{stroke:var(--second);stroke-width:1.5}
        .process{stroke:var(--ink);stroke-width:2}
        .more{fill:var(--muted)}
        .curve{fill:none;stroke-width:2}
        .machine{stroke:var(--second);background:var(--second)}
        .code{stroke:var(--accent);background:var(--accent)}
        .response{stroke:var(--third);background:var(--third)}
        .outlier{fill:var(--c);fill-opacity:.8}
        .fit{fill:none;stroke:var(--second);stroke-width:2}
        .hinge{stroke:var(--third);stroke-dasharray:6 4}
        .point,.stage{fill:var(--accent)}
        .error{stroke:var(--accent);stroke-width:2}
        .legend{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:13px;margin:2px 0 0;padding:0;list-style:none}
        .legend i{display:inline-block;width:10px;height:10px;border-radius:5px;margin-right:6px}
        .legend i.dot{background:var(--c,var(--accent))}
        .legend i.dash{height:3px;width:16px;border-radius:1px;vertical-align:middle}
        .dashes-epoch{background:var(--accent)}.dashes-process{background:var(--ink)}.dashes-median{background:var(--second)}
        @media screen and (prefers-color-scheme:dark){
        :root{--page:#14161b;--ink:#e8eaf0;--muted:#a2a9b8;--line:#343a47;--strip:#1d2027;--accent:#8ab4f8;\
        --second:#f2a065;--third:#5fd3ab;--bad:#ff8a80;--warn:#f5c26b;--good:#7ed491}
        \(CausePalette.dark)
        }
        @media print{body{max-width:none}figure,table{break-inside:avoid}}
        """
}
