import { describeRecipe } from "./describe-recipe.ts";

const aliases = { express: "express-4", "@types/express": "@types/express-4" };

describeRecipe({ name: "express", title: "Express 4", cookie: "req.headers.cookie", aliases });
