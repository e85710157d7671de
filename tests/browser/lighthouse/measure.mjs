// Measures pages with Lighthouse, one after the other, in a Chromium of its own. Reads from standard input which
// Chromium, the least scores, and the pages as {address, cookie}; prints a line for each page: its scores out of 100,
// and every audit that cost points. What falls short, or could not be recorded, is measured again, twice at most:
// whatever else keeps the machine busy makes a page look slower, never quicker.
import { readFileSync } from "node:fs";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const { chromium, least, pages } = JSON.parse(readFileSync(0, "utf8"));
const chrome = await launch({ chromePath: chromium, chromeFlags: ["--headless", "--no-sandbox"] });

async function measured({ address, cookie }) {
  const said = { port: chrome.port, logLevel: "error", onlyCategories: Object.keys(least) };
  if (cookie) said.extraHeaders = { Cookie: cookie };
  const { lhr } = await lighthouse(address, said);
  const scores = {};
  const lost = {};
  for (const [name, { score, auditRefs }] of Object.entries(lhr.categories)) {
    scores[name] = Math.round(100 * score);
    for (const { id, weight } of auditRefs) {
      const audit = lhr.audits[id];
      if (weight && audit.score !== null && audit.score < 1) lost[id] = audit.displayValue ?? audit.title;
    }
  }
  return { address, arrived: lhr.finalDisplayedUrl, scores, lost, unanswered: lhr.runtimeError?.message ?? null };
}

const suffices = ({ scores, unanswered }) =>
  !unanswered && Object.entries(least).every(([name, score]) => scores[name] >= score);

for (const page of pages) {
  let told = await measured(page);
  for (let again = 0; again < 2 && !suffices(told); again += 1) told = await measured(page);
  console.log(JSON.stringify(told));
}
chrome.kill();
