/** The database as a part of the host's health. */
@NullMarked
package io.chronicledb.boot.health;

import org.jspecify.annotations.NullMarked;
