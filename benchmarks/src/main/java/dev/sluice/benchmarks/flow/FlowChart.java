package dev.sluice.benchmarks.flow;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A run as a chart over time, as SVG and as PNG; levels, if there are some, as a second chart. */
final class FlowChart {
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 420;
  private static final int MOST_LABELS = 8;
  private static final Color[] COLORS = {
    new Color(0x88, 0x88, 0x88), new Color(0x1b, 0x6c, 0xa8), new Color(0xd1, 0x49, 0x2e)
  };

  private final Run run;

  FlowChart(Run run) {
    this.run = run;
  }

  /** Writes the charts: {@code path} and {@code path-levels}, each with both endings. */
  void save(Path path) throws IOException {
    write(chart(run.title(), run.unit(), run.rates()), path.toString());
    if (!run.levels().isEmpty()) {
      write(chart(run.title(), "writes", run.levels()), path + "-levels");
    }
  }

  private static void write(XYChart chart, String path) throws IOException {
    VectorGraphicsEncoder.saveVectorGraphic(
        chart, path, VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
    BitmapEncoder.saveBitmap(chart, path, BitmapEncoder.BitmapFormat.PNG);
  }

  private XYChart chart(String title, String unit, List<Series> series) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("seconds")
            .yAxisTitle(unit)
            .build();
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setXAxisMin(0.0);
    // Each label is drawn as outlines, which is most of what an SVG holds.
    chart.getStyler().setXAxisMaxLabelCount(MOST_LABELS);
    chart.getStyler().setPlotGridLinesVisible(false);
    chart.getStyler().setSeriesColors(COLORS);
    for (Series each : series) {
      List<Double> seconds = new ArrayList<>();
      for (int i = 0; i < each.values().size(); i++) {
        seconds.add((i + 1) * run.step().toMillis() / 1e3);
      }
      chart.addSeries(each.name(), seconds, each.values()).setMarker(SeriesMarkers.NONE);
    }
    return chart;
  }
}
