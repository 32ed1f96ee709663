package io.chronicledb.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A table of figures on standard output, in the form of Markdown. */
final class Report {

  private final List<List<String>> rows = new ArrayList<>();

  Report(String... header) {
    rows.add(List.of(header));
  }

  Report row(Object... cells) {
    rows.add(Arrays.stream(cells).map(Report::text).toList());
    return this;
  }

  private static String text(Object cell) {
    if (cell instanceof Double number) {
      double size = Math.abs(number);
      return String.format(
          Locale.ROOT, size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.3f", number);
    }
    return cell instanceof Long || cell instanceof Integer
        ? String.format(Locale.ROOT, "%,d", cell)
        : String.valueOf(cell);
  }

  void print() {
    int columns = rows.get(0).size();
    var widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (int r = 0; r < rows.size(); r++) {
      var line = new StringBuilder("|");
      for (int i = 0; i < columns; i++) {
        String cell = rows.get(r).get(i);
        String pad = " ".repeat(widths[i] - cell.length());
        line.append(' ').append(i == 0 ? cell + pad : pad + cell).append(" |");
      }
      System.out.println(line);
      if (r == 0) {
        var rule = new StringBuilder("|");
        for (int i = 0; i < columns; i++) {
          rule.append(i == 0 ? " " + "-".repeat(widths[i]) : " " + "-".repeat(widths[i] - 1) + ":");
          rule.append(" |");
        }
        System.out.println(rule);
      }
    }
    System.out.println();
  }
}
