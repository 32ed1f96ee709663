package io.chronicledb.engine.block;

import java.util.function.IntFunction;

/** Keeps directory pages of one block for those who come back. Thread-safe. */
@FunctionalInterface
public interface PageCache {

  /** Keeps nothing. */
  PageCache NONE = (number, read) -> read.apply(number);

  /** The page, from the cache or else by reading it. */
  DirectoryPage page(int number, IntFunction<DirectoryPage> read);
}
