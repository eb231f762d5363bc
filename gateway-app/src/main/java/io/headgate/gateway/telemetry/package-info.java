/** Meters and health. */
@NullMarked
package io.headgate.gateway.telemetry;

import org.jspecify.annotations.NullMarked;
