// The page's half of every explorer: it draws what the kernel has computed, and asks again.
// Each explorer's own file imports this one; spec and result are declared in widget.py.

const BOX = { x: 54, y: 10 }; // where a panel's plot begins in its canvas, in CSS pixels
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export function node(tag, attributes = {}, ...children) {
  const space = ["svg", "line"].includes(tag) ? "http://www.w3.org/2000/svg" : null;
  const element = space ? document.createElementNS(space, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  // Else Jupyter would act on the keys: it looks at the focused element itself first.
  if (["input", "button", "canvas"].includes(tag)) element.dataset.lmSuppressShortcuts = "";
  element.append(...children);
  return element;
}

const unique = () => `adamlib-${Math.random().toString(36).slice(2)}`;
const dark = () => document.body.dataset.jpThemeLight === "false";
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

export const brief = (value) => {
  const size = Math.abs(value);
  return size && (size < 1e-3 || size >= 1e5) ? value.toExponential(2) : value.toPrecision(3);
};

export const upTo = (n) => Array.from({ length: n }, (_, i) => i + 1);

/** How far along an axis a value is: 0 at its low end, 1 at its high one. */
export function fraction({ low, high, log }, value) {
  const scale = log ? Math.log : Number;
  return (scale(value) - scale(low)) / (scale(high) - scale(low));
}

/** The value that is so far along an even axis; at its ends for what is off it. */
export const valueAt = ({ low, high }, at) => low + clamp(at, 0, 1) * (high - low);

/** The picture in these bytes, to be drawn as soon as the browser has read it. */
export function picture(view, page) {
  const image = new Image();
  image.onload = () => {
    URL.revokeObjectURL(image.src);
    page.later();
  };
  image.src = URL.createObjectURL(new Blob([view], { type: "image/png" }));
  return image;
}

/** A canvas with a frame, axes and a background that is drawn once and kept. `live` ones take
 *  keys; an `exact` picture is neither smoothed nor, in a dark theme, shaded. */
export function panel([w, h], { live = false, exact = false } = {}) {
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
      pen.imageSmoothingEnabled = !exact;
      pen.drawImage(image, BOX.x, BOX.y, w, h);
    }
    if (dark() && !exact) { // but still light, since the rules' colours need it
      pen.fillStyle = "#00000028";
      pen.fillRect(BOX.x, BOX.y, w, h);
    }
    pen.fillStyle = getComputedStyle(canvas).color;
    pen.strokeStyle = "#999999";
    pen.strokeRect(BOX.x, BOX.y, w, h);
    pen.font = "12px system-ui, sans-serif";
    pen.textAlign = "center";
    for (const [value, text] of axes.x.ticks) {
      const at = BOX.x + fraction(axes.x, value) * w;
      pen.fillRect(at - 0.5, BOX.y + h, 1, 4);
      pen.fillText(text, at, BOX.y + h + 17);
    }
    pen.fillText(axes.x.label, BOX.x + w / 2, BOX.y + h + 35);
    pen.textAlign = "right";
    for (const [value, text] of axes.y.ticks) {
      const at = BOX.y + (1 - fraction(axes.y, value)) * h;
      pen.fillRect(BOX.x - 4, at - 0.5, 4, 1);
      pen.fillText(text, BOX.x - 7, at + 4);
    }
    pen.textAlign = "center";
    pen.translate(11, BOX.y + h / 2);
    pen.rotate(-Math.PI / 2);
    pen.fillText(axes.y.label, 0, 0);
  }

  return {
    canvas,
    /** Draw by paint(pen, right, up), which turn fractions of the plot into pixels. */
    draw(axes, image, paint) {
      const read = image?.complete;
      const wanted = JSON.stringify([axes, read, getComputedStyle(canvas).color, dark()]);
      if (wanted !== kept) background(axes, read && image);
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
export function line(pen, right, up, pairs, { colour, dash }) {
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

export function dot(pen, x, y, radius, colour, halo = 1.5) {
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
export function slider(label, name, values, choose) {
  const id = unique();
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
  const row = node("div", { class: "slider" }, node("label", { for: id }, name), input, shown);
  return { row, set };
}

/** How a curve looks, in a legend; what has no colour has no line. */
export function swatch({ colour, dash }) {
  if (!colour) return "";
  const middle = { x1: 0, y1: 5, x2: 34, y2: 5 };
  const stroke = { stroke: colour, "stroke-width": 3, "stroke-dasharray": dash.join(" ") };
  const halo = { stroke: "white", "stroke-width": 7 };
  const lines = [node("line", { ...middle, ...halo }), node("line", { ...middle, ...stroke })];
  return node("svg", { "aria-hidden": true }, ...lines);
}

/** A slider over the steps of what is shown. It stays at the last one, however many there are. */
export function player(page, name, first = 0) {
  const scrub = node("input", { type: "range", min: first, step: 1, id: unique() });
  const at = node("output", { for: scrub.id });
  const play = node("button", { type: "button" }, "Play");
  const row = node("div", { class: "slider" }, node("label", { for: scrub.id }, name), scrub, at);
  let last = 0;
  let step = Infinity;
  let playing = 0;

  function seek(to) {
    step = to >= last ? Infinity : to;
    page.later();
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
    if (still()) return seek(last); // the slider shows the steps one by one
    play.textContent = "Pause";
    const from = step < last ? step : first;
    let begin;
    playing = requestAnimationFrame(function next(now) {
      begin ??= now;
      const to = from + Math.floor(((now - begin) / 4000) * last); // all of it in four seconds
      seek(to);
      if (to < last) playing = requestAnimationFrame(next);
      else stop();
    });
  });
  page.resets.push(() => {
    stop();
    step = Infinity;
  });
  page.stops.push(stop);
  return {
    row,
    play,
    /** The step to show, now that there are so many. */
    now(steps) {
      last = steps;
      const now = Math.min(step, last);
      scrub.max = last;
      scrub.value = now;
      at.textContent = `${now} of ${last}`;
      scrub.setAttribute("aria-valuetext", at.textContent);
      return now;
    },
  };
}

/** Curves over a panel: values at the x of `at`, and a mark at that of point i. */
export function drawCurves(panel, axes, at, curves, i) {
  panel.draw(axes, null, (pen, right, up) => {
    const across = (k) => fraction(axes.x, at[k]);
    pen.fillStyle = "#bbbbbb";
    pen.fillRect(right(across(i)) - 0.5, up(1), 1, up(0) - up(1));
    for (const curve of curves) {
      curve.pairs = Array.from(curve.values, (value, k) => [across(k), fraction(axes.y, value)]);
      if (!curve.dots) line(pen, right, up, curve.pairs, curve);
      else for (const [x, y] of curve.pairs) dot(pen, right(x), up(y), 2, curve.colour, 0);
    }
    for (const { pairs, colour } of curves) {
      const [x, y] = pairs.at(i) ?? pairs.at(-1) ?? [];
      dot(pen, right(x), up(y), 4, colour);
    }
  });
}

/** Let the pointer and the arrow keys steer what a panel shows. `to` gets a place, in fractions;
 *  `by` a direction, and whether to go far. */
export function steer({ canvas, at }, to, by) {
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    to(at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) to(at(event));
  });
  canvas.addEventListener("keydown", (event) => {
    if (!KEYS[event.key]) return;
    event.preventDefault();
    by(KEYS[event.key], event.shiftKey);
  });
}

/** Trajectories on a surface, up to the step that a player shows, and their losses in words. */
export function trajectories(page, options) {
  const { spec } = page;
  const ground = panel(spec.size, options);
  const surface = picture(spec.image, page);
  const readout = node("p", { class: "readout" });
  const { row, play, now: shown } = player(page, "show step");
  const place = (pair) => [fraction(spec.axes.x, pair[0]), fraction(spec.axes.y, pair[1])];
  const all = { ground, readout, tools: [row, play], runs: [], read, draw, say };

  /** The runs of the answer: pairs and then losses, one run after another. */
  function read(result, numbers) {
    let from = 0;
    all.runs = (result.counts ?? []).map((n, k) => {
      const pair = (_, t) => numbers.slice(from + 2 * t, from + 2 * t + 2);
      const pairs = Array.from({ length: n }, pair);
      const losses = numbers.subarray(from + 2 * n, from + 3 * n);
      from += 3 * n;
      return { ...page.looks[k], pairs, losses };
    });
  }
  function draw({ steps }) {
    const now = shown(steps);
    const runs = all.runs.filter(({ losses }) => losses.length);
    ground.draw(spec.axes, surface, (pen, right, up) => {
      for (const run of runs) {
        const path = run.pairs.slice(0, now + 1).map(place);
        line(pen, right, up, path, run);
        if (steps <= 100) for (const [x, y] of path) dot(pen, right(x), up(y), 2.5, run.colour, 0);
        const [x, y] = path.at(-1);
        dot(pen, right(x), up(y), 5, run.colour);
      }
      for (const { pairs } of runs.slice(0, 1)) {
        const [x, y] = place(pairs[0]);
        dot(pen, right(x), up(y), 6, "black");
      }
    });
    const losses = runs.map((run) => {
      const ended = run.losses.length; // where it diverged, if it has not taken all steps
      if (now >= ended) return `${run.label} none (it diverged at step ${ended})`;
      return `${run.label} ${brief(run.losses[now])}`;
    });
    readout.textContent = losses.length ? `Loss at step ${now}: ${losses.join(", ")}` : "";
    return { step: now, ends: all.runs.map(({ pairs }) => Array.from(pairs.at(-1) ?? [])) };
  }
  function say(result) {
    ground.canvas.setAttribute("aria-label", result.alt ?? "");
  }
  return all;
}

/** The module of an explorer: sliders for the hyperparameters, Reset, words, and when to draw.
 *  view(page) gives pictures and tools, elements; and read(result, numbers),
 *  draw(result, settings), and say(result) if it says more. */
export const explorer = (view) => ({ render: ({ model, el }) => render(model, el, view) });

function render(model, el, view) {
  const spec = model.get("spec");
  const root = node("div", { class: "adamlib-explorer" });
  let frame = 0;
  let saying = 0;
  const page = {
    spec,
    looks: spec.curves ?? spec.groups,
    setters: [], // of the sliders: settings -> what they show
    resets: [],
    stops: [],
    settings: () => model.get("settings"),
    choose(part) {
      model.set("settings", { ...model.get("settings"), ...part });
      model.save_changes();
    },
    later() {
      frame ||= requestAnimationFrame(draw);
    },
  };

  const task = node("p", { class: "task" });
  const error = node("p", { class: "error", role: "alert" });
  const said = node("p", { role: "status", "aria-live": "polite" });
  const hint = node("p", { class: "hint" }, spec.hint);
  const bar = node("progress", { max: 1 });
  const progress = node("label", { class: "training" }, "Training ", bar);
  const reset = node("button", { type: "button" }, "Reset");
  const groups = spec.groups.map((group, k) => {
    const rows = group.sliders.map(({ name, values }) => {
      const choose = (value) => {
        const all = page.settings().hyperparameters;
        const mine = { ...all[k], [name]: value };
        page.choose({ hyperparameters: all.map((one, i) => (i === k ? mine : one)) });
      };
      const { row, set } = slider(`${group.label} ${name}`, name, values, choose);
      page.setters.push((settings) => set(settings.hyperparameters[k][name]));
      return row;
    });
    return node("fieldset", {}, node("legend", {}, swatch(group), group.label), ...rows);
  });
  reset.addEventListener("click", () => {
    for (const one of page.resets) one();
    page.choose(spec.settings);
    page.later();
  });
  const { pictures, tools, ...shown } = view(page);

  function draw() {
    frame = 0;
    const result = model.get("result");
    task.textContent = result.task ?? "";
    task.classList.toggle("met", Boolean(result.met));
    error.textContent = result.error ?? "";
    bar.value = result.progress ?? 1;
    progress.hidden = bar.value === 1;
    if (!progress.hidden) said.textContent = result.words; // the old words would stay too long
    const drawn = shown.draw(result, page.settings());
    root.dataset.drawn = JSON.stringify({ settings: result.settings, ...drawn });
  }
  /** Words follow when the hand rests: a screen reader shall not read every move. */
  function say() {
    said.textContent = model.get("result").words ?? "";
    shown.say?.(model.get("result"));
  }
  function read() {
    const result = model.get("result");
    const { buffer, byteOffset, byteLength } = model.get("buffer");
    shown.read(result, new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength)));
  }
  function answered() {
    read();
    page.later();
    clearTimeout(saying);
    saying = setTimeout(say, 300);
  }
  function show() {
    for (const set of page.setters) set(page.settings());
    page.later();
  }

  const row = (...parts) => node("div", { class: "row" }, ...parts);
  root.append(task, row(...pictures), row(...tools, reset, progress), row(...groups));
  root.append(error, said, hint);
  el.append(root);
  show();
  read();
  say();
  model.on("change:settings", show);
  model.on("change:result change:buffer", answered);
  const theme = new MutationObserver(page.later);
  theme.observe(document.body, { attributes: true });
  return () => {
    for (const stop of page.stops) stop();
    cancelAnimationFrame(frame);
    clearTimeout(saying);
    theme.disconnect();
    model.off("change:settings", show);
    model.off("change:result change:buffer", answered);
  };
}
