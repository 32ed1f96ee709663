package io.chronicledb.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The first minutes with the packaged server, as the README leads through them. */
class FirstStepsIT {

  private static final int ROUNDS = 4;
  private static final int POINTS_PER_ROUND = 1000;

  @TempDir
  Path directory;

  @Test
  void storesAPointAndAnswersInBothLanguages() throws Exception {
    try (var server = new ServerProcess(directory)) {
      server.start();
      Http http = server.http();
      assertThat(http.post(
                  "/write",
                  "application/x-www-form-urlencoded",
                  "temperature,room=living value=22.5")
              .statusCode())
          .isEqualTo(204);
      assertThat(http.sqlRows("SELECT value, room FROM temperature"))
          .singleElement()
          .asString()
          .matches("(\\d+,)?22\\.5,\"?living\"?");
      JsonNode vector = http.prometheus("/api/v1/query", Map.of("query", "temperature"));
      assertThat(vector.at("/result/0/metric/room").asString()).isEqualTo("living");
      assertThat(vector.at("/result/0/value/1").asString()).isEqualTo("22.5");

      assertThat(Http.json(http.get("/actuator/health")).at("/status").asString())
          .isEqualTo("UP");
      assertThat(http.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
      assertThat(http.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
      assertThat(Http.json(http.get("/actuator/info")).at("/build/name").asString())
          .isEqualTo("Chronicle App");
      assertThat(http.get("/actuator/prometheus").body()).contains("jvm_memory_used_bytes");
      assertThat(http.get("/-/healthy").statusCode()).isEqualTo(200);

      assertThat(server.stop()).isLessThan(ServerProcess.STOP_LIMIT);
    }
  }

  @Test
  void stopsTheStartAtAnUnknownPropertyAndNamesTheNearest() throws Exception {
    try (var server = new ServerProcess(directory)) {
      server.launch("--chronicle.wal.snyc=sync");
      assertThat(server.awaitExit()).isNotZero();
      assertThat(server.output())
          .contains("chronicle.wal.snyc")
          .contains("chronicle.wal.sync")
          .doesNotContain("\tat ");
      assertThat(server.dataFile()).doesNotExist();
    }
  }

  @Test
  void refusesAFileThatAnotherServerHasOpen() throws Exception {
    try (var first = new ServerProcess(directory);
        var second = new ServerProcess(directory)) {
      first.start();
      second.launch();
      assertThat(second.awaitExit()).isNotZero();
      assertThat(second.output())
          .contains(second.dataFile() + " is in use")
          .doesNotContain("\tat ");
      assertThat(write(first.http(), 0, 1)).isEqualTo(204);
    }
  }

  @Test
  void keepsAllPointsOverFourRoundsOfOpeningWritingAndClosing() throws Exception {
    try (var server = new ServerProcess(directory)) {
      for (int round = 0; round < ROUNDS; round++) {
        server.start();
        assertThat(count(server)).isEqualTo(round * POINTS_PER_ROUND);
        assertThat(write(server.http(), round * POINTS_PER_ROUND, POINTS_PER_ROUND))
            .isEqualTo(204);
        assertThat(count(server)).isEqualTo((round + 1) * POINTS_PER_ROUND);
        assertThat(server.stop()).isLessThan(ServerProcess.STOP_LIMIT);
      }
      server.start();
      assertThat(count(server)).isEqualTo(ROUNDS * POINTS_PER_ROUND);
      String[] rows = server.http().sqlRows("SELECT sum(value) FROM steps");
      double expected = (ROUNDS * POINTS_PER_ROUND - 1) * (ROUNDS * POINTS_PER_ROUND) / 2.0;
      assertThat(Double.parseDouble(rows[0].substring(rows[0].lastIndexOf(',') + 1)))
          .isEqualTo(expected);
    }
  }

  private static int write(Http http, int first, int count) throws Exception {
    Instant start = Instant.now().minus(Duration.ofHours(3));
    var lines = new StringBuilder();
    for (int i = first; i < first + count; i++) {
      lines
          .append("steps,shard=")
          .append(i % 7)
          .append(" value=")
          .append(i)
          .append(' ')
          .append(start.plusSeconds(i).toEpochMilli())
          .append('\n');
    }
    HttpResponse<String> response =
        http.post("/write?precision=ms", "text/plain", lines.toString());
    return response.statusCode();
  }

  private static int count(ServerProcess server) throws Exception {
    String[] rows = server.http().sqlRows("SELECT count(value) FROM steps");
    return rows.length == 0
        ? 0
        : (int) Double.parseDouble(rows[0].substring(rows[0].lastIndexOf(',') + 1));
  }
}
