// The page's half of every explorer: it draws what the kernel has computed, and asks again.
// widget.py joins this file and the views, of which spec.view names one.

const BOX = { x: 54, y: 10 }; // where a panel's plot begins in its canvas, in CSS pixels
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function node(tag, attributes = {}, ...children) {
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
  const row = node("div", { class: "knob" }, node("label", { for: id }, name), input, shown);
  return { row, set };
}

/** How a curve looks, in a legend; what has no colour has no line. */
function swatch({ colour, dash }) {
  if (!colour) return "";
  const middle = { x1: 0, y1: 5, x2: 34, y2: 5 };
  const stroke = { stroke: colour, "stroke-width": 3, "stroke-dasharray": dash.join(" ") };
  const halo = { stroke: "white", "stroke-width": 7 };
  const lines = [node("line", { ...middle, ...halo }), node("line", { ...middle, ...stroke })];
  return node("svg", { "aria-hidden": true }, ...lines);
}

/** A slider over the steps of what is shown. It stays at the last one, however many there are. */
function player(page, name, first = 0) {
  const scrub = node("input", { type: "range", min: first, step: 1, id: unique() });
  const at = node("output", { for: scrub.id });
  const play = node("button", { type: "button" }, "Play");
  const row = node("div", { class: "knob" }, node("label", { for: scrub.id }, name), scrub, at);
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

/** Curves over the steps, on a log scale, with a mark at the step `now`. */
function drawLosses(second, curves, { now, steps, label, least = 0 }) {
  const logs = curves.map(({ losses }) => Array.from(losses, (f) => Math.log10(f - least)));
  const finite = logs.flat().filter(Number.isFinite);
  const starts = logs.map((one) => one[0]).filter(Number.isFinite);
  const high = Math.ceil(Math.max(...starts, -30) + 0.2);
  const low = Math.floor(clamp(Math.min(...finite), -16, high - 1));
  const span = high - low;
  const every = Math.ceil(span / 8);
  const decades = Array.from({ length: span + 1 }, (_, i) => low + i);
  const y = { label, ticks: [] };
  for (const p of decades)
    if (p % every === 0) y.ticks.push([(p - low) / span, Math.abs(p) < 3 ? 10 ** p : `1e${p}`]);
  const x = { label: "step", ticks: [0, 0.5, 1].map((f) => [f, Math.round(f * steps)]) };
  if (steps < 2) x.ticks = [[0, 0], [1, 1]];
  second.draw({ x, y, dim: true }, null, (pen, right, up) => {
    pen.fillStyle = "#bbbbbb";
    pen.fillRect(right(now / steps) - 0.5, up(1), 1, up(0) - up(1));
    logs.forEach((one, k) => {
      const pairs = one.map((value, t) => [t / steps, (value - low) / span]);
      line(pen, right, up, pairs, curves[k]);
      const t = Math.min(now, pairs.length - 1);
      if (t >= 0 && Number.isFinite(one[t]))
        dot(pen, right(pairs[t][0]), up(pairs[t][1]), 4, curves[k].colour);
    });
  });
}

const VIEWS = { surface, arithmetic, chart };

/** What all have: sliders for the hyperparameters, Reset, words, and when to draw. The view has
 *  pictures and tools, elements; and read(result, numbers), draw(result, settings), say(result). */
function render({ model, el }) {
  const spec = model.get("spec");
  const root = node("div", { class: "adamlib-explorer" });
  let frame = 0;
  let saying = 0;
  const page = {
    spec,
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
    const rows = group.knobs.map(({ name, values }) => {
      const turn = (value) => {
        const all = page.settings().hyperparameters;
        const mine = { ...all[k], [name]: value };
        page.choose({ hyperparameters: all.map((one, i) => (i === k ? mine : one)) });
      };
      const { row, set } = slider(`${group.label} ${name}`, name, values, turn);
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
  const view = VIEWS[spec.view](page);

  function draw() {
    frame = 0;
    const result = model.get("result");
    task.textContent = result.task ?? "";
    task.classList.toggle("met", Boolean(result.met));
    error.textContent = result.error ?? "";
    bar.value = result.progress ?? 1;
    progress.hidden = bar.value === 1;
    if (!progress.hidden) said.textContent = result.words; // the old words would stay too long
    const drawn = view.draw(result, page.settings());
    root.dataset.drawn = JSON.stringify({ settings: result.settings, ...drawn });
  }
  /** Words follow when the hand rests: a screen reader shall not read every move. */
  function say() {
    said.textContent = model.get("result").words ?? "";
    view.say(model.get("result"));
  }
  function read() {
    const result = model.get("result");
    view.read(result, floats(model.get("buffer")));
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

  const pictures = node("div", { class: "row" }, ...view.pictures);
  const tools = node("div", { class: "row" }, ...view.tools, reset, progress);
  const knobs = node("div", { class: "row" }, ...(spec.map ? [] : groups));
  root.append(task, pictures, tools, knobs, error, said, hint);
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

export default { render };
