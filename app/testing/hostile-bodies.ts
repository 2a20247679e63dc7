// Bodies as nobody should send them, each with the status that the webhook answers with.
let ids = 2 ** 50 + Math.floor(Math.random() * 2 ** 40);
const id = (): number => (ids += 1);
const deep = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const wide = (text: string): Buffer => Buffer.from(text, "utf16le");

export const hostileBodies: Readonly<Record<string, readonly [status: number, body: () => string | Buffer]>> =
  {
    nothing: [400, () => ""],
    "a space": [400, () => " "],
    "an open brace": [400, () => "{"],
    "an update that is cut off": [400, () => `{"update_id": ${id()}, "message": {"text": "hunter2`],
    "two updates": [400, () => `{"update_id": ${id()}}{"update_id": ${id()}}`],
    "a comma too many": [400, () => `{"update_id": ${id()},}`],
    "single quotes": [400, () => `{'update_id': ${id()}}`],
    "a comment": [400, () => `/* hunter2 */ {"update_id": ${id()}}`],
    "no quotes": [400, () => `{update_id: ${id()}}`],
    NaN: [400, () => `{"update_id": NaN}`],
    Infinity: [400, () => `{"update_id": -Infinity}`],
    "1e400": [400, () => `{"update_id": 1e400}`],
    "a number of 100 000 digits": [400, () => `{"update_id": ${"1".repeat(100_000)}}`],
    "a number with a zero before it": [400, () => `{"update_id": 01}`],
    "a number with a plus": [400, () => `{"update_id": +1}`],
    "a number in hex": [400, () => `{"update_id": 0x10}`],
    "a number as a power": [200, () => `{"update_id": ${id()}e0}`],
    "a control character in a text": [400, () => `{"update_id": ${id()}, "x": "a\nb"}`],
    "an escape that there is not": [400, () => `{"update_id": ${id()}, "x": "\\x41"}`],
    "half of an escape": [400, () => `{"update_id": ${id()}, "x": "\\u12"}`],
    "lone halves of a pair": [200, () => `{"update_id": ${id()}, "x": "\\ud800\\udc00\\udfff"}`],
    "a NUL in a text": [200, () => `{"update_id": ${id()}, "x": "\\u0000"}`],
    "a NUL behind it": [400, () => `{"update_id": ${id()}}\0`],
    "bytes that are no UTF-8": [
      200,
      () =>
        Buffer.concat([
          Buffer.from(`{"update_id": ${id()}, "x": "`),
          Buffer.from([0xff, 0xc0, 0x80]),
          Buffer.from(`"}`),
        ]),
    ],
    "a mark before it": [200, () => `\ufeff{"update_id": ${id()}}`],
    "UTF-16": [400, () => wide(`{"update_id": ${id()}}`)],
    "UTF-16 with a mark": [400, () => wide(`\ufeff{"update_id": ${id()}}`)],
    "the same key twice": [200, () => `{"update_id": "hunter2", "update_id": ${id()}}`],
    __proto__: [400, () => `{"update_id": ${id()}, "__proto__": {"message": 1}}`],
    "__proto__ in an object of it": [400, () => `{"update_id": ${id()}, "message": {"__proto__": {"x": 1}}}`],
    "__proto__ in other letters": [400, () => `{"update_id": ${id()}, "\\u005f_proto__": {"x": 1}}`],
    "a prototype of a constructor": [
      400,
      () => `{"update_id": ${id()}, "constructor": {"prototype": {"x": 1}}}`,
    ],
    "an array in 100 000 others": [400, () => deep(100_000)],
    "the same in an update": [200, () => `{"update_id": ${id()}, "x": ${deep(100_000)}}`],
    "100 000 keys": [
      200,
      () => `{"update_id": ${id()}${Array.from({ length: 100_000 }, (_, n) => `,"${n}":0`).join("")}}`,
    ],
    "a list": [400, () => `[{"update_id": ${id()}}]`],
    "a text": [400, () => `"hunter2"`],
    null: [400, () => "null"],
    "a form": [400, () => `update_id=${id()}`],
  };
