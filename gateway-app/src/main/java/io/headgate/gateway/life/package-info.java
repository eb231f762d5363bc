/** A node's coming and going: warm before it is ready, and leaving without anybody noticing. */
@NullMarked
package io.headgate.gateway.life;

import org.jspecify.annotations.NullMarked;
