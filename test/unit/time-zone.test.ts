import { expect, test } from "vitest";
import { clientOn, GRANT_DATA, json, ROOM_ID } from "./support.ts";

test("a time without a zone is read as UTC, wherever the reader is", async () => {
  const { TZ } = process.env;
  process.env["TZ"] = "Pacific/Auckland";
  expect(new Date("2026-11-22T10:10:00").getUTCHours()).not.toBe(10); // the zone is in force
  const data = { ...GRANT_DATA, token_expires_at: "2026-11-22T10:10:00" };
  const grant = await clientOn(() => json(201, { data })).client.create(ROOM_ID);
  if (TZ === undefined) delete process.env["TZ"];
  else process.env["TZ"] = TZ;
  expect(grant.tokenExpiresAt.toISOString()).toBe("2026-11-22T10:10:00.000Z");
});
