(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const state = new URLSearchParams(location.search);
  const keep = (name, value) => {
    if (value) state.set(name, value); else state.delete(name);
    history.replaceState(null, "", `${location.pathname}${state.size ? `?${state}` : ""}${location.hash}`);
  };

  // A button on each piece of code
  for (const box of all(".box")) {
    const button = document.createElement("button");
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy this code");
    button.onclick = async () => {
      const text = box.querySelector("pre").textContent;
      try { await navigator.clipboard.writeText(text); button.textContent = "Copied"; }
      catch { getSelection().selectAllChildren(box.querySelector("pre")); button.textContent = "Selected"; }
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    };
    box.append(button);
  }

  // A slider for each picture: it shows the drawing of its stop
  for (const play of all(".play")) {
    const slider = play.querySelector("input"), said = play.querySelector("output");
    const frames = all(".frame", play), stops = frames.map((frame) => frame.dataset.stop);
    const show = (index) => {
      frames.forEach((frame, i) => { frame.hidden = i !== index; });
      slider.value = index;
      said.textContent = `${slider.name} = ${stops[index]}`;
      slider.setAttribute("aria-valuetext", said.textContent);
    };
    slider.oninput = () => { show(+slider.value); keep(slider.name, stops[slider.value]); };
    play.querySelector(".slider").hidden = false;
    const asked = stops.indexOf(state.get(slider.name));
    show(asked < 0 ? +slider.defaultValue : asked);
  }

  // A filter: by words, and by what each item says of itself
  for (const tools of all(".tools[data-items]")) {
    const items = all(tools.dataset.items), fields = all("input, select", tools);
    const said = tools.querySelector("output");
    const fits = (item) => fields.every((field) => field.type === "search"
      ? field.value.toLowerCase().split(/\s+/).every((word) => item.textContent.toLowerCase().includes(word))
      : !field.value || item.dataset[field.name] === field.value);
    const apply = () => {
      let shown = 0;
      for (const item of items) { item.hidden = !fits(item); shown += !item.hidden; }
      for (const group of all("[data-group]")) {
        group.hidden = !items.some((item) => group.contains(item) && !item.hidden);
      }
      said.textContent = shown === items.length ? "" : `${shown} of ${items.length}`;
    };
    for (const field of fields) {
      field.value = state.get(field.name) ?? "";
      field.oninput = () => { keep(field.name, field.value); apply(); };
    }
    tools.hidden = false;
    apply();
  }

  // The score: the first answer that is opened counts
  const score = document.querySelector("#score");
  const asked = all(".ask"), first = new Map();
  for (const ask of asked) {
    for (const answer of all("details", ask)) {
      answer.addEventListener("toggle", () => {
        if (!answer.open || first.has(ask)) return;
        first.set(ask, answer.classList.contains("right"));
        if (score) score.textContent = `${[...first.values()].filter(Boolean).length} of ${first.size} right at first sight`;
      });
    }
  }
})();
