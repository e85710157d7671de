// What pages gain where there is JavaScript; without it everything works all the same.
import { initAll } from "./govuk-frontend.js";

initAll();

// A part of a page that is drawn again when the service says that it has moved on; never while somebody is in it.
const live = document.querySelector("[data-live]");
if (live && window.EventSource) {
  const news = new EventSource(live.dataset.live);
  news.addEventListener("moved", async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) {
      news.close();
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-live]");
    if (fresh && !live.contains(document.activeElement)) {
      live.replaceChildren(...fresh.childNodes);
    }
  });
}
