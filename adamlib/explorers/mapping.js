// A map of runs to pick from; beside it the trajectory of the one that is picked.

import { clamp, explorer, fraction, panel, picture, steer, trajectories } from "./widget.js";

export default explorer((page) => {
  const map = page.spec.map;
  const followed = trajectories(page);
  const cells = panel(map.size, { live: true, exact: true });
  const image = picture(map.image, page);
  cells.canvas.setAttribute("aria-label", map.alt);
  const sizes = [map.axes.x.high, map.axes.y.high];

  function pick(cell) {
    page.choose({ pick: cell.map((n, i) => clamp(Math.floor(n), 0, sizes[i] - 1)) });
  }
  function move(direction, far) {
    pick(page.settings().pick.map((n, i) => n + direction[i] * (far ? 10 : 1)));
  }
  steer(cells, (place) => pick(place.map((at, i) => at * sizes[i])), move);

  return {
    pictures: [followed.ground.canvas, cells.canvas, followed.readout],
    tools: followed.tools,
    read: followed.read,
    say: followed.say,

    draw(result, settings) {
      cells.draw(map.axes, image, (pen, right, up) => {
        const [column, row] = settings.pick;
        const x = right(fraction(map.axes.x, column + 0.5));
        const y = up(fraction(map.axes.y, row + 0.5));
        for (const [thick, colour] of [[5, "white"], [2, "black"]]) {
          pen.lineWidth = thick;
          pen.strokeStyle = colour;
          pen.strokeRect(x - 7, y - 7, 14, 14);
        }
      });
      return followed.draw(settings);
    },
  };
});
