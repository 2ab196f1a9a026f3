/** What a plain bid takes, piece by piece, and the best that it does not take (R-20; -1: none). One is used again and again. */
export class Taken {
  count = 0;
  next = -1;
  offers = new Int32Array(64);
  units = new Int32Array(64);
  /** Blocks of pairs of node and units. */
  nodes = new Int32Array(64);
  nodeCounts = new Int32Array(64);

  push(offer: number, units: number, nodes: number, nodeCount: number): void {
    if (this.count === this.offers.length) this.grow();
    this.offers[this.count] = offer;
    this.units[this.count] = units;
    this.nodes[this.count] = nodes;
    this.nodeCounts[this.count++] = nodeCount;
  }

  private grow(): void {
    const double = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(2 * old.length);
      larger.set(old);
      return larger;
    };
    this.offers = double(this.offers);
    this.units = double(this.units);
    this.nodes = double(this.nodes);
    this.nodeCounts = double(this.nodeCounts);
  }
}
