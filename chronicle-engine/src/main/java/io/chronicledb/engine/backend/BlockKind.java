package io.chronicledb.engine.backend;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;

/** What a stored block is for. The id is part of the file format. */
public enum BlockKind {
  /** Samples: the format of {@code engine.block}. */
  DATA(1),
  /** A stretch of the series dictionary: the format of {@code engine.index}. */
  SERIES(2),
  /** A root's list of blocks: the format of {@code engine.backend.datafile}. */
  INDEX(3),
  /** Deletions that some data blocks still hold points of: the format of {@code engine.partition}. */
  TOMBSTONES(4),
  /** Exemplars of a stretch of the log: the format of {@code engine.exemplar}. */
  EXEMPLARS(5),
  /** What is known of metrics and measurements: the format of {@code engine.metadata}. */
  METADATA(6);

  private final int id;

  BlockKind(int id) {
    this.id = id;
  }

  public int id() {
    return id;
  }

  public static BlockKind of(int id) {
    for (BlockKind kind : values()) {
      if (kind.id == id) {
        return kind;
      }
    }
    throw new ChronicleException(
        ErrorCode.UNSUPPORTED, "block kind " + id + " is unknown to this version of Chronicle");
  }
}
