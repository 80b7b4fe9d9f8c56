package io.evolo.optimizers.designed;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says of a component of a rule's record what users need to know. The one place where default and range are written. The component is
 * a double, an int (whole numbers) or a boolean (a switch).
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Hyper {
    /** The reference implementation's default; of a switch 0 or 1. */
    double standard();

    /** Where values may lie; a switch needs none. */
    Range range() default Range.SWITCH;

    /** In one line, without a full stop. */
    String meaning();
}
