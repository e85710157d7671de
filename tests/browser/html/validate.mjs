// Reads every .html file of a folder, and prints what is wrong: one JSON object from file to messages.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { HtmlValidate, StaticConfigLoader } from "html-validate";

const [folder, rules] = process.argv.slice(2);
const config = {
  extends: ["html-validate:recommended", "html-validate:document"],
  rules: JSON.parse(rules),
};
const reader = new HtmlValidate(new StaticConfigLoader(config));
const wrong = {};
for (const name of readdirSync(folder).filter((name) => name.endsWith(".html"))) {
  const report = reader.validateStringSync(readFileSync(join(folder, name), "utf8"), name);
  const said = report.results.flatMap((result) => result.messages);
  if (said.length) {
    wrong[name] = said.map(({ ruleId, message, line, selector }) => `${ruleId}: ${message} (line ${line}, ${selector})`);
  }
}
console.log(JSON.stringify(wrong));
