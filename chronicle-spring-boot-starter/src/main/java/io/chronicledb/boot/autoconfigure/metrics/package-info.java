/** Registers the meters of the database where the host has Micrometer. */
@NullMarked
package io.chronicledb.boot.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
