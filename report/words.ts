/** Names that come again and again, each kept once. */
export class Words {
  readonly list: string[] = [];
  private readonly indexes = new Map<string, number>();

  index(word: string): number {
    const known = this.indexes.get(word);
    if (known !== undefined) return known;
    this.indexes.set(word, this.list.length);
    return this.list.push(word) - 1;
  }
}
