// Curves over steps, with a mark at one of them: averages of a series, losses of a race.

import { brief, drawCurves, explorer, node, panel, player, swatch } from "./widget.js";

export default explorer((page) => {
  const { spec } = page;
  const picture = panel([620, 300]);
  const readout = node("p", { class: "readout" });
  const { row, play, now: shown } = player(page, `show ${spec.unit}`, 1);
  const key = node("p", { class: "key" });
  for (const look of spec.curves ?? []) key.append(node("span", {}, swatch(look), look.label));
  let curves = [];

  /** The step or steps of a point, in words. */
  function when(i) {
    const from = i * spec.every + 1;
    const to = Math.min(from + spec.every - 1, spec.steps);
    return from === to ? `${spec.unit} ${to}` : `${spec.unit}s ${from} to ${to}`;
  }

  return {
    pictures: [picture.canvas, key, readout],
    tools: [row, play],

    /** The curves of the answer, one after another. */
    read(result, numbers) {
      let from = 0;
      curves = (result.counts ?? []).map((n, k) => {
        from += n;
        return { ...page.looks[k], values: numbers.subarray(from - n, from) };
      });
    },

    draw(result) {
      const now = shown(spec.steps);
      const at = Math.floor((now - 1) / spec.every);
      if (result.axes) drawCurves(picture, result.axes, spec.at, curves, at);
      const read = curves.filter(({ values }) => values.length).map(({ label, values }) => {
        const i = Math.min(at, values.length - 1);
        return `${label} ${brief(values[i])}${i < at ? ` (at ${when(i)})` : ""}`;
      });
      readout.textContent = read.length ? `${spec.reading} ${when(at)}: ${read.join(", ")}` : "";
      const ends = curves.map(({ values }) => values.at(-1) ?? null);
      return { step: now, ends, progress: result.progress };
    },

    say(result) {
      picture.canvas.setAttribute("aria-label", result.alt ?? "");
    },
  };
});
