import { afterEach, expect, test, vi } from "vitest";
import { clientOn, GRANT_DATA, json, ROOM_ID } from "./support.ts";

afterEach(() => void vi.unstubAllEnvs());

test("a time without a zone is read as UTC, wherever the reader is", async () => {
  vi.stubEnv("TZ", "Pacific/Auckland");
  expect(new Date("2026-11-22T10:10:00").getUTCHours()).not.toBe(10); // the zone is in force
  const data = { ...GRANT_DATA, token_expires_at: "2026-11-22T10:10:00" };
  const grant = await clientOn(() => json(201, { data })).client.create(ROOM_ID);
  expect(grant.tokenExpiresAt.toISOString()).toBe("2026-11-22T10:10:00.000Z");
});
