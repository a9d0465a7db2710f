import { settings } from "./settings.mjs";

export default settings("client", "src/*.ts", "test/unit");
