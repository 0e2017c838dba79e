// The page's half of adamlib/explorers.py: it draws what the kernel has computed, and asks again.

const BOX = { x: 54, y: 10 }; // where a panel's plot begins in its canvas, in CSS pixels
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
let made = 0;

function node(tag, attributes = {}, ...children) {
  const space = ["svg", "line"].includes(tag) ? "http://www.w3.org/2000/svg" : null;
  const element = space ? document.createElementNS(space, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const dark = () => document.body.dataset.jpThemeLight === "false";
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const floats = (view) => {
  const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  return new Float32Array(bytes);
};

const brief = (value) => {
  const size = Math.abs(value);
  return size && (size < 1e-3 || size >= 1e5) ? value.toExponential(2) : value.toPrecision(3);
};

/** A canvas with a frame, axes and a background that is drawn once and kept. */
function panel([w, h], live) {
  const scale = window.devicePixelRatio || 1;
  const [width, height] = [BOX.x + w + 14, BOX.y + h + 42];
  const attributes = { role: "img", width: width * scale, height: height * scale };
  const canvas = node("canvas", live ? { ...attributes, tabindex: 0, class: "live" } : attributes);
  canvas.style.width = `${width}px`;
  const pen = canvas.getContext("2d");
  let kept = "";
  let ground;

  function background(axes, image) {
    ground = node("canvas", attributes);
    const pen = ground.getContext("2d");
    pen.scale(scale, scale);
    pen.fillStyle = "white";
    pen.fillRect(BOX.x, BOX.y, w, h);
    if (image) {
      pen.imageSmoothingEnabled = axes.dim;
      pen.drawImage(image, BOX.x, BOX.y, w, h);
    }
    if (dark() && axes.dim) { // but still light, since the rules' colours need it
      pen.fillStyle = "#00000028";
      pen.fillRect(BOX.x, BOX.y, w, h);
    }
    pen.fillStyle = getComputedStyle(canvas).color;
    pen.strokeStyle = "#999999";
    pen.strokeRect(BOX.x, BOX.y, w, h);
    pen.font = "12px system-ui, sans-serif";
    pen.textAlign = "center";
    for (const [at, text] of axes.x.ticks) {
      pen.fillRect(BOX.x + at * w - 0.5, BOX.y + h, 1, 4);
      pen.fillText(text, BOX.x + at * w, BOX.y + h + 17);
    }
    pen.fillText(axes.x.label, BOX.x + w / 2, BOX.y + h + 35);
    pen.textAlign = "right";
    for (const [at, text] of axes.y.ticks) {
      pen.fillRect(BOX.x - 4, BOX.y + (1 - at) * h - 0.5, 4, 1);
      pen.fillText(text, BOX.x - 7, BOX.y + (1 - at) * h + 4);
    }
    pen.textAlign = "center";
    pen.translate(14, BOX.y + h / 2);
    pen.rotate(-Math.PI / 2);
    pen.fillText(axes.y.label, 0, 0);
  }

  return {
    canvas,
    /** Draw by paint(pen, right, up), which turn fractions of the plot into pixels. */
    draw(axes, image, paint) {
      const wanted = JSON.stringify([axes, Boolean(image), getComputedStyle(canvas).color, dark()]);
      if (wanted !== kept) background(axes, image);
      kept = wanted;
      pen.setTransform(1, 0, 0, 1, 0, 0);
      pen.clearRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(ground, 0, 0);
      pen.setTransform(scale, 0, 0, scale, 0, 0);
      pen.save();
      pen.beginPath();
      pen.rect(BOX.x, BOX.y, w, h);
      pen.clip();
      pen.lineJoin = "round";
      paint(pen, (at) => BOX.x + at * w, (at) => BOX.y + (1 - at) * h);
      pen.restore();
    },
    /** Where the pointer is, in fractions of the plot. */
    at(event) {
      const r = canvas.getBoundingClientRect();
      const x = ((event.clientX - r.left) * width) / r.width - BOX.x;
      const y = ((event.clientY - r.top) * height) / r.height - BOX.y;
      return [clamp(x / w, 0, 1), clamp(1 - y / h, 0, 1)];
    },
  };
}

/** A line through (x, y) pairs of fractions, with a halo; far away it is not drawn at all. */
function line(pen, right, up, pairs, { colour, dash }) {
  const near = ([x, y]) => Math.abs(x) < 50 && Math.abs(y) < 50; // NaN is not near
  for (const [width, style, dashes] of [
    [4, "white", []],
    [2, colour, dash],
  ]) {
    pen.lineWidth = width;
    pen.strokeStyle = style;
    pen.setLineDash(dashes);
    pen.beginPath();
    let drawing = false;
    for (const pair of pairs) {
      if (near(pair)) pen[drawing ? "lineTo" : "moveTo"](right(pair[0]), up(pair[1]));
      drawing = near(pair);
    }
    pen.stroke();
  }
  pen.setLineDash([]);
}

function dot(pen, x, y, radius, colour, halo = 1.5) {
  for (const [r, style] of [
    [radius + halo, "white"],
    [radius, colour],
  ]) {
    pen.beginPath();
    pen.arc(x, y, r, 0, 7);
    pen.fillStyle = style;
    pen.fill();
  }
}

/** A labelled slider over a list of values. */
function slider(label, name, values, choose) {
  const id = `adamlib-${(made += 1)}`;
  const input = node("input", { type: "range", id, min: 0, max: values.length - 1, step: 1 });
  const shown = node("output", { for: id });
  if (label !== name) input.setAttribute("aria-label", label);
  const show = (value) => {
    shown.textContent = value;
    input.setAttribute("aria-valuetext", value);
  };
  input.addEventListener("input", () => {
    show(values[input.value]);
    choose(values[input.value]);
  });
  const set = (value) => {
    const at = values.indexOf(value);
    if (at >= 0) input.value = at;
    show(value);
  };
  const row = node("div", { class: "knob" }, node("label", { for: id }, name), input, shown);
  return { row, set };
}

function legend({ label, colour, dash }) {
  const middle = { x1: 0, y1: 5, x2: 34, y2: 5 };
  const stroke = { stroke: colour, "stroke-width": 3, "stroke-dasharray": dash.join(" ") };
  const halo = { stroke: "white", "stroke-width": 7 };
  const lines = [node("line", { ...middle, ...halo }), node("line", { ...middle, ...stroke })];
  return node("legend", {}, node("svg", { "aria-hidden": true }, ...lines), label);
}

function render({ model, el }) {
  const spec = model.get("spec");
  const root = node("div", { class: "adamlib-explorer" });
  root.addEventListener("keydown", (event) => event.stopPropagation()); // else JupyterLab acts
  const surface = panel(spec.size, !spec.map);
  const second = panel(spec.map ? spec.map.size : [270, spec.size[1]], Boolean(spec.map));
  const [left, width, bottom, height] = spec.window;
  const images = {};
  let runs = [];
  let step = Infinity; // the last one, however many there are
  let playing = 0;
  let frame = 0;
  let saying = 0;

  function choose(part) {
    model.set("settings", { ...model.get("settings"), ...part });
    model.save_changes();
  }

  // ---- what the learner can set
  const task = node("p", { class: "task" });
  const error = node("p", { class: "error", role: "alert" });
  const said = node("p", { role: "status", "aria-live": "polite" });
  const readout = node("p", { class: "readout" });
  const play = node("button", { type: "button" }, "Play");
  const reset = node("button", { type: "button" }, "Reset");
  const setters = [];
  const groups = spec.groups.map((group, k) => {
    const rows = group.knobs.map(({ name, values }) => {
      const turn = (value) => {
        const all = model.get("settings").hyperparameters;
        const mine = { ...all[k], [name]: value };
        choose({ hyperparameters: all.map((one, i) => (i === k ? mine : one)) });
      };
      const { row, set } = slider(`${group.label} ${name}`, name, values, turn);
      setters.push((settings) => set(settings.hyperparameters[k][name]));
      return row;
    });
    return node("fieldset", {}, legend(group), ...rows);
  });
  const player = node("div", { class: "row" });
  if (spec.steps) {
    const { row, set } = slider("steps", "steps", spec.steps, (steps) => choose({ steps }));
    setters.push((settings) => set(settings.steps));
    player.append(row);
  }
  const scrub = node("input", { type: "range", min: 0, step: 1, id: `adamlib-${(made += 1)}` });
  const at = node("output", { for: scrub.id });
  player.append(
    node("div", { class: "knob" }, node("label", { for: scrub.id }, "show step"), scrub, at),
    play,
    reset,
  );

  const last = () => model.get("settings").steps;
  function seek(to) {
    step = to >= last() ? Infinity : to;
    later();
  }
  function stop() {
    cancelAnimationFrame(playing);
    playing = 0;
    play.textContent = "Play";
  }
  scrub.addEventListener("input", () => {
    stop();
    seek(Number(scrub.value));
  });
  play.addEventListener("click", () => {
    if (playing) return stop();
    play.textContent = "Pause";
    const from = step < last() ? step : 0;
    let begin;
    playing = requestAnimationFrame(function next(now) {
      begin ??= now;
      const to = from + Math.floor(((now - begin) / 4000) * last()); // all of it in four seconds
      seek(to);
      if (to < last()) playing = requestAnimationFrame(next);
      else stop();
    });
  });
  reset.addEventListener("click", () => {
    stop();
    step = Infinity;
    choose(spec.settings);
    later();
  });

  function move(fractions) {
    const place = [left + fractions[0] * width, bottom + fractions[1] * height];
    choose({ start: place.slice(0, spec.settings.start.length) });
  }
  function nudge([right, up], far) {
    const [x, y] = model.get("settings").start;
    const by = far ? 0.1 : 0.01;
    const h = (x - left) / width + right * by;
    const v = y === undefined ? 0 : (y - bottom) / height + up * by;
    move([clamp(h, 0, 1), clamp(v, 0, 1)]);
  }
  function pick([x, y]) {
    const [columns, rows] = spec.map.cells;
    const cell = (at, n) => clamp(Math.floor(at * n), 0, n - 1);
    choose({ pick: [cell(x, columns), cell(y, rows)] });
  }
  function step_pick([right, up], far) {
    const by = far ? 10 : 1;
    const to = model.get("settings").pick.map((n, i) => n + [right, up][i] * by);
    choose({ pick: to.map((n, i) => clamp(n, 0, spec.map.cells[i] - 1)) });
  }
  const [touched, onPointer, onKey] = spec.map ? [second, pick, step_pick] : [surface, move, nudge];
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

  // ---- what is drawn
  /** The runs of the last answer: from the buffer, pairs and then losses, one run after another. */
  function read() {
    const result = model.get("result");
    const numbers = floats(model.get("buffer"));
    let from = 0;
    runs = (result.points ?? []).map((n, k) => {
      const pairs = numbers.subarray(from, from + 2 * n);
      const losses = numbers.subarray(from + 2 * n, from + 3 * n);
      from += 3 * n;
      const { label, colour, dash } = spec.groups[k];
      return { label, colour, dash, pairs, losses, n };
    });
  }

  function draw() {
    frame = 0;
    const result = model.get("result");
    const steps = last();
    const now = Math.min(step, steps);
    scrub.max = steps;
    scrub.value = now;
    at.textContent = `${now} of ${steps}`;
    scrub.setAttribute("aria-valuetext", at.textContent);
    surface.draw(spec.axes, images.surface, (pen, right, up) => {
      for (const run of runs) {
        const shown = Array.from({ length: Math.min(now + 1, run.n) }, (_, t) => [
          (run.pairs[2 * t] - left) / width,
          (run.pairs[2 * t + 1] - bottom) / height,
        ]);
        line(pen, right, up, shown, run);
        if (steps <= 100)
          for (const [x, y] of shown) dot(pen, right(x), up(y), 2.5, run.colour, 0);
        if (shown.length) dot(pen, right(shown.at(-1)[0]), up(shown.at(-1)[1]), 5, run.colour);
      }
      const begun = runs.find((run) => run.n);
      if (begun) {
        const [x, y] = begun.pairs;
        dot(pen, right((x - left) / width), up((y - bottom) / height), 6, "black");
      }
    });
    if (spec.map) drawMap();
    else drawLosses(now, steps);
    const losses = runs.filter((run) => run.n).map((run) => {
      const t = Math.min(now, run.n - 1);
      return `${run.label} ${brief(run.losses[t])}${t < now ? ` (at step ${t})` : ""}`;
    });
    readout.textContent = losses.length ? `Loss at step ${now}: ${losses.join(", ")}` : "";
    task.textContent = result.task ?? "";
    task.classList.toggle("met", Boolean(result.met));
    error.textContent = result.error ?? "";
    root.dataset.drawn = JSON.stringify({
      settings: result.settings,
      step: now,
      ends: runs.map((run) => Array.from(run.pairs.slice(-2))),
    });
  }

  function drawLosses(now, steps) {
    const logs = runs.map((run) => Array.from(run.losses, (f) => Math.log10(f - spec.least)));
    const finite = logs.flat().filter(Number.isFinite);
    const starts = logs.map((one) => one[0]).filter(Number.isFinite);
    const high = Math.ceil(Math.max(...starts, -30) + 0.2);
    const low = Math.floor(clamp(Math.min(...finite), -16, high - 1));
    const span = high - low;
    const every = Math.ceil(span / 8);
    const decades = Array.from({ length: span + 1 }, (_, i) => low + i);
    const y = { label: spec.loss_label, ticks: [] };
    for (const p of decades)
      if (p % every === 0) y.ticks.push([(p - low) / span, Math.abs(p) < 3 ? 10 ** p : `1e${p}`]);
    const x = { label: "step", ticks: [0, 0.5, 1].map((f) => [f, Math.round(f * steps)]) };
    if (steps < 2) x.ticks = [[0, 0], [1, 1]];
    second.draw({ x, y, dim: true }, null, (pen, right, up) => {
      pen.fillStyle = "#bbbbbb";
      pen.fillRect(right(now / steps) - 0.5, up(1), 1, up(0) - up(1));
      logs.forEach((one, k) => {
        const pairs = one.map((value, t) => [t / steps, (value - low) / span]);
        line(pen, right, up, pairs, runs[k]);
        const t = Math.min(now, pairs.length - 1);
        if (t >= 0 && Number.isFinite(one[t]))
          dot(pen, right(pairs[t][0]), up(pairs[t][1]), 4, runs[k].colour);
      });
    });
  }

  function drawMap() {
    const { cells, axes } = spec.map;
    second.draw(axes, images.map, (pen, right, up) => {
      const [x, y] = model.get("settings").pick.map((n, i) => (n + 0.5) / cells[i]);
      for (const [thick, colour] of [[5, "white"], [2, "black"]]) {
        pen.lineWidth = thick;
        pen.strokeStyle = colour;
        pen.strokeRect(right(x) - 7, up(y) - 7, 14, 14);
      }
    });
  }

  /** Words follow when the hand rests: a screen reader shall not read every move. */
  function say() {
    const { words = "", alt = "" } = model.get("result");
    surface.canvas.setAttribute("aria-label", alt);
    second.canvas.setAttribute("aria-label", spec.map ? spec.map.alt : `Loss by step. ${words}`);
    said.textContent = words;
  }
  function later() {
    frame ||= requestAnimationFrame(draw);
  }
  function answered() {
    read();
    later();
    clearTimeout(saying);
    saying = setTimeout(say, 300);
  }
  function show() {
    for (const set of setters) set(model.get("settings"));
    later();
  }

  for (const [name, view] of Object.entries({ surface: spec.image, map: spec.map?.image })) {
    if (!view) continue;
    const image = new Image();
    image.onload = () => {
      images[name] = image;
      URL.revokeObjectURL(image.src);
      later();
    };
    image.src = URL.createObjectURL(new Blob([view], { type: "image/png" }));
  }
  const hint = node("p", { class: "hint" }, spec.hint);
  const pictures = node("div", { class: "row" }, surface.canvas, second.canvas);
  const knobs = node("div", { class: "row" }, ...(spec.map ? [] : groups));
  root.append(task, pictures, readout, player, knobs, error, said, hint);
  el.append(root);
  show();
  read();
  say();
  model.on("change:settings", show);
  model.on("change:result change:buffer", answered);
  const theme = new MutationObserver(later);
  theme.observe(document.body, { attributes: true });
  return () => {
    stop();
    cancelAnimationFrame(frame);
    clearTimeout(saying);
    theme.disconnect();
    model.off("change:settings", show);
    model.off("change:result change:buffer", answered);
  };
}

export default { render };
