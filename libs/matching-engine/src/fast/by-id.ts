const nearIds = 131_072;

/** Objects by their ids, which the registry counts from 1: what is near costs a look into an array. */
export class ById<T> {
  private readonly near: (T | undefined)[] = [];
  private readonly far = new Map<number, T>();

  get(id: number): T | undefined {
    return id < nearIds ? this.near[id] : this.far.get(id);
  }

  /** id: a positive integer. */
  set(id: number, value: T): void {
    if (id >= nearIds) this.far.set(id, value);
    else {
      while (this.near.length <= id) this.near.push(undefined);
      this.near[id] = value;
    }
  }
}
