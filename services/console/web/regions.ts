// Names of administrative codes (GB/T 2260): the provinces, and those cities and districts that hubs and plans name.

type Name = readonly [english: string, chinese: string];

/** By the whole code. */
const names: Readonly<Record<number, Name>> = {
  110000: ['Beijing', '北京市'],
  120000: ['Tianjin', '天津市'],
  130000: ['Hebei', '河北省'],
  130100: ['Shijiazhuang', '石家庄市'],
  140000: ['Shanxi', '山西省'],
  150000: ['Inner Mongolia', '内蒙古自治区'],
  150100: ['Hohhot', '呼和浩特市'],
  210000: ['Liaoning', '辽宁省'],
  220000: ['Jilin', '吉林省'],
  230000: ['Heilongjiang', '黑龙江省'],
  310000: ['Shanghai', '上海市'],
  320000: ['Jiangsu', '江苏省'],
  320100: ['Nanjing', '南京市'],
  321000: ['Yangzhou', '扬州市'],
  330000: ['Zhejiang', '浙江省'],
  330100: ['Hangzhou', '杭州市'],
  330106: ['Xihu', '西湖区'],
  330108: ['Binjiang', '滨江区'],
  330110: ['Yuhang', '余杭区'],
  330200: ['Ningbo', '宁波市'],
  340000: ['Anhui', '安徽省'],
  350000: ['Fujian', '福建省'],
  360000: ['Jiangxi', '江西省'],
  370000: ['Shandong', '山东省'],
  410000: ['Henan', '河南省'],
  410100: ['Zhengzhou', '郑州市'],
  420000: ['Hubei', '湖北省'],
  430000: ['Hunan', '湖南省'],
  440000: ['Guangdong', '广东省'],
  450000: ['Guangxi', '广西壮族自治区'],
  460000: ['Hainan', '海南省'],
  500000: ['Chongqing', '重庆市'],
  500103: ['Yuzhong', '渝中区'],
  500109: ['Beibei', '北碚区'],
  510000: ['Sichuan', '四川省'],
  510100: ['Chengdu', '成都市'],
  510104: ['Jinjiang', '锦江区'],
  510700: ['Mianyang', '绵阳市'],
  520000: ['Guizhou', '贵州省'],
  530000: ['Yunnan', '云南省'],
  540000: ['Tibet', '西藏自治区'],
  610000: ['Shaanxi', '陕西省'],
  620000: ['Gansu', '甘肃省'],
  630000: ['Qinghai', '青海省'],
  640000: ['Ningxia', '宁夏回族自治区'],
  650000: ['Xinjiang', '新疆维吾尔自治区'],
  650500: ['Hami', '哈密市'],
  710000: ['Taiwan', '台湾省'],
  810000: ['Hong Kong', '香港特别行政区'],
  820000: ['Macao', '澳门特别行政区'],
};

/** Those that have names. */
export const regionCodes: readonly number[] = Object.keys(names).map(Number);

/** District, city and province as far as they are known; what is not stands as its code behind the rest. */
export function regionName(code: number): Name {
  const places = [...new Set([code - (code % 10_000), code - (code % 100), code])];
  const known = places.flatMap((place) => (names[place] ? [names[place]] : []));
  const rest = names[code] ? [] : [String(code)];
  return [
    [...known.map(([english]) => english).reverse(), ...rest].join(', '),
    [known.map(([, chinese]) => chinese).join(''), ...rest].filter(Boolean).join(' '),
  ];
}
