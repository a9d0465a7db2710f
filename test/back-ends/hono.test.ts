import { describeRecipe } from "./describe-recipe.ts";

describeRecipe({
  name: "hono",
  title: "Hono on Node",
  cookie: 'c.req.header("cookie")',
  requestBodyRow: "Hono",
});
