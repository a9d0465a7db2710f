// @vitest-environment happy-dom
import { testInPage } from "./in-a-page.ts";

testInPage("HappyDOM");
