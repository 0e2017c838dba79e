// Trajectories on a surface, and beside it the losses, or a map of runs to pick from.

function surface(page) {
  const { spec } = page;
  const ground = panel(spec.size, !spec.map);
  const second = panel(spec.map ? spec.map.size : [270, spec.size[1]], Boolean(spec.map));
  const [left, width, bottom, height] = spec.window;
  const readout = node("p", { class: "readout" });
  const { row, play, now: shown } = player(page, "show step");
  const images = {};
  let runs = [];

  const tools = [row, play];
  if (spec.steps) {
    const { row, set } = slider("steps", "steps", spec.steps, (steps) => page.choose({ steps }));
    page.setters.push((settings) => set(settings.steps));
    tools.unshift(row);
  }

  function move(fractions) {
    const place = [left + fractions[0] * width, bottom + fractions[1] * height];
    page.choose({ start: place.slice(0, spec.settings.start.length) });
  }
  function nudge([right, up], far) {
    const [x, y] = page.settings().start;
    const by = far ? 0.1 : 0.01;
    const h = (x - left) / width + right * by;
    const v = y === undefined ? 0 : (y - bottom) / height + up * by;
    move([clamp(h, 0, 1), clamp(v, 0, 1)]);
  }
  function pick([x, y]) {
    const [columns, rows] = spec.map.cells;
    const cell = (at, n) => clamp(Math.floor(at * n), 0, n - 1);
    page.choose({ pick: [cell(x, columns), cell(y, rows)] });
  }
  function stepPick([right, up], far) {
    const by = far ? 10 : 1;
    const to = page.settings().pick.map((n, i) => n + [right, up][i] * by);
    page.choose({ pick: to.map((n, i) => clamp(n, 0, spec.map.cells[i] - 1)) });
  }
  const [touched, onPointer, onKey] = spec.map ? [second, pick, stepPick] : [ground, move, nudge];
  touched.canvas.addEventListener("pointerdown", (event) => {
    touched.canvas.setPointerCapture(event.pointerId);
    onPointer(touched.at(event));
  });
  touched.canvas.addEventListener("pointermove", (event) => {
    if (touched.canvas.hasPointerCapture(event.pointerId)) onPointer(touched.at(event));
  });
  touched.canvas.addEventListener("keydown", (event) => {
    if (!KEYS[event.key]) return;
    event.preventDefault();
    onKey(KEYS[event.key], event.shiftKey);
  });

  for (const [name, view] of Object.entries({ surface: spec.image, map: spec.map?.image })) {
    if (!view) continue;
    const image = new Image();
    image.onload = () => {
      images[name] = image;
      URL.revokeObjectURL(image.src);
      page.later();
    };
    image.src = URL.createObjectURL(new Blob([view], { type: "image/png" }));
  }

  function drawMap(settings) {
    const { cells, axes } = spec.map;
    second.draw(axes, images.map, (pen, right, up) => {
      const [x, y] = settings.pick.map((n, i) => (n + 0.5) / cells[i]);
      for (const [thick, colour] of [[5, "white"], [2, "black"]]) {
        pen.lineWidth = thick;
        pen.strokeStyle = colour;
        pen.strokeRect(right(x) - 7, up(y) - 7, 14, 14);
      }
    });
  }

  return {
    pictures: [ground.canvas, second.canvas, readout],
    tools,

    /** The runs of the answer: pairs and then losses, one run after another. */
    read(result, numbers) {
      let from = 0;
      runs = (result.points ?? []).map((n, k) => {
        const pairs = numbers.subarray(from, from + 2 * n);
        const losses = numbers.subarray(from + 2 * n, from + 3 * n);
        from += 3 * n;
        const { label, colour, dash } = spec.groups[k];
        return { label, colour, dash, pairs, losses, n };
      });
    },

    draw(result, settings) {
      const { steps } = settings;
      const now = shown(steps);
      ground.draw(spec.axes, images.surface, (pen, right, up) => {
        for (const run of runs) {
          const path = Array.from({ length: Math.min(now + 1, run.n) }, (_, t) => [
            (run.pairs[2 * t] - left) / width,
            (run.pairs[2 * t + 1] - bottom) / height,
          ]);
          line(pen, right, up, path, run);
          if (steps <= 100)
            for (const [x, y] of path) dot(pen, right(x), up(y), 2.5, run.colour, 0);
          if (path.length) dot(pen, right(path.at(-1)[0]), up(path.at(-1)[1]), 5, run.colour);
        }
        const begun = runs.find((run) => run.n);
        if (begun) {
          const [x, y] = begun.pairs;
          dot(pen, right((x - left) / width), up((y - bottom) / height), 6, "black");
        }
      });
      const { loss_label: label, least } = spec;
      if (spec.map) drawMap(settings);
      else drawLosses(second, runs, { now, steps, label, least });
      const losses = runs.filter((run) => run.n).map((run) => {
        const t = Math.min(now, run.n - 1);
        return `${run.label} ${brief(run.losses[t])}${t < now ? ` (its last, at step ${t})` : ""}`;
      });
      readout.textContent = losses.length ? `Loss at step ${now}: ${losses.join(", ")}` : "";
      return { step: now, ends: runs.map((run) => Array.from(run.pairs.slice(-2))) };
    },

    say({ words = "", alt = "" }) {
      ground.canvas.setAttribute("aria-label", alt);
      second.canvas.setAttribute("aria-label", spec.map ? spec.map.alt : `Loss by step. ${words}`);
    },
  };
}
