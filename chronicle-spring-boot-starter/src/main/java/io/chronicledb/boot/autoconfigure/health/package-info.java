/** Registers the health indicator where the host has health. */
@NullMarked
package io.chronicledb.boot.autoconfigure.health;

import org.jspecify.annotations.NullMarked;
