// @vitest-environment jsdom
import { testInPage } from "./in-a-page.ts";

testInPage("jsdom");
