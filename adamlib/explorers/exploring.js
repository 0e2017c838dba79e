// Trajectories on a surface, from a start to drag; beside it the losses by step.

import {
  drawCurves, explorer, fraction, panel, slider, steer, trajectories, upTo, valueAt,
} from "./widget.js";

export default explorer((page) => {
  const { spec } = page;
  const { x: across, y: up } = spec.axes;
  const followed = trajectories(page, { live: true });
  const losses = panel([270, spec.size[1]]);
  const choose = (steps) => page.choose({ steps });
  const { row, set } = slider("steps", "steps", upTo(spec.steps), choose);
  page.setters.push((settings) => set(settings.steps));

  function move([right, above]) {
    const start = [valueAt(across, right), valueAt(up, above)];
    page.choose({ start: start.slice(0, spec.settings.start.length) });
  }
  function nudge([right, above], far) {
    const [x, y = up.low] = page.settings().start;
    const by = far ? 0.1 : 0.01;
    move([fraction(across, x) + right * by, fraction(up, y) + above * by]);
  }
  steer(followed.ground, move, nudge);

  return {
    pictures: [followed.ground.canvas, losses.canvas, followed.readout],
    tools: [row, ...followed.tools],
    read: followed.read,

    draw(result, settings) {
      const drawn = followed.draw(settings);
      if (result.axes) {
        const curves = followed.runs.map((run) => ({
          ...run,
          values: run.losses.map((loss) => loss - spec.least),
        }));
        drawCurves(losses, result.axes, [0, ...upTo(settings.steps)], curves, drawn.step);
      }
      return drawn;
    },

    say(result) {
      followed.say(result);
      losses.canvas.setAttribute("aria-label", `Loss by step. ${result.words}`);
    },
  };
});
