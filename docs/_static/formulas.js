// Sets the formulas of a page; those far below wait until they come near.
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
        set(target);
      }
    },
    { rootMargin: "800px" },
  );
  document.querySelectorAll(".math").forEach((element) => near.observe(element));
  // A printed page has all of them.
  window.addEventListener("beforeprint", () => document.querySelectorAll(".math:not(:has(.katex))").forEach(set));
});
