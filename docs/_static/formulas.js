// Sets the formulas of a page; those of the gallery, which are many, when they come near.
document.addEventListener("DOMContentLoaded", () => {
  const set = (element) => {
    katex.render(element.textContent, element, {
      displayMode: element.tagName === "DIV",
      throwOnError: false,
      strict: "ignore",
    });
  };
  const near = new IntersectionObserver(
    (seen) => {
      for (const { isIntersecting, target } of seen) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        target.querySelectorAll(".math").forEach((element) => {
          set(element);
          if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
        });
      }
    },
    { rootMargin: "800px" },
  );
  document.querySelectorAll(".math").forEach((element) => {
    const many = element.closest(".gallery > li");
    if (many) near.observe(many);
    else set(element);
  });
  // What scrolls in its own box is reached with the keyboard.
  document.querySelectorAll("pre, .math, .steps, .table-wrapper").forEach((element) => {
    if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
  });
  // A printed page has all of them.
  addEventListener("beforeprint", () => document.querySelectorAll(".math:not(:has(.katex))").forEach(set));
});
