import { settings } from "./settings.mjs";

export default settings("session", ["src/session/*.ts"], "test/session");
