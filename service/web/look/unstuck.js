// What pages gain where there is JavaScript; without it everything works all the same.
import { initAll } from "./govuk-frontend.js";

initAll();

// Parts of a page that are drawn again when the service says that it has moved on; never while somebody is in them.
const live = document.querySelector("[data-live]");
if (live && window.EventSource) {
  const main = document.querySelector("main");
  const told = document.createElement("p");
  told.className = "govuk-visually-hidden";
  told.setAttribute("role", "status");
  main.after(told);
  const news = new EventSource(live.dataset.live);
  news.addEventListener("moved", async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) {
      news.close();
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const shown = document.getElementById(live.id);
    const fresh = page.getElementById(live.id);
    if (!fresh) {
      return;
    }
    if (fresh.dataset.state !== shown.dataset.state && document.activeElement === document.body) {
      main.replaceChildren(...page.querySelector("main").childNodes); // more than these parts is another
    } else {
      for (const part of document.querySelectorAll("[data-live]")) {
        const drawn = page.getElementById(part.id);
        if (drawn && !part.contains(document.activeElement)) {
          part.replaceChildren(...drawn.childNodes);
        }
      }
    }
    told.textContent = fresh.dataset.says;
  });
}
