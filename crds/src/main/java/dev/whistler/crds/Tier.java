package dev.whistler.crds;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a program may do to the system it watches (language.md section 19.8). */
public enum Tier {
  /** Only look. */
  @JsonProperty("observe")
  OBSERVE,
  /** Also decide about packets, calls and signals. */
  @JsonProperty("act")
  ACT,
  /** Everything the kernel allows. */
  @JsonProperty("unrestricted")
  UNRESTRICTED
}
