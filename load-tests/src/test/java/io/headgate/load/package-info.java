@NullMarked
package io.headgate.load;

import org.jspecify.annotations.NullMarked;
