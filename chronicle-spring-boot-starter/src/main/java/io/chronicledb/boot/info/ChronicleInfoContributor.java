package io.chronicledb.boot.info;

import io.chronicledb.engine.ChronicleDatabase;
import java.util.Map;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/** Adds {@code chronicle.version}: the engine's, where it runs from a jar that says so. */
public final class ChronicleInfoContributor implements InfoContributor {

  @Override
  public void contribute(Info.Builder builder) {
    String version = ChronicleDatabase.class.getPackage().getImplementationVersion();
    if (version != null) {
      builder.withDetail("chronicle", Map.of("version", version));
    }
  }
}
