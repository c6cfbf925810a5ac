using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Connect.Api.Endpoints;
using Connect.Campaigns;

namespace Connect.Api.Components;

/// <summary>
/// Recipients as people have them: one a line, a number alone or CSV, line by line as they arrive. Without a header line the columns are <c>number,firstName</c>; a header line names them,
/// and the column called number, phone, mobile or to holds the number. A line that can not be read keeps its place and says why; whether a number can receive SMS is not judged here.
/// </summary>
internal static class RecipientLines
{
    private static readonly string[] NumberColumns = ["number", "phone", "mobile", "to"];

    /// <summary>The recipients in order; empty lines are passed over.</summary>
    public static async IAsyncEnumerable<RecipientLine> Read(TextReader text, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Columns? columns = null;
        for (var line = 1; await text.ReadLineAsync(cancellationToken) is { } raw; line++)
        {
            if (string.IsNullOrWhiteSpace(raw))
                continue;
            var cells = Cells(raw);
            if (columns is null && IsHeader(cells))
            {
                columns = new([.. cells], Math.Max(0, cells.FindIndex(name => NumberColumns.Contains(name, StringComparer.OrdinalIgnoreCase))));
                continue;
            }
            columns ??= new(["number", "firstName"], 0);
            yield return new(line, Recipient(columns, cells));
        }
    }

    /// <summary>A recipient with only those fields that a text uses; a row that can not be read when they are too many or too long.</summary>
    public static RecipientInput For(RecipientInput recipient, UsedFields used)
    {
        if (recipient.Problem is not null || recipient.Fields.IsEmpty)
            return recipient;
        var fields = recipient.Fields.RemoveRange(recipient.Fields.Keys.Where(name => !used.Contains(name)));
        return fields.Count > RecipientRequest.MaxFields ? RecipientRequest.Unreadable(recipient.To, RowProblem.TooManyFields)
            : fields.Values.Any(value => value.Length > RecipientRequest.MaxValueLength) ? RecipientRequest.Unreadable(recipient.To, RowProblem.FieldTooLong)
            : recipient with { Fields = fields };
    }

    private static RecipientInput Recipient(Columns columns, List<string> cells)
    {
        var number = columns.Number < cells.Count ? cells[columns.Number] : "";
        // Spreadsheets end lines with separators for columns that are empty throughout.
        if (cells.FindLastIndex(cell => cell.Length > 0) >= columns.Names.Length)
            return RecipientRequest.Unreadable(number, RowProblem.ColumnCount);
        return number.Length > RecipientRequest.MaxToLength ? RecipientRequest.Unreadable(number, RowProblem.NumberTooLong) : new() { To = number, Fields = Fields(columns, cells) };
    }

    private static bool IsHeader(List<string> cells) =>
        cells.TrueForAll(cell => !cell.Any(char.IsAsciiDigit)) && cells.Exists(cell => NumberColumns.Contains(cell, StringComparer.OrdinalIgnoreCase));

    private static ImmutableDictionary<string, string> Fields(Columns columns, List<string> cells)
    {
        if (cells.Count == 1)
            return ImmutableDictionary<string, string>.Empty;
        var fields = ImmutableDictionary.CreateBuilder<string, string>();
        for (var column = 0; column < Math.Min(cells.Count, columns.Names.Length); column++)
        {
            if (column != columns.Number && columns.Names[column].Length > 0 && cells[column].Length > 0)
                fields[columns.Names[column]] = cells[column];
        }
        return fields.ToImmutable();
    }

    // Comma, semicolon or tab between cells; quotes around a cell that holds one of them, doubled inside it.
    private static List<string> Cells(string line)
    {
        var cells = new List<string>(2);
        var cell = new StringBuilder();
        var quoted = false;
        for (var at = 0; at < line.Length; at++)
        {
            var character = line[at];
            if (quoted && character == '"' && at + 1 < line.Length && line[at + 1] == '"')
            {
                cell.Append('"');
                at++;
            }
            else if (character == '"' && (quoted || cell.ToString().Trim().Length == 0))
            {
                quoted = !quoted;
            }
            else if (!quoted && character is ',' or ';' or '\t')
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else
            {
                cell.Append(character);
            }
        }
        cells.Add(cell.ToString().Trim());
        return cells;
    }

    private sealed record Columns(string[] Names, int Number);
}

/// <summary>A recipient and the line it stands on, counted from 1.</summary>
internal readonly record struct RecipientLine(int Line, RecipientInput Recipient);
