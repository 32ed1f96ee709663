package io.chronicledb.app.api.prometheus;

import io.chronicledb.app.wire.BodyMemory;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.model.Tags;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/** Which series, labels and label values there are. */
@RestController
public final class SeriesController {

  private static final String MATCH = "match[]";
  private static final String ESCAPED = "U__";
  /** Hexadecimal digits of the largest code point. */
  private static final int HEX_MAX = 6;

  private final ChronicleDatabase database;
  private final BodyMemory memory;

  SeriesController(ChronicleDatabase database, BodyMemory memory) {
    this.database = database;
    this.memory = memory;
  }

  @RequestMapping(
      path = "/api/v1/series",
      method = {RequestMethod.GET, RequestMethod.POST})
  void series(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Parameters parameters = Parameters.of(request, memory);
    List<String> selectors = parameters.texts(MATCH);
    if (selectors.isEmpty()) {
      throw new ApiException("no match[] parameter provided");
    }
    int limit = parameters.limit();
    List<Tags> series = ApiException.inParameter(
        MATCH, () -> database.queryEngine().series(selectors, parameters.range(), oneMore(limit)));
    ApiResponse.labelSets(response, series, limit);
  }

  @RequestMapping(
      path = "/api/v1/labels",
      method = {RequestMethod.GET, RequestMethod.POST})
  void labels(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Parameters parameters = Parameters.of(request, memory);
    int limit = parameters.limit();
    List<String> names = ApiException.inParameter(
        MATCH,
        () -> database
            .queryEngine()
            .labelNames(parameters.texts(MATCH), parameters.range(), oneMore(limit)));
    ApiResponse.strings(response, names, limit);
  }

  @GetMapping("/api/v1/label/{name}/values")
  void labelValues(
      @PathVariable String name, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Parameters parameters = Parameters.of(request, memory);
    int limit = parameters.limit();
    List<String> values = ApiException.inParameter(
        MATCH,
        () -> database
            .queryEngine()
            .labelValues(
                unescape(name), parameters.texts(MATCH), parameters.range(), oneMore(limit)));
    ApiResponse.strings(response, values, limit);
  }

  /** One more than asked for tells whether something was left out. */
  private static int oneMore(int limit) {
    return limit == 0 || limit == Integer.MAX_VALUE ? 0 : limit + 1;
  }

  /**
   * Names that are no identifiers come escaped in paths: {@code U__} at the front, {@code __} for an underscore and the code point
   * in hexadecimal between underscores for what else does not fit. Anything that is not of this form stands for itself.
   */
  static String unescape(String name) {
    if (!name.startsWith(ESCAPED)) {
      return name;
    }
    var plain = new StringBuilder(name.length());
    for (int i = ESCAPED.length(); i < name.length(); i++) {
      char c = name.charAt(i);
      if (c != '_') {
        plain.append(c);
        continue;
      }
      int close = name.indexOf('_', i + 1);
      if (close < 0 || close - i - 1 > HEX_MAX) {
        return name;
      }
      if (close == i + 1) {
        plain.append('_');
      } else {
        try {
          plain.appendCodePoint(Integer.parseInt(name, i + 1, close, 16));
        } catch (IllegalArgumentException e) {
          return name;
        }
      }
      i = close;
    }
    return plain.toString();
  }
}
