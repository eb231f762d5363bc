@NullMarked
package io.headgate.policy.language;

import org.jspecify.annotations.NullMarked;
