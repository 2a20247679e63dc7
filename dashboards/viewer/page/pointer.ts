/** The moment under the pointer, told to all panels: each draws its crosshair there. */
type Listener = (time: number | undefined, source: object) => void;

const listeners = new Set<Listener>();

export const onPoint = (listener: Listener): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** `time` in Unix seconds, undefined when the pointer has left. */
export function point(time: number | undefined, source: object): void {
  for (const listener of listeners) listener(time, source);
}
