// A page for paper, where nothing unfolds: what is folded in goes to the end, under a number.
// Links to other pages end; those within the page bear its name, so that pages can be bound.
(name) => {
  const article = document.querySelector("article");
  const folds = article.querySelectorAll("details");
  const end = document.createElement("section");
  end.innerHTML = "<h2>Hints, solutions, and reasons</h2>";
  folds.forEach((fold, i) => {
    const [summary, ...inside] = fold.childNodes;
    const link = (id, to, text) => `<p class="fold" id="${id}-${i}"><a href="#${to}-${i}">${text}</a></p>`;
    const words = summary.innerHTML;
    fold.insertAdjacentHTML("beforebegin", link("fold", "unfolded", `${words} (${i + 1})`));
    end.insertAdjacentHTML("beforeend", link("unfolded", "fold", `${i + 1} ${words}`));
    end.append(...inside);
    fold.remove();
  });
  if (folds.length) article.append(end);
  for (const place of article.querySelectorAll("[id]:not(svg *)")) place.id = `${name}-${place.id}`;
  for (const link of article.querySelectorAll("a[href]")) {
    const to = link.getAttribute("href");
    if (to.startsWith("#")) link.setAttribute("href", `#${name}-${to.slice(1)}`);
    else if (!to.startsWith("http")) link.removeAttribute("href");
  }
}
