/** rests have the ids behind the greatest that an order can have; each shard has so many of them. */
export const restsOfAShard = 2 ** 40;
