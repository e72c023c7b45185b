package dev.whistler.runtime.decode;

/** How 64-bit numbers beyond ±(2^53 − 1) appear in JSON (language §9.8). */
public enum WideNumbers {
  /** As numbers; readers that use floating point lose digits. */
  NUMBER,
  /** As decimal text. */
  STRING
}
