// The filter of the gallery: every word must occur; a formula is found whatever its spaces are.
(() => {
  const byId = (id) => document.getElementById(id);
  const text = byId("gallery-text"), topic = byId("gallery-topic"), name = byId("gallery-function");
  const cases = [...document.querySelectorAll(".gallery > li")].map((element) => ({
    element,
    topic: element.dataset.topic,
    functions: element.dataset.functions.split(" "),
    words: element.dataset.words,
    dense: element.dataset.words.replace(/\s/g, ""),
  }));
  const show = () => {
    const asked = text.value.toLowerCase().trim();
    const words = asked.split(/\s+/), dense = asked.replace(/\s/g, "");
    let number = 0;
    for (const each of cases) {
      const fits =
        (words.every((word) => each.words.includes(word)) || each.dense.includes(dense)) &&
        (!topic.value || each.topic === topic.value) &&
        (!name.value || each.functions.includes(name.value));
      each.element.hidden = !fits;
      number += fits;
    }
    byId("gallery-count").textContent = number === 1 ? "1 case" : `${number} cases`;
    const address = new URLSearchParams();
    for (const [key, field] of [["q", text], ["topic", topic], ["function", name]]) {
      if (field.value) address.set(key, field.value);
    }
    history.replaceState(null, "", address.size ? `#${address}` : location.pathname);
  };
  const asked = new URLSearchParams(location.hash.slice(1));
  text.value = asked.get("q") ?? "";
  topic.value = asked.get("topic") ?? "";
  name.value = asked.get("function") ?? "";
  for (const field of [text, topic, name]) field.addEventListener("input", show);
  show();
})();
