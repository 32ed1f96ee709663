package io.chronicledb.engine.query.promql;

/** The four types of PromQL. */
public enum ValueType {
  /** One number at every step. */
  SCALAR("scalar", "scalar"),
  /** One sample of each of a set of series at every step. */
  VECTOR("vector", "instant vector"),
  /** A range of samples of each of a set of series at every step. */
  MATRIX("matrix", "range vector"),
  /** A constant text. */
  STRING("string", "string");

  private final String wireName;
  private final String documentedName;

  ValueType(String wireName, String documentedName) {
    this.wireName = wireName;
    this.documentedName = documentedName;
  }

  /** As in the results of the Prometheus API, for example {@code matrix}. */
  public String wireName() {
    return wireName;
  }

  /** As in documentation and error messages, for example {@code range vector}. */
  public String documentedName() {
    return documentedName;
  }
}
