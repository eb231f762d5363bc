/** What a client is told: rate limit headers and problem details. */
@NullMarked
package io.headgate.gateway.response;

import org.jspecify.annotations.NullMarked;
