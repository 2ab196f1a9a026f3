// Who looks, in which language. The key is kept as long as the tab is open, the language for the next time too.

export type Language = 'en' | 'zh';

export interface Me {
  readonly participantId: number;
  readonly name: string;
  readonly roles: readonly string[];
}

const storedKey = 'exchange-key';
const storedLanguage = 'exchange-language';

export const key = (): string | undefined => sessionStorage.getItem(storedKey) ?? undefined;
export const language = (): Language => {
  const chosen = localStorage.getItem(storedLanguage) ?? navigator.language;
  return chosen.startsWith('zh') ? 'zh' : 'en';
};

export function signIn(secret: string): void {
  sessionStorage.setItem(storedKey, secret);
}

export function signOut(): void {
  sessionStorage.removeItem(storedKey);
}

export function speak(chosen: Language): void {
  localStorage.setItem(storedLanguage, chosen);
}

/** In the language of who looks. */
export const said = (english: string, chinese: string): string => (language() === 'zh' && chinese ? chinese : english);
