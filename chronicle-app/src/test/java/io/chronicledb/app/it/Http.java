package io.chronicledb.app.it;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One server, asked over HTTP the way a client would. Thread-safe. */
final class Http {

  private static final HttpClient CLIENT = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(Duration.ofSeconds(5))
      .build();
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final URI base;

  Http(int port) {
    this.base = URI.create("http://127.0.0.1:" + port);
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return CLIENT.send(request(path).GET().build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String contentType, String body)
      throws IOException, InterruptedException {
    return CLIENT.send(
        request(path)
            .header("Content-Type", contentType)
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  HttpResponse<String> form(String path, Map<String, String> parameters)
      throws IOException, InterruptedException {
    String body = parameters.entrySet().stream()
        .map(parameter -> parameter.getKey() + "="
            + URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
    return post(path, "application/x-www-form-urlencoded", body);
  }

  /** Sends a compressed message, all of which has to be accepted. */
  void remoteWrite(byte[] message) throws IOException, InterruptedException {
    HttpResponse<String> response = CLIENT.send(
        request("/api/v1/write")
            .header("Content-Type", "application/x-protobuf")
            .header("Content-Encoding", "snappy")
            .POST(BodyPublishers.ofByteArray(message))
            .build(),
        BodyHandlers.ofString());
    if (response.statusCode() != 204) {
      throw new AssertionError(
          base + "/api/v1/write answers " + response.statusCode() + ": " + response.body());
    }
  }

  /** The member {@code data} of an answer of the Prometheus API; anything but success is an error. */
  JsonNode prometheus(String path, Map<String, String> parameters)
      throws IOException, InterruptedException {
    HttpResponse<String> response = form(path, parameters);
    if (response.statusCode() != 200) {
      throw new AssertionError(base + path + " " + parameters + " answers " + response.statusCode()
          + ": " + response.body());
    }
    return json(response).get("data");
  }

  /** The rows of a statement, in CSV and without the header; times are nanoseconds. */
  String[] sqlRows(String statement) throws IOException, InterruptedException {
    HttpResponse<String> response = form("/query?format=csv&epoch=ns", Map.of("q", statement));
    if (response.statusCode() != 200) {
      throw new AssertionError(
          statement + " answers " + response.statusCode() + ": " + response.body());
    }
    String body = response.body();
    int header = body.indexOf('\n') + 1;
    return header == body.length() ? new String[0] : body.substring(header).split("\n");
  }

  /** Whether a path answers 200; a server that is not there does not. */
  boolean answers(String path) throws InterruptedException {
    try {
      return get(path).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  static JsonNode json(HttpResponse<String> response) {
    return JSON.readTree(response.body());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT);
  }
}
