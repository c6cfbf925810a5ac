using System.Collections.Immutable;
using System.Text;
using Connect.Campaigns;

namespace Connect.Api.Components;

/// <summary>
/// Recipients as people paste them: one a line, a number alone or CSV. Without a header line the columns are <c>number,firstName</c>; a header line names them, and its
/// first column, or the one called number, phone, mobile or to, holds the number. Whether a number can receive SMS is not judged here.
/// </summary>
internal static class RecipientList
{
    private const int MaxNumberLength = 64;
    private const int MaxNameLength = 64;
    private const int MaxValueLength = 480;
    private static readonly string[] NumberColumns = ["number", "phone", "mobile", "to"];

    /// <summary>The recipients in order, or a sentence on the first line that can not be read.</summary>
    public static (ImmutableArray<RecipientInput> Recipients, string? Error) Parse(string? text)
    {
        var recipients = ImmutableArray.CreateBuilder<RecipientInput>();
        string[] columns = ["number", "firstName"];
        var numberColumn = 0;
        var line = 0;
        var first = true;
        foreach (var raw in (text ?? "").AsSpan().EnumerateLines())
        {
            line++;
            if (raw.IsWhiteSpace())
                continue;
            var cells = Cells(raw);
            if (first)
            {
                first = false;
                if (IsHeader(cells))
                {
                    columns = [.. cells];
                    numberColumn = Math.Max(0, Array.FindIndex(columns, name => NumberColumns.Contains(name, StringComparer.OrdinalIgnoreCase)));
                    if (Array.Exists(columns, name => name.Length > MaxNameLength))
                        return ([], $"Line {line}: a column's name has at most {MaxNameLength} characters.");
                    continue;
                }
            }
            var number = numberColumn < cells.Count ? cells[numberColumn] : "";
            if (number.Length is 0 or > MaxNumberLength)
                return ([], $"Line {line} has no phone number.");
            if (cells.Exists(cell => cell.Length > MaxValueLength))
                return ([], $"Line {line} is too long: a field has at most {MaxValueLength} characters.");
            recipients.Add(new() { To = number, Fields = Fields(columns, cells, numberColumn) });
        }
        return (recipients.ToImmutable(), null);
    }

    private static bool IsHeader(List<string> cells) =>
        cells.TrueForAll(cell => !cell.Any(char.IsAsciiDigit)) && cells.Exists(cell => NumberColumns.Contains(cell, StringComparer.OrdinalIgnoreCase));

    private static ImmutableDictionary<string, string> Fields(string[] columns, List<string> cells, int numberColumn)
    {
        if (cells.Count == 1)
            return ImmutableDictionary<string, string>.Empty;
        var fields = ImmutableDictionary.CreateBuilder<string, string>();
        for (var column = 0; column < cells.Count && column < columns.Length; column++)
        {
            if (column != numberColumn && columns[column].Length > 0 && cells[column].Length > 0)
                fields[columns[column]] = cells[column];
        }
        return fields.ToImmutable();
    }

    // Comma, semicolon or tab between cells; quotes around a cell that holds one of them, doubled inside it.
    private static List<string> Cells(ReadOnlySpan<char> line)
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
}
