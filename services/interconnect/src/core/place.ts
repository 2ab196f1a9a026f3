// Where a region is, as far as its code tells: the province's name and its seat of government.

interface Place {
  readonly name: string;
  /** Latitude and longitude in degrees. */
  readonly geolocation: string;
}

/** By the first two digits of GB/T 2260. */
const provinces: Readonly<Record<number, readonly [name: string, latitude: string, longitude: string]>> = {
  11: ['Beijing', '39.90', '116.41'],
  12: ['Tianjin', '39.08', '117.20'],
  13: ['Hebei', '38.04', '114.51'],
  14: ['Shanxi', '37.87', '112.55'],
  15: ['Inner Mongolia', '40.84', '111.75'],
  21: ['Liaoning', '41.80', '123.43'],
  22: ['Jilin', '43.82', '125.32'],
  23: ['Heilongjiang', '45.80', '126.53'],
  31: ['Shanghai', '31.23', '121.47'],
  32: ['Jiangsu', '32.06', '118.80'],
  33: ['Zhejiang', '30.27', '120.16'],
  34: ['Anhui', '31.82', '117.23'],
  35: ['Fujian', '26.07', '119.30'],
  36: ['Jiangxi', '28.68', '115.86'],
  37: ['Shandong', '36.65', '117.12'],
  41: ['Henan', '34.75', '113.63'],
  42: ['Hubei', '30.59', '114.31'],
  43: ['Hunan', '28.23', '112.94'],
  44: ['Guangdong', '23.13', '113.26'],
  45: ['Guangxi', '22.82', '108.32'],
  46: ['Hainan', '20.04', '110.20'],
  50: ['Chongqing', '29.56', '106.55'],
  51: ['Sichuan', '30.57', '104.07'],
  52: ['Guizhou', '26.65', '106.63'],
  53: ['Yunnan', '24.88', '102.83'],
  54: ['Tibet', '29.65', '91.14'],
  61: ['Shaanxi', '34.34', '108.94'],
  62: ['Gansu', '36.06', '103.83'],
  63: ['Qinghai', '36.62', '101.78'],
  64: ['Ningxia', '38.49', '106.23'],
  65: ['Xinjiang', '43.83', '87.62'],
  71: ['Taiwan', '25.03', '121.57'],
  81: ['Hong Kong', '22.32', '114.17'],
  82: ['Macao', '22.20', '113.54'],
};

/** @param region of six digits; undefined: no province's */
export function placeOf(region: number): Place | undefined {
  const province = provinces[Math.floor(region / 10_000)];
  return province && { name: province[0], geolocation: `${province[1]},${province[2]}` };
}
