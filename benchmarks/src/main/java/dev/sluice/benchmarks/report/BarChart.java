package dev.sluice.benchmarks.report;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.style.Styler;

/** Figures beside each other as bars, as SVG and as PNG. */
public final class BarChart {
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 480;
  private static final int SLANT = 30;
  private static final int UPRIGHT = 90;

  /** How wide a letter of a name is, about. */
  private static final int LETTER = 7;

  /** Names that are longer are not drawn slanted: they would run into each other. */
  private static final int LONG_NAME = 22;

  private static final Color LABEL = new Color(0x22, 0x22, 0x22);
  private static final Font LABELS = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
  private static final Color[] COLORS = {new Color(0x8f, 0xbd, 0xde), new Color(0xee, 0xa9, 0x8f)};

  private BarChart() {}

  /**
   * Draws. The axis is logarithmic, since what is beside each other differs by orders of magnitude.
   *
   * @param path where to, without an ending
   * @param title what is shown
   * @param unit of the figures
   * @param names a bar of each series for each
   * @param series figures by name, in the order of the names
   * @throws IOException if it cannot be written
   */
  public static void save(
      Path path, String title, String unit, List<String> names, Map<String, List<Double>> series)
      throws IOException {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(height(names))
            .title(title)
            .yAxisTitle(unit + ", logarithmic")
            .build();
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setPlotGridLinesVisible(false);
    chart.getStyler().setSeriesColors(COLORS);
    chart.getStyler().setLegendVisible(series.size() > 1);
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideS);
    chart.getStyler().setXAxisLabelRotation(rotation(names));
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setYAxisMin(floor(series));
    chart.getStyler().setLabelsVisible(true);
    chart.getStyler().setLabelsPosition(1);
    chart.getStyler().setLabelsFont(LABELS);
    chart.getStyler().setLabelsFontColorAutomaticEnabled(false);
    chart.getStyler().setLabelsFontColor(LABEL);
    chart.getStyler().setDecimalPattern(least(series) < 1 ? "#,##0.00" : "#,###");
    series.forEach((name, figures) -> chart.addSeries(name, names, figures));
    VectorGraphicsEncoder.saveVectorGraphic(
        chart, path.toString(), VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
    BitmapEncoder.saveBitmap(chart, path.toString(), BitmapEncoder.BitmapFormat.PNG);
  }

  private static int rotation(List<String> names) {
    return longest(names) > LONG_NAME ? UPRIGHT : SLANT;
  }

  /** Names that stand upright need room below the bars. */
  private static int height(List<String> names) {
    int longest = longest(names);
    return longest > LONG_NAME ? HEIGHT + longest * LETTER : HEIGHT;
  }

  private static int longest(List<String> names) {
    return names.stream().mapToInt(String::length).max().orElse(0);
  }

  /** A power of ten that leaves each bar high enough for its label. */
  private static double floor(Map<String, List<Double>> series) {
    return Math.pow(10, Math.floor(Math.log10(least(series) / 2)));
  }

  private static double least(Map<String, List<Double>> series) {
    return series.values().stream()
        .flatMap(List::stream)
        .mapToDouble(Double::doubleValue)
        .min()
        .orElse(1);
  }
}
