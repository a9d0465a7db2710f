import { describeRecipe } from "./describe-recipe.ts";

describeRecipe({
  name: "fastify",
  title: "Fastify",
  cookie: "request.headers.cookie",
  requestBodyRow: "Fastify",
});
