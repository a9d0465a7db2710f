import { describeRecipe } from "./describe-recipe.ts";

describeRecipe({
  name: "express-request-body",
  title: "Express 5",
  cookie: "req.headers.cookie",
  packages: ["telnyx-room-tokens", "express", "@types/express"],
  givesRefreshTokens: true,
});
