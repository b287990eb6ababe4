/** As much of the wire format of Protocol Buffers as a migration URI needs: varints and what has a length. */

/** A field: `value` is the number of a varint, unsigned in 64 bits, or the bytes of what has a length. */
export interface Field {
  number: number;
  value: bigint | Uint8Array<ArrayBuffer>;
}

/** The fields of a message in order; those of fixed width, which we know none of, are left out. Undefined: damaged. */
export function readMessage(bytes: Uint8Array<ArrayBuffer>): Field[] | undefined {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = readVarint(bytes, at);
    if (tag === undefined) return undefined;
    const [number, wireType] = [Number(tag.value >> 3n), Number(tag.value & 7n)];
    if (number === 0) return undefined;
    at = tag.end;
    if (wireType === 0) {
      const varint = readVarint(bytes, at);
      if (varint === undefined) return undefined;
      fields.push({ number, value: varint.value });
      at = varint.end;
    } else if (wireType === 2) {
      const length = readVarint(bytes, at);
      if (length === undefined || length.value > bytes.length - length.end) return undefined;
      at = length.end + Number(length.value);
      fields.push({ number, value: bytes.slice(length.end, at) });
    } else if (wireType === 1 || wireType === 5) {
      at += wireType === 1 ? 8 : 4;
      if (at > bytes.length) return undefined;
    } else {
      // Groups, which nobody has written for this, and what is no wire type at all.
      return undefined;
    }
  }
  return fields;
}

/** Of at most ten bytes, cut to 64 bits. */
function readVarint(bytes: Uint8Array, start: number): { value: bigint; end: number } | undefined {
  let value = 0n;
  for (let i = 0; i < 10; i += 1) {
    const byte = bytes[start + i];
    if (byte === undefined) return undefined;
    value |= BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) return { value: BigInt.asUintN(64, value), end: start + i + 1 };
  }
  return undefined;
}

/** A field with a number, a text (in UTF-8) or bytes. Negative numbers take ten bytes, as in int32 and int64. */
export function writeField(number: number, value: number | string | Uint8Array): number[] {
  if (typeof value === 'number') {
    return [...writeVarint(BigInt(number << 3)), ...writeVarint(BigInt.asUintN(64, BigInt(value)))];
  }
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return [...writeVarint(BigInt((number << 3) | 2)), ...writeVarint(BigInt(bytes.length)), ...bytes];
}

function writeVarint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}
