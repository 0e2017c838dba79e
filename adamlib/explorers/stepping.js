// One update as a table: a line of the rule, the same with its numbers, the value and its bar.

import { explorer, node, player, slider, upTo } from "./widget.js";

export default explorer((page) => {
  const { spec } = page;
  const [rule] = spec.groups;
  const caption = node("caption");
  const heads = ["line", "of", "with its numbers", "value", "bar"];
  const head = node("tr", {}, ...heads.map((name) => node("th", { scope: "col" }, name)));
  const table = node("table", { class: "arithmetic" }, caption, node("thead", {}, head));
  const step = slider("step", "step", upTo(spec.steps), (step) => page.choose({ step }));
  const { row: reveal, play, now: shown } = player(page, "show line");
  let lines = [];
  page.setters.push((settings) => step.set(settings.step));

  function cellRow({ name, numbers, value, size }, colour) {
    const bar = node("span");
    bar.style.left = `${50 + 50 * Math.min(0, size)}%`;
    bar.style.width = `${50 * Math.abs(size)}%`;
    if (colour) Object.assign(bar.style, { background: colour, outline: "1px solid white" });
    return [
      node("td", {}, name),
      node("td", { class: "numbers" }, numbers),
      node("td", { class: "value" }, value),
      node("td", {}, node("div", { class: "bar", "aria-hidden": true }, ...(size ? [bar] : []))),
    ];
  }
  function lineBody({ code, cells }, i, { length }) {
    const colour = i === length - 1 ? rule.colour : "";
    const title = node("th", { scope: "rowgroup", rowspan: cells.length }, node("code", {}, code));
    const rows = cells.map((cell, k) =>
      node("tr", {}, ...(k ? [] : [title]), ...cellRow(cell, colour)));
    return node("tbody", {}, ...rows);
  }

  return {
    pictures: [table],
    tools: [step.row, reveal, play],

    read(result) {
      for (const body of [...table.tBodies]) body.remove();
      lines = result.rows ?? [];
      table.append(...lines.map(lineBody));
      table.hidden = !lines.length;
    },

    draw(result, settings) {
      const now = shown(lines.length);
      const current = now < lines.length ? lines[now - 1] : null;
      [...table.tBodies].forEach((body, i) => {
        body.classList.toggle("later", i >= now);
        body.classList.toggle("now", lines[i] === current);
        body.classList.toggle("used", Boolean(current?.uses.includes(i)));
      });
      caption.textContent = `${rule.label}, step ${settings.step}`;
      return { line: now };
    },
  };
});
