package io.chronicledb.app.api.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.PromQlResult;
import io.chronicledb.engine.query.PromQlResult.Matrix;
import io.chronicledb.engine.query.PromQlResult.Scalar;
import io.chronicledb.engine.query.PromQlResult.Text;
import io.chronicledb.engine.query.PromQlResult.Vector;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;

class ApiResponseTest {

  private static final long T = 1_435_781_430_781_000_000L;

  @Test
  void writesAVector() throws IOException {
    var vector = new Vector(
        T,
        List.of(
            new Vector.Element(Tags.of("__name__", "up", "job", "a\"b\\c\n"), 1),
            new Vector.Element(Tags.empty(), Double.NaN)),
        List.of());
    assertThat(write(vector, 0))
        .isEqualTo("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
            + "{\"metric\":{\"__name__\":\"up\",\"job\":\"a\\\"b\\\\c\\n\"},\"value\":[1435781430.781,\"1\"]},"
            + "{\"metric\":{},\"value\":[1435781430.781,\"NaN\"]}]}}");
  }

  @Test
  void writesAMatrixAndKeepsTheLastSampleOfAMillisecond() throws IOException {
    var matrix = new Matrix(
        List.of(new Matrix.SamplesOfSeries(
            Tags.of("a", "b"),
            new long[] {T, T + 1, T + 1_000_000},
            new double[] {1, 2, Double.POSITIVE_INFINITY})),
        List.of());
    assertThat(write(matrix, 0))
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":["
                + "{\"metric\":{\"a\":\"b\"},\"values\":[[1435781430.781,\"2\"],[1435781430.782,\"+Inf\"]]}]}}");
  }

  @Test
  void writesScalarsAndStrings() throws IOException {
    assertThat(write(new Scalar(0, 0.5, List.of()), 0))
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[0,\"0.5\"]}}");
    assertThat(write(new Text(0, "x", List.of()), 0))
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"string\",\"result\":[0,\"x\"]}}");
  }

  @Test
  void tellsWarningsFromInfosAndWarnsOfTheLimit() throws IOException {
    var vector = new Vector(
        0,
        List.of(new Vector.Element(Tags.of("a", "1"), 1), new Vector.Element(Tags.of("a", "2"), 1)),
        List.of("PromQL warning: w", "PromQL info: i"));
    assertThat(write(vector, 1))
        .contains("\"a\":\"1\"")
        .doesNotContain("\"a\":\"2\"")
        .endsWith(
            ",\"warnings\":[\"PromQL warning: w\",\"results truncated due to limit\"],\"infos\":[\"PromQL info: i\"]}");
    assertThat(write(vector, 2)).doesNotContain("truncated");
  }

  private static String write(PromQlResult result, int limit) throws IOException {
    var response = new MockHttpServletResponse();
    ApiResponse.result(response, result, null, limit);
    return response.getContentAsString();
  }
}
