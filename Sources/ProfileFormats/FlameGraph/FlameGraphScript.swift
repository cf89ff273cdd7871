/// The script inside a flame graph: layout to the window, zoom, search, keyboard.
///
/// Its input is the picture itself. Every frame is a group with `data-b="depth offset weight"` and a title of three
/// lines: name, module and kind, weight. Positions are computed from weights, so zooming loses no precision.
enum FlameGraphScript {
    static let text = #"""
        (function () {
          "use strict";
          var svg = (document.currentScript && document.currentScript.closest("svg")) || document.documentElement;
          var standalone = document.documentElement === svg;
          var one = function (selector) { return svg.querySelector(selector); };
          var number = function (name) { return Number(svg.getAttribute("data-" + name)); };
          var MARGIN = number("margin"), TOP = number("top"), LEVEL = number("level"), DEPTH = number("depth");
          var DECIMALS = number("decimals"), DOWN = number("down") === 1;
          var HEIGHT = Number(svg.getAttribute("height"));
          var area = one(".frames"), head = one(".head"), details = one(".details"), found = one(".found");
          var input = one("input"), reset = one("button.reset"), hint = details.textContent;

          var frames = [], levels = [], open = [];
          Array.prototype.forEach.call(area.children, function (g, index) {
            var box = g.getAttribute("data-b").split(" ").map(Number);
            var f = { g: g, index: index, depth: box[0], offset: box[1], weight: box[2], rect: g.querySelector("rect"),
                      text: g.querySelector("text"), shown: null, visible: true, parent: open[box[0] - 1] || null };
            var lines = g.querySelector("title").textContent.split("\n");
            f.name = lines[0]; f.place = lines[1] || ""; f.value = lines[2] || "";
            g.setAttribute("role", "treeitem");
            g.setAttribute("aria-level", f.depth + 1);
            g.setAttribute("tabindex", "-1");
            open[f.depth] = f;
            (levels[f.depth] = levels[f.depth] || []).push(f);
            frames.push(f);
          });
          var all = frames[0], zoomed = all, current = all, width = 0, searchText = "";
          all.g.setAttribute("tabindex", "0");

          // Monospaced, so one measurement serves every name; what is not ASCII may be twice as wide.
          var CHARACTER = (function () {
            var probe = document.createElementNS("http://www.w3.org/2000/svg", "text");
            probe.textContent = "mmmmmmmmmmmmmmmmmmmm";
            all.g.appendChild(probe);
            var length = probe.getComputedTextLength() / 20;
            all.g.removeChild(probe);
            return length > 3 ? length : 7.3;
          })();

          function fit(name, room) {
            var units = 0, limit = Math.floor(room / CHARACTER), cut = 0;
            for (var i = 0; i < name.length; i++) {
              units += name.charCodeAt(i) > 0x2fff ? 2 : 1;
              if (units <= limit - 1) cut = i + 1;
              // Less than four letters of a longer name tell nothing.
              if (units > limit) return limit < 5 ? "" : name.slice(0, cut) + "…";
            }
            return name;
          }

          function contains(outer, inner) {
            for (var f = inner; f && f.depth >= outer.depth; f = f.parent) if (f === outer) return true;
            return false;
          }

          function layout(total) {
            width = total;
            var inner = width - 2 * MARGIN, end = zoomed.offset + zoomed.weight;
            frames.forEach(function (f) {
              var above = f.depth < zoomed.depth;
              var x, w;
              if (above) {
                f.visible = contains(f, zoomed);
                x = 0; w = inner;
              } else {
                x = (f.offset - zoomed.offset) / zoomed.weight * inner;
                w = f.weight / zoomed.weight * inner;
                f.visible = f.offset >= zoomed.offset && f.offset + f.weight <= end * (1 + 1e-12) && w >= 0.05 &&
                            (f.depth > zoomed.depth || f === zoomed);
              }
              f.g.classList.toggle("off", !f.visible);
              if (!f.visible) return;
              f.g.classList.toggle("above", above);
              f.rect.setAttribute("x", (MARGIN + x).toFixed(2));
              // A gap between neighbors, as long as the frame is wide enough to give it up.
              f.rect.setAttribute("width", Math.max(w > 2 ? w - 0.7 : w, 0.05).toFixed(2));
              var label = w < 24 ? "" : fit(f.name, w - 8);
              if (label !== "" && !f.text) {
                f.text = document.createElementNS("http://www.w3.org/2000/svg", "text");
                f.text.setAttribute("y", Number(f.rect.getAttribute("y")) + 13);
                f.g.appendChild(f.text);
              }
              if (f.text) {
                f.text.setAttribute("x", (MARGIN + x + 4).toFixed(2));
                if (f.shown !== label) { f.text.textContent = label; f.shown = label; }
              }
            });
            layoutHead();
          }

          function layoutHead() {
            one(".head .page").setAttribute("width", width);
            one(".strip").setAttribute("width", Math.max(0, width - 2 * MARGIN));
            var x = MARGIN;
            Array.prototype.forEach.call(svg.querySelectorAll(".legend > g"), function (g) {
              var label = g.querySelector("text");
              g.querySelector("rect").setAttribute("x", x);
              label.setAttribute("x", x + 17);
              x += 17 + label.getComputedTextLength() + 16;
            });
            one(".tools-place").setAttribute("x", Math.max(MARGIN, width - MARGIN - 330));
            found.setAttribute("x", width - MARGIN - 10);
            clip(one(".title"), width - 2 * MARGIN - 350);
            Array.prototype.forEach.call(svg.querySelectorAll(".note"), function (t) { clip(t, width - 2 * MARGIN - (t.classList.contains("beside") ? 350 : 0)); });
            clip(details, width - 2 * MARGIN - 20 - (found.textContent ? found.getComputedTextLength() + 16 : 0));
          }

          // Shortens a line of the head to the room it has; the whole text stays in `full`.
          function clip(element, room) {
            if (element.full === undefined) element.full = element.textContent;
            element.textContent = element.full;
            var length = element.getComputedTextLength();
            if (length <= room || !element.full) return;
            var keep = Math.floor(element.full.length * room / length);
            do { element.textContent = element.full.slice(0, Math.max(0, keep)) + "…"; keep -= 1; }
            while (keep > 0 && element.getComputedTextLength() > room);
          }

          function say(text) {
            details.full = text;
            layoutHead();
          }

          function percent(part, whole) { return (part / whole * 100).toFixed(DECIMALS) + "%"; }

          function describe(f) {
            var text = f.name + (f.place ? "  ·  " + f.place : "") + "  ·  " + f.value;
            if (zoomed !== all && f.depth > zoomed.depth) text += "  ·  " + percent(f.weight, zoomed.weight) + " of " + zoomed.name;
            return text;
          }

          function zoom(f) {
            zoomed = f;
            reset.disabled = f === all;
            layout(width);
            if (!current.visible) makeCurrent(f, false);
            say(f === all ? hint : describe(f));
          }

          function makeCurrent(f, focus) {
            current.g.setAttribute("tabindex", "-1");
            current = f;
            f.g.setAttribute("tabindex", "0");
            if (!focus) return;
            f.g.setAttribute("aria-label", describe(f));
            f.g.focus({ preventScroll: true });
            scrollTo(f);
            say(describe(f));
          }

          function search(text) {
            searchText = text;
            var expression = null;
            try {
              // Capitals in what is looked for count, as in most editors.
              expression = text ? new RegExp(text, /[A-Z]/.test(text) ? "" : "i") : null;
              input.removeAttribute("aria-invalid");
            } catch (error) {
              input.setAttribute("aria-invalid", "true");
              found.textContent = "not a regular expression";
              layoutHead();
              return;
            }
            // Frames come before what is above them, from left to right: what begins before `covered` is part of a
            // stack that has been counted.
            var weight = 0, covered = -1;
            frames.forEach(function (f) {
              var hit = expression !== null && f !== all && expression.test(f.name);
              f.g.classList.toggle("hit", hit);
              if (hit && f.offset >= covered) { weight += f.weight; covered = f.offset + f.weight; }
            });
            area.classList.toggle("searching", expression !== null);
            found.textContent = expression === null ? "" : "matched " + percent(weight, all.weight);
            layoutHead();
          }

          function scrollTo(f) {
            if (!standalone) return;
            var y = Number(f.rect.getAttribute("y")), view = window.innerHeight, from = window.scrollY;
            if (y < from + TOP) window.scrollTo(0, y - TOP - LEVEL);
            else if (y + LEVEL > from + view) window.scrollTo(0, y + 2 * LEVEL - view);
          }

          function neighbor(f, step) {
            var level = levels[f.depth];
            for (var i = level.indexOf(f) + step; i >= 0 && i < level.length; i += step) if (level[i].visible) return level[i];
            return null;
          }

          function widestChild(f) {
            var best = null;
            (levels[f.depth + 1] || []).forEach(function (c) {
              if (c.parent === f && c.visible && (best === null || c.weight > best.weight)) best = c;
            });
            return best;
          }

          function frameOf(event) {
            var g = event.target.closest ? event.target.closest(".frames > g") : null;
            return g ? frames[Array.prototype.indexOf.call(area.children, g)] : null;
          }

          area.addEventListener("click", function (event) {
            var f = frameOf(event);
            if (f) { makeCurrent(f, false); zoom(f); f.g.focus({ preventScroll: true }); }
          });
          area.addEventListener("pointerover", function (event) {
            var f = frameOf(event);
            if (f) say(describe(f));
          });
          area.addEventListener("pointerleave", function () { say(zoomed === all ? hint : describe(zoomed)); });
          area.addEventListener("focusin", function (event) {
            var f = frameOf(event);
            if (f) { f.g.setAttribute("aria-label", describe(f)); say(describe(f)); }
          });
          reset.addEventListener("click", function () { zoom(all); });
          input.addEventListener("input", function () { search(input.value); });

          (standalone ? window : svg).addEventListener("keydown", function (event) {
            var typing = event.target === input;
            if (event.key === "Escape") {
              if (typing || searchText) { input.value = ""; search(""); if (typing) current.g.focus({ preventScroll: true }); }
              else zoom(all);
              event.preventDefault();
              return;
            }
            if ((event.key === "f" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing)) {
              input.focus();
              input.select();
              event.preventDefault();
              return;
            }
            if (typing || event.target === reset || event.ctrlKey || event.metaKey || event.altKey) return;
            var target = null;
            switch (event.key) {
              case "ArrowUp": target = DOWN ? current.parent : widestChild(current); break;
              case "ArrowDown": target = DOWN ? widestChild(current) : current.parent; break;
              case "ArrowLeft": target = neighbor(current, -1); break;
              case "ArrowRight": target = neighbor(current, 1); break;
              case "Home": target = zoomed; break;
              case "Enter": case " ": zoom(current); target = current; break;
              default: return;
            }
            if (target) makeCurrent(target, true);
            event.preventDefault();
          });

          // The head stays in sight; deep stacks scroll below it.
          function keepHead() {
            head.setAttribute("transform", "translate(0," + Math.max(0, Math.min(window.scrollY, HEIGHT - TOP)) + ")");
          }
          function fill() { layout(Math.max(360, svg.getBoundingClientRect().width)); }

          one(".tools-place").classList.remove("off");
          svg.removeAttribute("viewBox");
          svg.setAttribute("width", "100%");
          fill();
          window.addEventListener("resize", fill);
          if (standalone) {
            if (!DOWN) window.scrollTo(0, HEIGHT);
            window.addEventListener("scroll", keepHead);
            keepHead();
          }
          // On paper the picture is scaled as a whole, from the top.
          window.addEventListener("beforeprint", function () {
            head.removeAttribute("transform");
            layout(1200);
            svg.setAttribute("viewBox", "0 0 1200 " + HEIGHT);
            svg.removeAttribute("height");
          });
          window.addEventListener("afterprint", function () {
            svg.removeAttribute("viewBox");
            svg.setAttribute("height", HEIGHT);
            fill();
            if (standalone) keepHead();
          });
        })();
        """#
}
