package io.chronicledb.app;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Chronicle as a service of its own; the database comes from the starter and {@code chronicle.*}. */
@SpringBootApplication
public class ChronicleApplication {

  public static void main(String[] args) {
    SpringApplication.run(ChronicleApplication.class, args);
  }
}
