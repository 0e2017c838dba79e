// Curves over steps, with a mark at one of them: averages of a series, losses of a race.

function chart(page) {
  const { spec } = page;
  const picture = panel(spec.size, false);
  const readout = node("p", { class: "readout" });
  const { row, play, now: shown } = player(page, `show ${spec.unit}`, 1);
  const looks = spec.curves ?? spec.groups;
  let curves = [];

  const key = node("p", { class: "key" });
  for (const look of spec.curves ?? []) key.append(node("span", {}, swatch(look), look.label));

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
        return { ...looks[k], values: numbers.subarray(from - n, from) };
      });
    },

    draw(result) {
      const now = shown(spec.steps);
      const at = Math.floor((now - 1) / spec.every);
      const { x } = spec;
      const y = result.y ?? spec.y;
      const scale = y.log ? Math.log : Number;
      const across = (i) => spec.at[i] / spec.steps;
      const height = (value) => (scale(value) - scale(y.low)) / (scale(y.high) - scale(y.low));
      picture.draw({ x, y, dim: true }, null, (pen, right, up) => {
        pen.fillStyle = "#bbbbbb";
        pen.fillRect(right(across(at)) - 0.5, up(1), 1, up(0) - up(1));
        for (const curve of curves) {
          const pairs = Array.from(curve.values, (value, i) => [across(i), height(value)]);
          if (!curve.dots) line(pen, right, up, pairs, curve);
          else for (const [h, v] of pairs) dot(pen, right(h), up(v), 2, curve.colour, 0);
        }
        for (const { values, colour } of curves)
          if (at < values.length) dot(pen, right(across(at)), up(height(values[at])), 4, colour);
      });
      const read = curves.filter(({ values }) => values.length).map(({ label, values }) => {
        const i = Math.min(at, values.length - 1);
        return `${label} ${brief(values[i])}${i < at ? ` (at ${when(i)})` : ""}`;
      });
      readout.textContent = read.length ? `${spec.reading} ${when(at)}: ${read.join(", ")}` : "";
      const ends = curves.map(({ values }) => values.at(-1) ?? null);
      return { step: now, ends, progress: result.progress };
    },

    say({ alt = "" }) {
      picture.canvas.setAttribute("aria-label", alt);
    },
  };
}
