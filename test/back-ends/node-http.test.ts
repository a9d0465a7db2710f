import { describeRecipe } from "./describe-recipe.ts";

describeRecipe({
  name: "node-http",
  title: "node:http",
  cookie: "req.headers.cookie",
  requestBodyRow: "node:http",
});
