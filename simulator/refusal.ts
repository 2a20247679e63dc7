/** A wish that cannot be fulfilled; `status` is the HTTP status to answer. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: 400 | 404 | 409 | 413 | 429, message: string) {
    super(message);
    this.name = "Refusal";
    this.status = status;
  }
}
