/** Something that happened, for the page and other listeners; `data` is sent as JSON. */
export interface SimulatorEvent {
  readonly type:
    | "person"
    | "group"
    | "message"
    | "update"
    | "attempt"
    | "acknowledged"
    | "dropped"
    | "call"
    | "reply"
    | "answer"
    | "action"
    | "commands"
    | "webhook"
    | "fault"
    | "faults"
    | "reset";
  readonly data: object;
}

export function createEvents() {
  const listeners = new Set<(event: SimulatorEvent) => void>();
  return {
    publish(type: SimulatorEvent["type"], data: object): void {
      for (const listener of listeners) listener({ type, data });
    },
    /** The answer ends the subscription. */
    subscribe(listener: (event: SimulatorEvent) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export type Events = ReturnType<typeof createEvents>;
