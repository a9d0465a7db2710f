/** The document cannot be used; the message says why. */
export class Unusable extends Error {
  override readonly name = "Unusable";
}
