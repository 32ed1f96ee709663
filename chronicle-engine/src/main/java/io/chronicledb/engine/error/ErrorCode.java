package io.chronicledb.engine.error;

import java.util.Locale;

/**
 * What went wrong, in the words that every surface of Chronicle uses: the Java API, problem JSON, logs and metrics.
 * The wire name is the constant in lower case.
 */
public enum ErrorCode {
  /** The database, or the part that was called, is already closed. */
  CLOSED(Category.USER),
  /** Writing is switched off: opened read-only, or poisoned by a failed fsync until it is reopened. */
  READ_ONLY(Category.RESOURCES),
  /** Another process, or another database in this one, has the files open for writing. */
  LOCKED(Category.RESOURCES),
  /** A query text that does not parse, or does not make sense; carries a position. */
  INVALID_QUERY(Category.USER),
  /** A query ran longer than its time limit. */
  QUERY_TIMEOUT(Category.RESOURCES),
  /** A query was cancelled by its caller or an administrator. */
  QUERY_CANCELED(Category.USER),
  /** A query needs more memory, points or result rows than its limit. */
  QUERY_MEMORY_EXCEEDED(Category.RESOURCES),
  /** A point does not fit the declared schema. */
  SCHEMA_VIOLATION(Category.USER),
  /** A new series would pass a cardinality limit. */
  CARDINALITY_LIMIT(Category.RESOURCES),
  /** The disk, or the storage limit, is full. */
  STORAGE_FULL(Category.RESOURCES),
  /** Stored bytes are not what was written: a checksum, a magic number or an invariant does not hold. */
  CORRUPTION(Category.INTERNAL),
  /** Reading from storage failed. */
  STORAGE_READ(Category.EXTERNAL),
  /** Writing to storage failed. */
  STORAGE_WRITE(Category.EXTERNAL),
  /** An fsync of the write-ahead log failed; the log takes no more writes until it is reopened. */
  WAL_SYNC(Category.EXTERNAL),
  /** Understood, but not offered by this version. */
  UNSUPPORTED(Category.USER),
  /** Input that is malformed or outside of a limit. */
  BAD_DATA(Category.USER),
  /** A point lies before the raw data that is still kept. */
  TOO_OLD(Category.USER),
  /** A named thing does not exist. */
  NOT_FOUND(Category.USER),
  /** The caller did not say who it is. */
  UNAUTHORIZED(Category.USER),
  /** The caller may not do this. */
  FORBIDDEN(Category.USER),
  /** A queue or budget is full; trying again later may succeed. */
  OVERLOADED(Category.RESOURCES);

  /** Who can do something about an error. */
  public enum Category {
    /** The caller: the same call fails again. */
    USER,
    /** The operator, or time: memory, disk, quotas. */
    RESOURCES,
    /** Something outside of the process: disk, network. */
    EXTERNAL,
    /** Chronicle itself, or damaged data. */
    INTERNAL
  }

  private final Category category;

  ErrorCode(Category category) {
    this.category = category;
  }

  public Category category() {
    return category;
  }

  /** The name on the wire, for example {@code invalid_query}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
