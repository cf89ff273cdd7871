/// The style sheet inside a flame graph.
enum FlameGraphStyle {
    static var text: String {
        let rules = FlameGraphPalette.styleRules
        return """
            svg{--page:#fff;--ink:#1b1e25;--muted:#5b6270;--line:#d9dce3;--strip:#f3f4f7;--focus:#0b57d0;--hit:#c2185b;\
            background:var(--page);color-scheme:light dark}
            text{fill:var(--ink);font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
            .page{fill:var(--page)}
            .title{font-size:18px;font-weight:600}
            .note,.legend text{font-size:12px;fill:var(--muted)}
            .strip{fill:var(--strip);stroke:var(--line)}
            .details{font-size:13px}
            .frames{cursor:pointer;outline:none}
            .frames g{outline:none}
            .frames text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;\
            fill:\(FlameGraphPalette.ink);pointer-events:none;white-space:pre}
            .frames rect,.legend rect{rx:1.5px}
            .frames g:hover rect{stroke:var(--ink);stroke-width:1.2}
            .frames g:focus rect{stroke:var(--focus);stroke-width:2.5}
            .frames .above rect{opacity:.42}
            .frames .above text{fill:var(--ink)}
            .searching g:not(.hit) rect{opacity:.38}
            .searching g:not(.hit) text{fill:var(--ink)}
            .frames .hit rect{fill:var(--hit)}
            .frames .hit text{fill:#fff}
            .root{fill:#c9cdd6}
            .off{display:none}
            .tools-place{overflow:visible}
            .tools{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;display:flex;gap:8px;\
            justify-content:flex-end;align-items:center}
            .tools input,.tools button{font:inherit;color:var(--ink);background:var(--page);border:1px solid var(--line);\
            border-radius:6px;height:30px;box-sizing:border-box;padding:0 10px;margin:0}
            .tools input{width:220px}
            .tools input::placeholder{color:var(--muted);opacity:1}
            .tools input[aria-invalid=true]{border-color:var(--hit)}
            .tools button{cursor:pointer;white-space:nowrap}
            .tools button:disabled{color:var(--muted);cursor:default;opacity:.6}
            .tools :focus-visible{outline:2px solid var(--focus);outline-offset:1px}
            .found{font-size:13px;font-weight:600;fill:var(--hit)}
            \(rules.light)
            @media screen and (prefers-color-scheme:dark){
            svg{--page:#14161b;--ink:#e8eaf0;--muted:#a2a9b8;--line:#343a47;--strip:#1d2027;--focus:#8ab4f8;--hit:#d81b60}
            .root{fill:#8b92a1}
            .searching g:not(.hit) rect{opacity:.3}
            \(rules.dark)
            }
            @media print{.tools{display:none}svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
            """
    }
}
