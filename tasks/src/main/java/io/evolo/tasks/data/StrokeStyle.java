package io.evolo.tasks.data;

/**
 * How {@link StrokeDigits} are drawn: ranges of the random choices behind each digit. Lengths are in units of the image's side,
 * angles in degrees.
 *
 * @param rotation largest turn to either side
 * @param shear largest horizontal shift per unit of height, to either side
 * @param minScale smallest size, along each axis on its own; 1: the digit fills four fifths of the image's height
 * @param maxScale largest size
 * @param shift largest displacement along each axis
 * @param warp standard deviation of the displacement of the 4 × 4 control points that bend the digit
 * @param minWidth thinnest pen
 * @param maxWidth thickest pen
 * @param noise standard deviation of the grey values' noise, where black is 0 and white is 1
 * @param distractors largest number of short strokes that belong to no digit
 */
public record StrokeStyle(
        double rotation,
        double shear,
        double minScale,
        double maxScale,
        double shift,
        double warp,
        double minWidth,
        double maxWidth,
        double noise,
        int distractors) {

    /** The embedded default. */
    public static final StrokeStyle DEFAULT = new StrokeStyle(15, 0.3, 0.7, 1.05, 0.08, 0.03, 0.06, 0.14, 0.08, 1);

    /** Another distribution of the same classes: thin, slanted, small, clean. */
    public static final StrokeStyle THIN = new StrokeStyle(20, 0.4, 0.6, 0.9, 0.08, 0.04, 0.03, 0.07, 0.03, 0);

    public StrokeStyle {
        require(rotation >= 0 && rotation <= 180, "rotation", rotation, "0 to 180 degrees");
        require(shear >= 0 && shear <= 2, "shear", shear, "0 to 2");
        require(minScale > 0 && minScale <= maxScale, "minScale", minScale, "positive, at most maxScale");
        require(maxScale <= 2, "maxScale", maxScale, "at most 2");
        require(shift >= 0 && shift <= 1, "shift", shift, "0 to 1");
        require(warp >= 0 && warp <= 1, "warp", warp, "0 to 1");
        require(minWidth > 0 && minWidth <= maxWidth, "minWidth", minWidth, "positive, at most maxWidth");
        require(maxWidth <= 1, "maxWidth", maxWidth, "at most 1");
        require(noise >= 0 && noise <= 10, "noise", noise, "0 to 10");
        require(distractors >= 0 && distractors <= 20, "distractors", distractors, "0 to 20");
    }

    private static void require(boolean ok, String name, double got, String expected) {
        if (!ok) {
            throw new IllegalArgumentException("stroke style: " + name + " is " + got + ", expected " + expected);
        }
    }
}
