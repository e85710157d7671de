// What pages gain where there is JavaScript; without it everything works all the same.
import { initAll } from "./govuk-frontend.js";

initAll();
