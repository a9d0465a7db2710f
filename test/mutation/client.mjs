import { settings } from "./settings.mjs";

export default settings("client", ["src/{client,errors,lib}/*.ts"], "test/unit");
