package io.chronicledb.benchmarks;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** What this process has used so far. */
final class ProcessFigures {

  private ProcessFigures() {}

  /** CPU time of all threads, user and system. */
  static double cpuSeconds() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() / 1e9;
  }

  /** CPU time of the calling thread, user and system. */
  static double currentThreadCpuSeconds() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9;
  }

  /** CPU time by the name of the thread, for the Java threads that live now. */
  static Map<String, Double> threadCpuSeconds() {
    var threads = ManagementFactory.getThreadMXBean();
    var seconds = new TreeMap<String, Double>();
    for (var info : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (info != null) {
        double cpu = Math.max(0, threads.getThreadCpuTime(info.getThreadId())) / 1e9;
        seconds.merge(info.getThreadName(), cpu, Double::sum);
      }
    }
    return seconds;
  }

  /** Time that the collectors report; of a concurrent one this is more than its pauses. */
  static double collectionSeconds() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
            .mapToLong(GarbageCollectorMXBean::getCollectionTime)
            .sum()
        / 1e3;
  }

  /** Bytes on the heap after a full collection. */
  static long liveHeapBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Watches collections from here on; the result holds the most bytes that any of them left on the heap. */
  static AtomicLong watchHeapAfterCollections() {
    var most = new AtomicLong();
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) collector)
          .addNotificationListener(
              (notification, handback) -> {
                if (notification
                    .getType()
                    .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
                  long left = GarbageCollectionNotificationInfo.from(
                          (CompositeData) notification.getUserData())
                      .getGcInfo()
                      .getMemoryUsageAfterGc()
                      .entrySet()
                      .stream()
                      .filter(pool -> isHeap(pool.getKey()))
                      .map(Map.Entry::getValue)
                      .mapToLong(MemoryUsage::getUsed)
                      .sum();
                  most.accumulateAndGet(left, Math::max);
                }
              },
              null,
              null);
    }
    return most;
  }

  private static boolean isHeap(String pool) {
    return pool.contains("Eden")
        || pool.contains("Survivor")
        || pool.contains("Old")
        || pool.contains("Tenured");
  }

  /** A figure of {@code /proc/self/status}, such as {@code VmRSS} or {@code VmHWM}, in bytes; 0 where there is none. */
  static long status(String name) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith(name + ":")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
        }
      }
    } catch (IOException e) {
      return 0;
    }
    return 0;
  }
}
