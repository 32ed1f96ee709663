package io.chronicledb.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.app.it.RandomPromQl.Question;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random expressions over random series must have the same answers, errors among them, in Chronicle as in a real Prometheus 2.42, but for
 * what {@link VersionRule} lists as changed in version 3. Both get the same bodies of remote write.
 *
 * <p>{@code -Dpromql.expressions} says how many; more than 5,000 are for a run by itself, each with another seed. {@code -Dseed} repeats a run. The package
 * {@code prometheus} must be installed; without it the test is skipped, but fails where {@code CI} is set.
 */
class PromQlDifferentialIT {

  private static final int EXPRESSIONS_OF_A_BUILD = 5_000;
  private static final int EXPRESSIONS =
      Integer.getInteger("promql.expressions", EXPRESSIONS_OF_A_BUILD);
  /** Always the same in an ordinary build, which is not the place to learn of a rare difference between versions. */
  private static final long SEED =
      Long.getLong("seed", EXPRESSIONS > EXPRESSIONS_OF_A_BUILD ? System.nanoTime() : 1);

  private static final double NON_EMPTY_MIN = 0.6;
  private static final int FAILURES_SHOWN = 40;
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private final Map<VersionRule, Integer> explained = new EnumMap<>(VersionRule.class);
  private final List<String> failures = new ArrayList<>();

  @TempDir
  Path directory;

  @Test
  void answersRandomExpressionsAsPrometheusDoes() throws Exception {
    Programs.require("PromQlDifferentialIT", "prometheus");
    System.out.printf("promql differential: -Dseed=%d%n", SEED);
    var data = new PromQlData(new Random(SEED));
    int port = LoopbackPorts.free();
    try (var chronicle = new ServerProcess(directory);
        var prometheus = startPrometheus(port)) {
      chronicle.start();
      var reference = new Http(port);
      Await.until("Prometheus answers", START_LIMIT, () -> {
        if (!prometheus.isAlive()) {
          throw new AssertionError("Prometheus has ended" + prometheus.outputTail());
        }
        return reference.answers("/-/ready");
      });
      write(data.messages(), reference, chronicle.http());
      long nonEmpty = 0;
      long errors = 0;
      for (int number = 0; number < EXPRESSIONS; number++) {
        Question question = new RandomPromQl(new Random(SEED + number)).next();
        PromQlAnswer expected = ask(reference, question, OlderPromQl.of(question.expression()));
        PromQlAnswer answer = ask(chronicle.http(), question, question.expression());
        compare(number, question, answer, expected);
        nonEmpty += expected.isEmpty() ? 0 : 1;
        errors += expected.isError() ? 1 : 0;
      }
      double share = (double) nonEmpty / EXPRESSIONS;
      System.out.printf(
          Locale.ROOT,
          "promql differential: %d expressions over %d series with %d samples, %.1f %% not empty, %d errors,"
              + " %d differences, rules: %s%n",
          EXPRESSIONS,
          data.seriesCount(),
          data.sampleCount(),
          100 * share,
          errors,
          failures.size(),
          explained);
      assertThat(failures)
          .as("-Dseed=%s -Dpromql.expressions=%s", SEED, EXPRESSIONS)
          .isEmpty();
      explained.forEach((rule, count) ->
          assertThat(count).as("%s", rule).isLessThanOrEqualTo(rule.countMax(EXPRESSIONS)));
      assertThat(share).as("share of answers that are not empty").isGreaterThan(NON_EMPTY_MIN);
    }
  }

  /** A third of the data ends up compacted, a third flushed, a third in memory. */
  private static void write(List<byte[]> messages, Http reference, Http chronicle)
      throws IOException, InterruptedException {
    int third = messages.size() / 3;
    for (int i = 0; i < messages.size(); i++) {
      reference.remoteWrite(messages.get(i));
      chronicle.remoteWrite(messages.get(i));
      if (i == third || i == 2 * third) {
        String maintenance = i == third ? "compact" : "flush";
        assertThat(chronicle.form("/admin/api/" + maintenance, Map.of()).statusCode())
            .as(maintenance)
            .isBetween(200, 204);
      }
    }
  }

  private void compare(int number, Question question, PromQlAnswer answer, PromQlAnswer expected) {
    String difference = question.difference(answer, expected);
    if (difference.isEmpty()) {
      return;
    }
    VersionRule rule = VersionRule.of(question, answer, expected);
    if (rule != null) {
      explained.merge(rule, 1, Integer::sum);
      return;
    }
    failures.add(
        failures.size() >= FAILURES_SHOWN
            ? question.expression()
            : String.join(
                "\n",
                "",
                "expression " + number + ": " + question.expression(),
                "from " + question.start() + " to " + question.end() + " step " + question.step(),
                difference,
                "Chronicle:  " + answer,
                "Prometheus: " + expected));
  }

  private static PromQlAnswer ask(Http server, Question question, String expression)
      throws IOException, InterruptedException {
    return PromQlAnswer.of(
        question.isInstant()
            ? server.form(
                "/api/v1/query", Map.of("query", expression, "time", seconds(question.start())))
            : server.form(
                "/api/v1/query_range",
                Map.of(
                    "query",
                    expression,
                    "start",
                    seconds(question.start()),
                    "end",
                    seconds(question.end()),
                    "step",
                    seconds(question.step()))));
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%d.%03d", millis / 1000, millis % 1000);
  }

  private ChildProcess startPrometheus(int port) throws IOException {
    Path configuration = directory.resolve("prometheus.yml");
    Files.writeString(configuration, "global: {}\n");
    return ChildProcess.start(
        "prometheus",
        directory.resolve("prometheus.log"),
        List.of(
            "prometheus",
            "--config.file=" + configuration,
            "--storage.tsdb.path=" + directory.resolve("prometheus"),
            "--web.enable-remote-write-receiver",
            "--web.listen-address=127.0.0.1:" + port));
  }
}
