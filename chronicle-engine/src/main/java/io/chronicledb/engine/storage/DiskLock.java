package io.chronicledb.engine.storage;

import java.io.Closeable;

/** A held lock; closing it gives it up. */
public interface DiskLock extends Closeable {}
