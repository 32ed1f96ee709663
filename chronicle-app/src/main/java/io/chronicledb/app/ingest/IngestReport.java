package io.chronicledb.app.ingest;

import io.chronicledb.app.problem.Problem;
import io.chronicledb.engine.error.ErrorCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/**
 * What became of one request.
 *
 * @param unit what was refused or accepted as a whole: {@code line}, {@code point} or {@code series}
 * @param accepted points that were stored
 * @param refused units that were not stored
 * @param refusals the first of the refused, in order
 */
public record IngestReport(String unit, long accepted, long refused, List<Refusal> refusals) {

  /** Refusals that are listed one by one. */
  public static final int REFUSALS_MAX = 100;

  /**
   * A part that was not stored.
   *
   * @param number where it stands: a line counts from one, a point or series from zero
   */
  public record Refusal(long number, String reason) {}

  public IngestReport {
    refusals = List.copyOf(refusals);
  }

  public boolean isComplete() {
    return refused == 0;
  }

  /** All of it in a sentence or two, on one line. */
  public String summary() {
    var text = new StringBuilder()
        .append("partial write: ")
        .append(accepted)
        .append(accepted == 1 ? " point stored, " : " points stored, ")
        .append(refused)
        .append(' ')
        .append(unit)
        .append(refused == 1 || unit.equals("series") ? "" : "s")
        .append(" refused");
    for (Refusal refusal : refusals.subList(0, Math.min(3, refusals.size()))) {
      text.append("; ")
          .append(unit)
          .append(' ')
          .append(refusal.number())
          .append(": ")
          .append(refusal.reason());
    }
    return text.toString().replaceAll("\\p{Cntrl}", " ");
  }

  /** 204, or 400 as problem JSON with {@code accepted}, {@code refused} and {@code errors}: senders must not repeat the rest. */
  public ResponseEntity<Object> response() {
    if (isComplete()) {
      return ResponseEntity.noContent().build();
    }
    ProblemDetail problem = Problem.detail(HttpStatus.BAD_REQUEST, ErrorCode.BAD_DATA, summary());
    problem.setProperty("accepted", accepted);
    problem.setProperty("refused", refused);
    problem.setProperty("errors", refusals.stream().map(this::toMember).toList());
    return Problem.response(problem, new HttpHeaders());
  }

  private Map<String, Object> toMember(Refusal refusal) {
    var member = new LinkedHashMap<String, Object>();
    member.put(unit, refusal.number());
    member.put("reason", refusal.reason());
    return member;
  }
}
