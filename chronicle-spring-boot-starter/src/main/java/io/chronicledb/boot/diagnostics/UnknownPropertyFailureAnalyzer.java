package io.chronicledb.boot.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Names every unknown key, where it stands, and the nearest known one. */
final class UnknownPropertyFailureAnalyzer
    extends AbstractFailureAnalyzer<UnknownPropertyException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, UnknownPropertyException cause) {
    return new FailureAnalysis(
        String.valueOf(cause.getMessage()),
        "Correct the name, or remove the property: this version of Chronicle would ignore it.",
        cause);
  }
}
