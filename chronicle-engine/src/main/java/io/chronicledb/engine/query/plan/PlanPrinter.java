package io.chronicledb.engine.query.plan;

/** A plan as indented lines, the last step first. */
public final class PlanPrinter {

  private PlanPrinter() {}

  public static String print(PlanNode plan) {
    var text = new StringBuilder();
    print(plan, 0, text);
    return text.toString();
  }

  private static void print(PlanNode node, int depth, StringBuilder text) {
    text.append("  ".repeat(depth)).append(node.describe()).append('\n');
    for (PlanNode input : node.inputs()) {
      print(input, depth + 1, text);
    }
  }
}
