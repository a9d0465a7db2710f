import { afterEach, expect, test, vi } from "vitest";
import { runBackEnd } from "./cases.ts";
import { type Followed, starter, useProject } from "./describe-recipe.ts";
import { openPage, PAGES } from "./pages.ts";
import { fillIn, recipe } from "./recipes.ts";

const EXPRESS: Followed = { name: "express", title: "Express 5", cookie: "req.headers.cookie" };

const project = useProject(EXPRESS);
const filledIn = fillIn(recipe("express").code, EXPRESS.cookie);
const { sandbox, backEnd } = runBackEnd(starter(EXPRESS, project, "pages", filledIn));

afterEach(() => vi.unstubAllGlobals());

test.each(Object.keys(PAGES))(
  "the page of %s joins its room by the recipe for Express, and gives it a renewed token",
  async (title) => {
    const room = await openPage(title, backEnd().url);
    expect(sandbox().accepts(room.joinedWith)).toBe(true);
    room.disconnect();
    const isRenewed = (token: string) => token !== room.joinedWith;
    const renewed = await vi.waitUntil(() => room.handedTokens.find(isRenewed), { timeout: 30_000 });
    expect(sandbox().accepts(renewed)).toBe(true);
  },
);
