package io.chronicledb.app.it;

import io.chronicledb.app.it.RandomPromQl.Question;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What Prometheus 3, which Chronicle follows, answers differently from 2.42: the only differences that are none. */
enum VersionRule {
  /** Version 3 takes a number of seconds wherever a duration stands. */
  NUMBER_AS_DURATION("queue offset 5") {
    @Override
    boolean explains(Question question, PromQlAnswer chronicle, PromQlAnswer prometheus) {
      return prometheus.status() == 400 && !chronicle.isError();
    }
  };

  private final Pattern expressions;

  /** @param expressions a pattern that is found in those that the rule goes for */
  VersionRule(String expressions) {
    this.expressions = Pattern.compile(expressions);
  }

  abstract boolean explains(Question question, PromQlAnswer chronicle, PromQlAnswer prometheus);

  /** The rule that explains a difference; null if none does. */
  static @Nullable VersionRule of(
      Question question, PromQlAnswer chronicle, PromQlAnswer prometheus) {
    for (VersionRule rule : values()) {
      if (rule.expressions.matcher(question.expression()).find()
          && rule.explains(question, chronicle, prometheus)) {
        return rule;
      }
    }
    return null;
  }
}
