package dev.whistler.bpf.map;

/** What an update does about an entry that is or is not there (BPF_ANY, BPF_NOEXIST, BPF_EXIST). */
public enum UpdateMode {
  /** Insert or replace. */
  ANY,
  /** Insert; fails with EEXIST if the key is there. */
  INSERT,
  /** Replace; fails with ENOENT if the key is not there. */
  REPLACE
}
