import { ComputeClass, Unit } from '#domain';

/** Both tiers of a product are in one shard. */
export interface Product {
  readonly computeClass: number;
  readonly model: string;
  readonly unit: number;
}

/** The products of a shard: of a class, of a model of it, or one; what is not said is any. */
export interface ShardRule {
  readonly computeClass: ComputeClass;
  /** Empty: any. */
  readonly model: string;
  /** 0: any. */
  readonly unit: Unit | 0;
  readonly shard: number;
}

/** Shards that a market may have. */
const shardsMax = 64;

/** Which books lie in which shard. What no rule names is of shard 0. */
export class ShardTable {
  private constructor(
    readonly count: number,
    readonly rules: readonly ShardRule[],
  ) {}

  /**
   * `text`: for each shard from 1 on its products, as `CLASS`, `CLASS/MODEL` or `CLASS/MODEL/UNIT` with commas between, and a semicolon between shards; '' has shard 0 alone, a shard without products has no books.
   * @throws Error naming the rule that the text breaks
   */
  static read(text: string): ShardTable {
    const shards = text.trim() === '' ? [] : text.split(';');
    if (shards.length >= shardsMax) throw new Error(`EXCHANGE_SHARDS: shards_must_be_at_most_${shardsMax}`);
    const rules = shards.flatMap((products, index) =>
      products.trim() === '' ? [] : products.split(',').map((product) => ruleOf(product.trim(), index + 1)),
    );
    const names = rules.map(nameOf);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new Error(`EXCHANGE_SHARDS: shard_table_must_name_each_product_once: ${twice}`);
    return new ShardTable(shards.length + 1, rules);
  }

  /** By the rule that says most. */
  shardOf({ computeClass, model, unit }: Product): number {
    let found: ShardRule | undefined;
    for (const rule of this.rules) {
      if (rule.computeClass !== computeClass || (rule.model && rule.model !== model) || (rule.unit && rule.unit !== unit)) continue;
      if (!found || weightOf(rule) > weightOf(found)) found = rule;
    }
    return found?.shard ?? 0;
  }

  /** The one shard that all books of the class lie in, also those that are not there yet; undefined where the class is divided. */
  shardOfClass(computeClass: number): number | undefined {
    const whole = this.shardOf({ computeClass, model: '', unit: 0 });
    const isDivided = this.rules.some((rule) => rule.computeClass === computeClass && rule.shard !== whole);
    return isDivided ? undefined : whole;
  }
}

const weightOf = ({ model, unit }: ShardRule): number => (model ? 1 : 0) + (unit ? 1 : 0);

const nameOf = ({ computeClass, model, unit }: ShardRule): string => `${computeClass}/${model}/${unit}`;

function ruleOf(text: string, shard: number): ShardRule {
  const [className = '', model = '', unitName, ...rest] = text.split('/');
  const computeClass = ComputeClass[className as keyof typeof ComputeClass] as ComputeClass | undefined;
  const unit = unitName === undefined ? 0 : (Unit[unitName as keyof typeof Unit] as Unit | undefined);
  if (computeClass === undefined || unit === undefined || rest.length > 0 || (unitName !== undefined && model === ''))
    throw new Error(`EXCHANGE_SHARDS: shard_table_must_name_products: '${text}' is none of CLASS, CLASS/MODEL and CLASS/MODEL/UNIT`);
  return { computeClass, model, unit, shard };
}
