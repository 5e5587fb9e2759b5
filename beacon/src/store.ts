/** The part of `localStorage` that the beacon uses. */
export type TextStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** `localStorage` where the page may use it, else memory that lives as long as the page. */
export function openStore(): TextStore {
  try {
    const store = localStorage;
    store.setItem('vitrine:test', '1');
    store.removeItem('vitrine:test');
    return store;
  } catch {
    return memoryStore();
  }
}

function memoryStore(): TextStore {
  const texts = new Map<string, string>();
  return {
    get length() {
      return texts.size;
    },
    key: (index) => [...texts.keys()][index] ?? null,
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, text) => void texts.set(key, text),
    removeItem: (key) => void texts.delete(key),
  };
}
