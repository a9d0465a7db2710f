import { settings } from "./settings.mjs";

export default settings("client", ["src/*.ts", "src/{errors,transport}/*.ts"], "test/unit");
