package io.chronicledb.app.it;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A request of the Prometheus API, written as {@code GET /api/v1/query | query=up | time=5}. Parameters of a GET go into the URL, those of other
 * methods into a form.
 */
record ApiRequest(String method, String path, List<String> parameters) {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  static ApiRequest of(String line) {
    String[] parts = line.split(" \\| ");
    String[] head = parts[0].split(" ", 2);
    return new ApiRequest(head[0], head[1], List.of(Arrays.copyOfRange(parts, 1, parts.length)));
  }

  ApiAnswer send(int port) throws Exception {
    HttpResponse<String> response = response(port);
    return ApiAnswer.of(this, response.statusCode(), response.body());
  }

  String body(int port) throws Exception {
    return response(port).body();
  }

  private HttpResponse<String> response(int port) throws Exception {
    var pairs = new ArrayList<String>();
    for (String parameter : parameters) {
      int equals = parameter.indexOf('=');
      pairs.add(
          encode(parameter.substring(0, equals)) + "=" + encode(parameter.substring(equals + 1)));
    }
    String query = String.join("&", pairs);
    boolean form = method.equals("POST") || method.equals("PUT");
    String url = "http://127.0.0.1:" + port + path + (form || query.isEmpty() ? "" : "?" + query);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30));
    if (form) {
      request.header("Content-Type", "application/x-www-form-urlencoded");
      request.method(method, BodyPublishers.ofString(query));
    } else {
      request.method(method, BodyPublishers.noBody());
    }
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  /** Whether two servers can only have the same members and not the same values. */
  boolean isAboutTheServer() {
    return path.startsWith("/api/v1/status/")
        || path.endsWith("/snapshot")
        || path.startsWith("/-/")
        || parameters.stream().anyMatch(parameter -> parameter.startsWith("stats="));
  }

  /** Whether the answer depends on when it is given. */
  boolean isAboutNow() {
    return path.equals("/api/v1/query")
        && parameters.stream().noneMatch(parameter -> parameter.startsWith("time="));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
