/** In place of `hyparquet-compressors`: no codecs beyond Snappy, which `hyparquet` has itself. */
export const compressors = {};
