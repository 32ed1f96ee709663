package io.chronicledb.engine.integrity;

import java.util.List;

/**
 * What a walk over the stored data found.
 *
 * @param blocks blocks that were read
 * @param samples samples that were decoded
 * @param damages one sentence for each broken invariant; empty for a sound database
 */
public record IntegrityReport(long blocks, long samples, List<String> damages) {

  public IntegrityReport {
    damages = List.copyOf(damages);
  }

  public boolean isSound() {
    return damages.isEmpty();
  }
}
