using System.Globalization;
using System.Text;

namespace Connect.CrashMatrix;

/// <summary>The matrix as text: rows are the points of a flow, columns the faults.</summary>
public static class Report
{
    private const int Margin = 44;
    private const string NotDone = "not done", AnswerCut = "answer cut";

    /// <summary>Writes it.</summary>
    public static string Of(Matrix matrix)
    {
        var text = new StringBuilder();
        text.AppendLine("The process is killed after the step of the row; the column is what else goes wrong at Stripe. In the last two columns it is not killed, but the step fails once.");
        text.AppendLine(".  came there, and all is well     -  the fault led past that step, and all is well     X  wrong     (blank)  not played");
        var wrong = new List<string>();
        foreach (var (flow, points) in matrix.Points)
        {
            var cells = matrix.Played.Where(cell => cell.Flow == flow).ToList();
            if (cells.Count == 0)
                continue;
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"== {flow.Name}");
            Header(text);
            foreach (var point in points)
                Row(text, point, [.. cells.Where(cell => cell.Point == point)]);
            wrong.AddRange(cells.Where(cell => cell.Wrong.Count > 0).Select(cell => $"X {cell.Name}: {string.Join("; ", cell.Wrong.Distinct())}"));
        }

        text.AppendLine().AppendLine(string.Join(Environment.NewLine, wrong));
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{matrix.Played.Count} cells of {matrix.All().Count}: {matrix.Played.Count - wrong.Count} well ({matrix.Played.Count(cell => cell.AtItsPoint)} came to their point, {matrix.Played.Count(cell => cell.KilledAgain)} once more in their recovery), {wrong.Count} wrong; {matrix.Took.TotalSeconds:F0} s");
        return text.ToString();
    }

    // Names of faults are written downwards.
    private static void Header(StringBuilder text)
    {
        var names = Fault.All.Select(fault => fault.Name).ToList();
        text.Append(' ', Margin + 2);
        foreach (var strikes in Enum.GetValues<Strikes>())
            text.Append(Title(strikes).PadRight(Fault.All.Count(fault => fault.Strikes == strikes) + 1));
        text.AppendLine("not killed");
        var height = names.Max(name => name.Length);
        for (var line = 0; line < height; line++)
        {
            text.Append(' ', Margin + 1);
            Strikes? last = null;
            foreach (var (fault, name) in Fault.All.Zip(names))
            {
                text.Append(fault.Strikes == last ? "" : " ").Append(line < name.Length ? name[line] : ' ');
                last = fault.Strikes;
            }

            text.Append("  ").Append(NotDone.ElementAtOrDefault(line)).Append(AnswerCut.ElementAtOrDefault(line)).Replace('\0', ' ').AppendLine();
        }
    }

    private static string Title(Strikes strikes) => strikes switch
    {
        Strikes.Create => "create intent",
        Strikes.Confirm => "confirm intent",
        _ => "1st after restart",
    };

    private static void Row(StringBuilder text, string point, List<Cell> cells)
    {
        text.Append(point.PadRight(Margin)).Append(Mark(cells.Find(cell => cell.Fault is null && cell.Cut is null)));
        Strikes? last = null;
        foreach (var fault in Fault.All)
        {
            text.Append(fault.Strikes == last ? "" : " ").Append(Mark(cells.Find(cell => cell.Fault == fault)));
            last = fault.Strikes;
        }

        text.Append("  ").Append(Mark(cells.Find(cell => cell.Cut == Cut.Before))).Append(Mark(cells.Find(cell => cell.Cut == Cut.After))).AppendLine();
    }

    private static char Mark(Cell? cell) => cell switch
    {
        null => ' ',
        { Wrong.Count: > 0 } => 'X',
        { AtItsPoint: true } => '.',
        _ => '-',
    };
}
