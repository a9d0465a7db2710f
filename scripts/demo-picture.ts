/** What the demo draws: colours, shortened tokens, and lifetimes on a time line. */

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** The colours of a terminal: each a function that marks a text, or leaves it alone where colours are off. */
export type Paint = Readonly<Record<keyof typeof CODES, (text: string) => string>>;

export function paint(enabled: boolean): Paint {
  const mark = (code: number) => (text: string) => (enabled ? `\u001b[${code}m${text}\u001b[0m` : text);
  const { bold, dim, red, green, yellow, cyan } = CODES;
  return {
    bold: mark(bold),
    dim: mark(dim),
    red: mark(red),
    green: mark(green),
    yellow: mark(yellow),
    cyan: mark(cyan),
  };
}

/** FORCE_COLOR decides first, then NO_COLOR; without either there are colours in a terminal that can show them. */
export function wantsColours(
  stream: { readonly isTTY?: boolean | undefined },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if (env["NO_COLOR"]) return false;
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

/** Enough of a token to tell two apart, too little to use one. */
export function shorten(token: string): string {
  return token.length < 40 ? "…" : `${token.slice(0, 6)}…${token.slice(-6)}`;
}

/** A lifetime, in seconds from the start of the time line; one without an end is a moment. */
export interface Span {
  readonly label: string;
  readonly fromSecs: number;
  readonly toSecs?: number;
  readonly colour: keyof Paint;
}

const INDENT = "   ";
const LABEL_WIDTH = 15;
const STEPS_SECS = [6, 30, 60, 300, 600, 900] as const;

/** Draws spans below each other on one axis in minutes, no line longer than `columns`. */
export function timeline(spans: readonly Span[], columns: number, colours: Paint): string[] {
  const endSecs = Math.max(...spans.map((span) => span.toSecs ?? span.fromSecs));
  const stepSecs = STEPS_SECS.find((step) => endSecs / step <= 7) ?? endSecs;
  // Two columns are kept for what stands at the very end. Every step is as wide as the others.
  const stepCells = Math.floor((columns - INDENT.length - LABEL_WIDTH - 2) / (endSecs / stepSecs));
  const cellOf = (secs: number) => Math.round((secs / stepSecs) * stepCells);
  const row = (label: string, text: string) => `${INDENT}${label.padEnd(LABEL_WIDTH)}${text}`;

  const steps = Array.from({ length: Math.floor(endSecs / stepSecs) + 1 }, (_, step) => step);
  const minutes = steps.map((step) => String(Number(((step * stepSecs) / 60).toFixed(1))).padEnd(stepCells));
  const ticks = `┼${"─".repeat(stepCells - 1)}`.repeat(steps.length - 1);
  const rows = spans.map(({ label, fromSecs, toSecs, colour }) => {
    const from = cellOf(fromSecs);
    const bar = toSecs === undefined ? "✗" : "█".repeat(Math.max(1, cellOf(toSecs) - from));
    return row(label, " ".repeat(from) + colours[colour](bar));
  });
  return [
    colours.dim(row("minutes", minutes.join("").trimEnd())),
    colours.dim(row("", `${ticks}┼`)),
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
