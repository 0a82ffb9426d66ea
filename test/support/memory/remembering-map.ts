/** A map that still knows what was there before the last change of a key: what a replica that is behind would answer. */
export class RememberingMap<Key, Value> extends Map<Key, Value> {
  private readonly earlier = new Map<Key, Value | undefined>();

  override set(key: Key, value: Value): this {
    // A Map sets what it is made of before its own fields are there.
    this.earlier?.set(key, this.get(key));
    return super.set(key, value);
  }

  before(key: Key): Value | undefined {
    return this.earlier.get(key);
  }
}
