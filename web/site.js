// A page from the disk may not read others, so what the search finds has no excerpts there.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// What is too wide for the page scrolls: only then the Tab key stops there, so that keys can do it.
const widths = new ResizeObserver((boxes) => {
  for (const { target } of boxes) {
    target.toggleAttribute("tabindex", target.scrollWidth > target.clientWidth);
    if (target.hasAttribute("tabindex")) target.tabIndex = 0;
  }
});
addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll(".math-wrapper, .table-wrapper, .cell_output pre")) {
    widths.observe(box);
    for (const inner of box.children) widths.observe(inner);
  }
});
