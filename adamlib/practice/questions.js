// A question, its choices, a button, and the reason that the kernel gives for the chosen one.
function render({ model, el }) {
  el.classList.add("adamlib-quiz");
  const group = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = model.get("text");
  group.append(legend);
  const name = "quiz-" + Math.random().toString(36).slice(2);
  model.get("choices").forEach((words, i) => {
    const label = document.createElement("label");
    const input = Object.assign(document.createElement("input"), { type: "radio", name });
    input.dataset.lmSuppressShortcuts = ""; // else Jupyter would act on the keys: `b`, say
    input.addEventListener("change", () => {
      choice = i;
      button.disabled = false;
      reason.textContent = "";
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") button.click();
    });
    label.append(input, " " + words);
    group.append(label);
  });

  let choice = null;
  const button = document.createElement("button");
  button.textContent = model.get("button");
  button.dataset.lmSuppressShortcuts = "";
  button.disabled = true;
  button.addEventListener("click", () => model.send({ choice }));
  const reason = document.createElement("output"); // read aloud when it changes
  model.on("msg:custom", (message) => {
    reason.textContent = message.reason;
    reason.dataset.right = message.right;
  });
  el.append(group, button, reason);
}
export default { render };
