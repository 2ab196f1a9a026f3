/** ids of sites and pools on other platforms are from here on; the registry's are below. */
export const firstRemoteId = 1_000_000_000;

export const isRemote = (poolId: number): boolean => poolId >= firstRemoteId;

/** The partner on whose platform the pool lies, who is its provider; 0: it lies here. */
export const platformOf = (poolId: number, providerId: number): number => (isRemote(poolId) ? providerId : 0);
