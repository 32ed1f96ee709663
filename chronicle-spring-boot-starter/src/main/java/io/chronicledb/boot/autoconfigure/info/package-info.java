/** Registers the info contributor where the host has Actuator. */
@NullMarked
package io.chronicledb.boot.autoconfigure.info;

import org.jspecify.annotations.NullMarked;
