/* A page that is open asks for itself anew every few seconds, and keeps what was opened. */
(function () {
  "use strict";
  const every = 5000;
  document.body.classList.add("js");

  document.querySelectorAll("[data-submit]").forEach(function (field) {
    field.addEventListener("change", function () { field.form.submit(); });
  });

  const filter = document.getElementById("labotel-filter");
  function narrow() {
    if (!filter) { return; }
    const part = filter.value.trim().toLowerCase();
    document.querySelectorAll("[data-name]").forEach(function (row) {
      row.hidden = !row.dataset.name.includes(part);
    });
  }
  if (filter) { filter.addEventListener("input", narrow); }

  async function look() {
    const here = document.querySelector("[data-live]");
    if (!here) { return; }
    if (!document.hidden) {
      try {
        const answer = await fetch(location.href, {credentials: "same-origin"});
        const made = new DOMParser().parseFromString(await answer.text(), "text/html");
        const there = made.querySelector("[data-live]");
        if (answer.ok && there) {
          here.querySelectorAll("details[open]").forEach(function (open) {
            const same = there.querySelector("#" + CSS.escape(open.id));
            if (same) { same.open = true; }
          });
          here.replaceWith(there);
          narrow();
        }
      } catch (error) { /* the next look may find it */ }
    }
    setTimeout(look, every);
  }
  setTimeout(look, every);
})();
