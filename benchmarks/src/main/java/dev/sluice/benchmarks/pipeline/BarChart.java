package dev.sluice.benchmarks.pipeline;

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

/** Figures of pipelines as bars, as SVG and as PNG. */
final class BarChart {
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 480;
  private static final int SLANT = 30;
  private static final Font LABELS = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
  private static final Color[] COLORS = {new Color(0x1b, 0x6c, 0xa8), new Color(0xd1, 0x49, 0x2e)};

  private BarChart() {}

  /**
   * Draws.
   *
   * @param path where to, without an ending
   * @param title what is shown
   * @param unit of the figures
   * @param names a bar of each series for each
   * @param series figures by name, in the order of the names
   */
  static void save(
      Path path, String title, String unit, List<String> names, Map<String, List<Double>> series)
      throws IOException {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .yAxisTitle(unit)
            .build();
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setPlotGridLinesVisible(false);
    chart.getStyler().setSeriesColors(COLORS);
    chart.getStyler().setLegendVisible(series.size() > 1);
    chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNE);
    chart.getStyler().setXAxisLabelRotation(SLANT);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setLabelsVisible(true);
    chart.getStyler().setLabelsPosition(1);
    chart.getStyler().setLabelsFont(LABELS);
    chart.getStyler().setDecimalPattern("#,###");
    series.forEach((name, figures) -> chart.addSeries(name, names, figures));
    VectorGraphicsEncoder.saveVectorGraphic(
        chart, path.toString(), VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
    BitmapEncoder.saveBitmap(chart, path.toString(), BitmapEncoder.BitmapFormat.PNG);
  }
}
