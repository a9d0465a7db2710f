import { describeRecipe } from "./describe-recipe.ts";

/** As `nest new` makes it. */
const MAIN = `import "reflect-metadata";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { RoomTokenController } from "./recipe.js";

@Module({ controllers: [RoomTokenController] })
class AppModule {}

const app = await NestFactory.create(AppModule);
await app.listen(3000, "127.0.0.1");
`;

describeRecipe({
  name: "nestjs",
  title: "NestJS",
  cookie: "req.headers.cookie",
  requestBodyRow: "NestJS",
  readsJsonOnly: true,
  packages: ["@nestjs/common", "@nestjs/core", "@nestjs/platform-express", "reflect-metadata", "rxjs"],
  compilerOptions: ["--experimentalDecorators", "--emitDecoratorMetadata"],
  main: MAIN,
});
