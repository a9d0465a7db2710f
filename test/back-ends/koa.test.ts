import { describeRecipe } from "./describe-recipe.ts";

describeRecipe({ name: "koa", title: "Koa", cookie: 'ctx.get("cookie")', requestBodyRow: "Koa" });
