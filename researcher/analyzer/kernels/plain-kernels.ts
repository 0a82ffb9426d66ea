import { plainBetween } from './between.ts';
import { BINS, type Kernels, SCAN_GROUP, scanIndex } from './kernels.ts';

/** The analyzer's inner loops in plain TypeScript. */
export const plainKernels: Kernels = {
  ...plainBetween,
  add({ data: sum }, sumAt, { data: values }, valuesAt, length) {
    for (let i = 0; i < length; i++) sum[sumAt + i]! += values[valuesAt + i]!;
  },
  dot({ data: a }, aAt, { data: b }, bAt, length) {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += a[aAt + i]! * b[bAt + i]!;
    return sum;
  },
  addWeighted({ data: values }, valuesAt, step, { data: weights }, weightsAt, count, { data: out }, outAt, length) {
    for (let i = 0; i < length; i++) {
      let sum = out[outAt + i]!;
      for (let k = 0; k < count; k++) {
        sum = Math.fround(sum + Math.fround(values[valuesAt + i + k * step]! * weights[weightsAt + k]!));
      }
      out[outAt + i] = sum;
    }
  },
  scan({ block, values }, first, count, { bytes: queries }, groups, { int32: least }, { int32: out }) {
    const rows = block.bytes;
    let found = 0;
    for (let query = 0; query < groups * SCAN_GROUP; query++) {
      for (let row = 0; row < count; row++) {
        let sum = 0;
        for (let i = 0, at = (first + row) * values; i < values; i++, at++) {
          sum += rows[at]! * queries[scanIndex(query, i, values)]!;
        }
        if (sum <= least[query]!) continue;
        out[2 * found] = query;
        out[2 * found + 1] = row;
        found++;
      }
    }
    return found;
  },
  products(
    { block, values: rowValues },
    { int32: at },
    from,
    count,
    { int16: other },
    otherAt,
    values,
    { int32: out },
  ) {
    const rows = block.int16;
    for (let i = from; i < from + count; i++) {
      const first = at[i]! * rowValues;
      let sum = 0;
      for (let k = 0; k < values; k++) sum += rows[first + k]! * other[otherAt + k]!;
      out[i] = sum;
    }
  },
  addCoherence({ values, energies, floor }, { int32: at }, count, piece, scale, { data: out }) {
    const [signal, query, sums] = [values.bytes, piece.values.bytes, energies.int32];
    const { size, bytes, zero } = piece;
    const [factor, least] = [Math.fround(scale), Math.fround(floor * size)];
    for (let i = 0; i < count; i++) {
      const place = at[i]!;
      let [re, im] = [-zero[0], -zero[1]];
      for (let k = 0; k < bytes; k++) {
        re += signal[2 * place + k]! * query[piece.at + k]!;
        im += signal[2 * place + k]! * query[piece.at + bytes + k]!;
      }
      const power = Math.fround(Math.fround(Math.fround(re * re) + Math.fround(im * im)) * factor);
      out[i]! += Math.fround(power / Math.max(least, sums[place + size]! - sums[place]!));
    }
  },
  multiply({ data: a }, aAt, { data: b }, bAt, { data: out }, outAt, length, scale) {
    for (let i = 0; i < length; i++) out[outAt + i] = a[aAt + i]! * b[bAt + i]! * scale;
  },
  top({ data: values }, length) {
    let top = 0;
    for (let i = 1; i < length; i++) if (values[i]! > values[top]!) top = i;
    return top;
  },
  topMagnitude({ data: values }, length) {
    let top = 0;
    for (let i = 1; i < length; i++) if (Math.abs(values[i]!) > Math.abs(values[top]!)) top = i;
    return top;
  },
  fromInt16({ int16: source }, { data: out }, length) {
    for (let i = 0; i < length; i++) out[i] = source[i]!;
  },
  toInt16({ data: values }, { int16: out }, length) {
    for (let i = 0; i < length; i++) {
      const value = values[i]!;
      const rounded = Math.round(value);
      const nearest = rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
      out[i] = Math.max(-32_768, Math.min(32_767, nearest));
    }
  },
  above({ data: values }, length, least, { int32: out }) {
    const limit = Math.fround(least);
    let found = 0;
    for (let i = 0; i < length; i++) if (values[i]! > limit) out[found++] = i;
    return found;
  },
  overlapAdd({ data: frame }, { data: tail }, { data: out }, length, scale) {
    for (let i = 0; i < length; i++) {
      out[i] = tail[i]! + frame[i]! * scale;
      tail[i] = frame[length + i]! * scale;
    }
  },
  powers({ data: x }, from, bands, powersAt) {
    x.fill(0, powersAt + BINS * bands, powersAt + BINS * bands + bands);
    for (let bin = 0; bin < BINS * bands; bin++) {
      const power = x[from + 2 * bin]! ** 2 + x[from + 2 * bin + 1]! ** 2;
      x[powersAt + bin] = power;
      x[powersAt + BINS * bands + Math.floor(bin / BINS)]! += power;
    }
  },
  agreement({ data: x }, { data: y }, from, bands, powersAt, { data: out }, chance) {
    let [common, most] = [0, 0];
    for (let band = 0; band < bands; band++) {
      let [re, im, both] = [0, 0, 0];
      for (let bin = band * BINS; bin < (band + 1) * BINS; bin++) {
        const k = from + 2 * bin;
        re += x[k]! * y[k]! + x[k + 1]! * y[k + 1]!;
        im += x[k + 1]! * y[k]! - x[k]! * y[k + 1]!;
        both += x[powersAt + bin]! * y[powersAt + bin]!;
      }
      const sums = powersAt + BINS * bands + band;
      const all = Math.sqrt(x[sums]! * y[sums]!);
      const expected = Math.min(all, chance * Math.sqrt(both));
      common += Math.sqrt(re * re + im * im) - expected;
      most += all - expected;
    }
    out[0] = common;
    out[1] = most;
  },
};
