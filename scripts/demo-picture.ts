/** What the demo draws: shortened tokens, and lifetimes on a time line. */
import { styleText } from "node:util";

/** Shows enough of a token to distinguish two, too little to use one. */
export function shorten(token: string): string {
  return token.length < 40 ? "…" : `${token.slice(0, 6)}…${token.slice(-6)}`;
}

/** A lifetime, in seconds from the start of the time line; one without an end is a moment. */
export interface Span {
  readonly label: string;
  readonly fromSecs: number;
  readonly toSecs?: number;
  readonly colour: "red" | "green" | "yellow" | "cyan";
}

const INDENT = "   ";
const LABEL_WIDTH = 15;
const STEPS_SECS = [6, 30, 60, 300, 600, 900] as const;

/** Draws spans below each other on one axis in minutes, no line longer than `columns`. */
export function timeline(spans: readonly Span[], columns: number): string[] {
  const endSecs = Math.max(...spans.map((span) => span.toSecs ?? span.fromSecs));
  const stepSecs = STEPS_SECS.find((step) => endSecs / step <= 7) ?? endSecs;
  // Two columns are kept for what is at the very end. All steps are equally wide.
  const stepCells = Math.floor((columns - INDENT.length - LABEL_WIDTH - 2) / (endSecs / stepSecs));
  const cellOf = (secs: number) => Math.round((secs / stepSecs) * stepCells);
  const row = (label: string, text: string) => `${INDENT}${label.padEnd(LABEL_WIDTH)}${text}`;

  const steps = Array.from({ length: Math.floor(endSecs / stepSecs) + 1 }, (_, step) => step);
  const minutes = steps.map((step) => String(Number(((step * stepSecs) / 60).toFixed(1))).padEnd(stepCells));
  const ticks = `┼${"─".repeat(stepCells - 1)}`.repeat(steps.length - 1);
  const rows = spans.map(({ label, fromSecs, toSecs, colour }) => {
    const from = cellOf(fromSecs);
    const bar = toSecs === undefined ? "✗" : "█".repeat(Math.max(1, cellOf(toSecs) - from));
    return row(label, " ".repeat(from) + styleText(colour, bar));
  });
  return [
    styleText("dim", row("minutes", minutes.join("").trimEnd())),
    styleText("dim", row("", `${ticks}┼`)),
    ...rows,
  ];
}

/** Breaks a text into lines of at most `width`, at its spaces. */
export function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}
