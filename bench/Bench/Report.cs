using System.Globalization;
using Spectre.Console;

namespace Connect.Bench;

/// <summary>The one table.</summary>
public static class Report
{
    /// <summary>Lays the figures out.</summary>
    public static Table Table(IEnumerable<Figure> figures, BenchOptions options)
    {
        var table = new Table().Border(TableBorder.Ascii2).Title(Title(options));
        table.AddColumns("", "measured", "program", "yardstick");
        table.AddColumn(new TableColumn("figure").RightAligned());
        table.AddColumn(new TableColumn("target").RightAligned());
        table.AddColumn("");
        foreach (var figure in figures)
        {
            table.AddRow(
                figure.Section,
                Markup.Escape(figure.What),
                figure.Program,
                figure.Yardstick,
                Number(figure.Ratio) + figure.Unit,
                (figure.AtLeast ? "at least " : "at most ") + Number(figure.Target) + figure.Unit,
                figure.Met ? "met" : "MISSED");
        }

        return table;
    }

    private static string Title(BenchOptions options) => options.Quick
        ? "A quick look: short rounds, small sizes, no evidence"
        : $"Medians of {options.Rounds} rounds of {options.Round.TotalSeconds} s, program and yardstick in turn; PostgreSQL with fsync on, all on {Environment.ProcessorCount} cores";

    private static string Number(double value) => value.ToString(value < 10 ? "0.##" : "0.#", CultureInfo.InvariantCulture);
}
