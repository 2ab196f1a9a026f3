/** Works of one name are done one after the other, in the order in which they came; those of other names beside them. */
export class OneByOne {
  /** By name: the work that came last. */
  private readonly last = new Map<string, Promise<unknown>>();

  /** @throws what `work` throws: those behind it are done all the same */
  async do<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = Promise.allSettled([this.last.get(name)]).then(work);
    this.last.set(name, turn);
    try {
      return await turn;
    } finally {
      if (this.last.get(name) === turn) this.last.delete(name);
    }
  }
}
