/** Asks the viewer's server; throws an Error with its sentence. */
export async function request<T>(path: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new Error("The viewer itself does not answer: is the stack up?");
  }
  const body = (await response.json().catch(() => ({}))) as T & { readonly error?: string };
  if (!response.ok) throw new Error(body.error ?? `the viewer answered with status ${response.status}`);
  return body;
}

export const send = (method: "POST" | "DELETE", path: string, body?: object): Promise<unknown> =>
  request(path, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
