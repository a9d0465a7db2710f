import { describeRecipe } from "./describe-recipe.ts";

describeRecipe({ name: "express", title: "Express 5", cookie: "req.headers.cookie" });
