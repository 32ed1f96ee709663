package io.chronicledb.app.it;

import io.chronicledb.app.it.RandomPromQl.Question;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What Prometheus 3, which Chronicle follows, answers differently from 2.42, and the few places where Prometheus of every version contradicts
 * itself: the only differences that are none. {@link OlderPromQl} has those that another expression makes up for.
 */
enum VersionRule {
  /** Version 3 takes a number for a duration, a duration for a number, and the bounds of the query for functions. */
  NEW_SYNTAX("^(queue offset 5|5m|start\\(\\))$") {
    @Override
    boolean explains(Question question, PromQlAnswer chronicle, PromQlAnswer prometheus) {
      return prometheus.status() == 400 && !chronicle.isError();
    }
  },
  /** In 2.42 {@code atan2} was forgotten among the operators that remove the name of the metric. */
  NAME_AFTER_ATAN2("atan2") {
    @Override
    boolean explains(Question question, PromQlAnswer chronicle, PromQlAnswer prometheus) {
      return question
              .difference(chronicle.withoutNames(), prometheus.withoutNames())
              .isEmpty()
          || chronicle.message().contains("same labelset")
              && question.expression().contains("__name__");
    }

    @Override
    int countMax(int expressions) {
      return RARE + expressions / 50;
    }
  },
  /**
   * Chronicle removes names at the end, as version 3 can: two metrics are one from the first function on, or from the last. A range over both in
   * turn is one or two.
   */
  NAME_REMOVED_EARLY("__name__=~| or ") {
    @Override
    boolean explains(Question question, PromQlAnswer chronicle, PromQlAnswer prometheus) {
      return chronicle.message().contains("same labelset") && !prometheus.isError()
          || prometheus.message().contains("same labelset") && !chronicle.isError()
          || question.expression().matches(".* or .*\\[[^]]*:.*")
              && chronicle.status() == prometheus.status();
    }
  },
  /**
   * The sum and the mean of -0 are 0 in version 3, and which of 0 and -0 is the larger is for the order of the series to decide. Reciprocals and
   * angles tell.
   */
  SIGN_OF_ZERO("^(?=.*weird)(?=.*(sum|avg|min|max))(?=.*(/|atan2))") {
    @Override
    boolean explains(Question question, PromQlAnswer chronicle, PromQlAnswer prometheus) {
      return chronicle.status() == prometheus.status();
    }
  },
  /** Version 3 takes classic histograms, 2.42 native ones only. */
  FRACTION_OF_BUCKETS("histogram_fraction\\(.*latency_") {
    @Override
    boolean explains(Question question, PromQlAnswer chronicle, PromQlAnswer prometheus) {
      return !prometheus.isError();
    }
  },
  /** Version 3 takes buckets that are equal but for rounding as equal, which the upper quantiles tell. */
  EQUAL_BUCKETS("histogram_quantile\\(.*(rate|increase|sum)") {
    @Override
    boolean explains(Question question, PromQlAnswer chronicle, PromQlAnswer prometheus) {
      return chronicle.status() == prometheus.status();
    }
  },
  /**
   * Where another argument changes with the instant, 2.42 moves a range with a fixed time all the same. That goes for instants within a query,
   * of a subquery too.
   */
  FIXED_RANGE_MOVED("(predict_linear|quantile_over_time|double_exponential_smoothing)\\(.*@") {
    @Override
    boolean explains(Question question, PromQlAnswer chronicle, PromQlAnswer prometheus) {
      return !question.isInstant() || question.expression().contains(":");
    }
  },
  /** A dot in a regular expression is any character in version 3; in 2.42 it was none that ends a line. */
  DOT_AT_LINE_END("\"path\", \"/\\(\\.\\)") {
    @Override
    boolean explains(Question question, PromQlAnswer chronicle, PromQlAnswer prometheus) {
      return chronicle.message().contains("same labelset");
    }
  },
  /** In 2.42 a string in parentheses was an internal error at one instant. */
  TEXT_IN_PARENTHESES("^\\(\"a\"\\)$") {
    @Override
    boolean explains(Question question, PromQlAnswer chronicle, PromQlAnswer prometheus) {
      return prometheus.message().contains("unexpected result in StepInvariantExpr");
    }
  },
  /** A time before a range is an error, of which 2.42 overlooks {@code start()} and {@code end()}. */
  TIME_BEFORE_RANGE("@ start\\(\\) \\[") {
    @Override
    boolean explains(Question question, PromQlAnswer chronicle, PromQlAnswer prometheus) {
      return chronicle.message().contains("no @ modifiers allowed before range");
    }
  },
  /** Sums that overflow or meet infinity stay infinite in version 3; the compensation of 2.42 made NaN of them. */
  COMPENSATION_OF_INFINITY("_over_time|predict_linear|deriv") {
    @Override
    boolean explains(Question question, PromQlAnswer chronicle, PromQlAnswer prometheus) {
      return question
          .difference(chronicle.withNanOf(prometheus), prometheus.withNanOf(chronicle))
          .isEmpty();
    }
  },
  /** Prometheus overlooks {@code start()} and {@code end()} in the parameter of an aggregation, and moves other fixed times there. */
  TIME_IN_PARAMETER("quantile( by| without|\\() ?.*scalar\\(.*@") {
    @Override
    boolean explains(Question question, PromQlAnswer chronicle, PromQlAnswer prometheus) {
      return chronicle.status() == prometheus.status();
    }
  },
  /** Prometheus loses a fixed time in a subquery with one, within a further subquery, if both subqueries begin at the same instant. */
  TIME_IN_SUBQUERIES("@.*\\[[^]]*:[^]]*\\][^(]*@.*\\[[^]]*:") {
    @Override
    boolean explains(Question question, PromQlAnswer chronicle, PromQlAnswer prometheus) {
      return !prometheus.isError();
    }
  },
  /** Prometheus forgets the offset of a selector with a fixed time within {@code timestamp()}. */
  OFFSET_OF_TIMESTAMP("timestamp\\([^()]*(@.*offset|offset.*@)") {
    @Override
    boolean explains(Question question, PromQlAnswer chronicle, PromQlAnswer prometheus) {
      return chronicle.status() == prometheus.status();
    }
  },
  /** That only one series may match, version 3 requires of all pairs; 2.42 of those that the comparison kept. */
  MATCHES_BEFORE_FILTER("==|!=|>|<") {
    @Override
    boolean explains(Question question, PromQlAnswer chronicle, PromQlAnswer prometheus) {
      return !prometheus.isError() && chronicle.message().contains("multiple matches for labels");
    }
  };

  /** So few may be chance among however few expressions. */
  private static final int RARE = 5;

  private final Pattern expressions;

  /** @param expressions a pattern that is found in those that the rule goes for */
  VersionRule(String expressions) {
    this.expressions = Pattern.compile(expressions);
  }

  abstract boolean explains(Question question, PromQlAnswer chronicle, PromQlAnswer prometheus);

  /** How many differences this may explain: with more, it hides what it was not made for. */
  int countMax(int expressions) {
    return RARE + expressions / 500;
  }

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
