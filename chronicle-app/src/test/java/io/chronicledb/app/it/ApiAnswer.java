package io.chronicledb.app.it;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What counts of an answer: the status, the type of an error, and the data; without the words of errors and warnings, and series in no order.
 *
 * @param errorType empty for success
 * @param data empty where there is none
 */
record ApiAnswer(int status, String errorType, String data) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  static ApiAnswer of(ApiRequest request, int status, String body) {
    if (!body.startsWith("{")) {
      return new ApiAnswer(status, "", "");
    }
    JsonNode answer = JSON.readTree(body);
    JsonNode data = answer.get("data");
    String content = data == null
        ? ""
        : request.isAboutTheServer() || request.isAboutNow() ? shape(data) : sorted(data, 0);
    String counted = data == null
        ? ""
        : data.at("/stats/samples/totalQueryableSamplesPerStep").toString();
    return new ApiAnswer(status, answer.path("errorType").asString(""), content + counted);
  }

  /** The names of members and the types of values; a list is as its first element. */
  private static String shape(JsonNode node) {
    if (node.isObject()) {
      Map<String, String> members = new TreeMap<>();
      node.properties().forEach(member -> members.put(member.getKey(), shape(member.getValue())));
      return members.toString();
    } else if (node.isArray()) {
      return node.isEmpty() ? "[]" : "[" + shape(node.get(0)) + "]";
    }
    return node.getNodeType().name();
  }

  /** The elements of lists sorted, except for those deep inside, which are samples. */
  private static String sorted(JsonNode node, int depth) {
    if (node.isObject()) {
      Map<String, String> members = new TreeMap<>();
      node.properties()
          .forEach(member -> members.put(member.getKey(), sorted(member.getValue(), depth + 1)));
      return members.toString();
    } else if (node.isArray() && depth <= 1) {
      var elements = new TreeSet<String>();
      node.forEach(element -> elements.add(sorted(element, depth + 1)));
      return elements.stream().collect(Collectors.joining(", ", "[", "]"));
    }
    return node.toString();
  }
}
