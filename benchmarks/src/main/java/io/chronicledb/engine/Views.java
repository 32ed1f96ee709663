package io.chronicledb.engine;

import io.chronicledb.engine.read.ReadView;

/** What the engine keeps to itself and a measurement below the query languages needs; in the engine's package for that reason alone. */
public final class Views {

  private Views() {}

  /** All points of a database as they are now. The caller closes the view. */
  public static ReadView of(ChronicleDatabase database) {
    return database.view();
  }
}
