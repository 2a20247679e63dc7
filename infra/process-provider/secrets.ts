/** Markers with which the engine wraps secret values and outputs (`sdk/go/common/resource/sig.go`). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Removes the engine's wrapping of secrets and outputs from a tree of values, for use. The wrapped tree is
 * what goes back to the engine, so that secrets stay secret in the state.
 */
export function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (!isRecord(value)) return value;
  const signature = value[SIGNATURE];
  if (signature === SECRET || signature === OUTPUT) return unwrap(value["value"]);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrap(item)]));
}
