package dev.whistler.testbed.simulator;

import dev.whistler.crds.Group;

/** Where our kinds are in the API. */
final class Paths {
  private static final String OURS = "/apis/" + Group.NAME + "/" + Group.VERSION + "/";
  static final String NODES = OURS + "whistlernodes";
  static final String ARTIFACTS = OURS + "whistlerartifacts";
  static final String PROFILES = OURS + "kernelprofiles";

  private Paths() {}
}
