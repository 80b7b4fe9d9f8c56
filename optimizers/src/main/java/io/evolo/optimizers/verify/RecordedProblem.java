package io.evolo.optimizers.verify;

import io.evolo.tasks.ParamLayout;

/**
 * The loss of the recorded problem, in double: Σ ½a(p − c)² − (d/w) cos(wp) + e sin(om·t + ph) p over all elements, t = 1 at the first
 * step.
 */
record RecordedProblem(double[] a, double[] c, double[] d, double[] w, double[] e, double[] om, double[] ph) {

    /** @param root of {@code problem_….json} */
    static RecordedProblem read(JsonValue root, ParamLayout layout) {
        JsonValue tensors = root.get("tensors");
        return new RecordedProblem(
                constants(tensors, "a", layout),
                constants(tensors, "c", layout),
                constants(tensors, "d", layout),
                constants(tensors, "w", layout),
                constants(tensors, "e", layout),
                constants(tensors, "om", layout),
                constants(tensors, "ph", layout));
    }

    private static double[] constants(JsonValue tensors, String key, ParamLayout layout) {
        double[] all = new double[layout.size()];
        for (int i = 0; i < layout.tensors(); i++) {
            JsonValue values = tensors.get(layout.spec(i).name()).get(key);
            for (int j = 0; j < layout.spec(i).shape().size(); j++) {
                all[layout.offset(i) + j] = values.get(j).number();
            }
        }
        return all;
    }

    double loss(int t, float[] p) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            double x = p[i];
            sum += 0.5 * a[i] * (x - c[i]) * (x - c[i]) - d[i] / w[i] * StrictMath.cos(w[i] * x)
                    + e[i] * StrictMath.sin(om[i] * t + ph[i]) * x;
        }
        return sum;
    }
}
