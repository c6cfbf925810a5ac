using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Connect.Api.Problems;
using Connect.Campaigns;
using CsvHelper;

namespace Connect.Api.Endpoints;

/// <summary>
/// Recipients from CSV, row by row as they arrive: a header line, a column <c>to</c> (or else <c>mobile</c>, <c>phone</c> or <c>number</c>) in any case, every other column a field of its name.
/// Commas, semicolons, tabs or bars separate columns, as the first lines show. Empty lines are no rows. A row with too few or too many columns is a row that can not be read; a quote
/// out of place is the end of the list, since nobody can tell what the rest means.
/// </summary>
internal static class CsvRecipients
{
    private static readonly string[] NumberColumns = ["to", "mobile", "phone", "number"];

    // Read by itself: the CSV reader replaces bytes that are no text, and one replaced character makes a message Unicode, which costs more.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true);

    private const int MaxRowKilobytes = 64;

    private static readonly CsvReaderOptions Options = new()
    {
        TrimWhitespace = true,
        MalformedData = CsvMalformedDataHandling.Throw,
        FieldCountMismatch = CsvFieldCountHandling.Allow,
        MaxRecordSize = MaxRowKilobytes * 1024,
        TrackLineNumbers = true,
        IncludeValuesInExceptions = false,
    };

    /// <summary>The rows of a body, for a campaign's text.</summary>
    public static async IAsyncEnumerable<Answer<RecipientInput>> Read(Stream body, string text, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(body, Utf8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        using var csv = CsvReader.Create(reader, Options, leaveOpen: true);
        Columns? columns = null;
        for (var row = 0; ;)
        {
            var (problem, isRow) = await Advance(csv, row, header: columns is null, cancellationToken);
            if (problem is null && columns is null)
                (columns, problem) = Columns.Of(csv.Headers, new(text));
            if (problem is not null)
                yield return problem;
            if (problem is not null || !isRow)
                yield break;
            if (columns!.Value.Row(csv) is not { } recipient)
                continue;
            row++;
            yield return recipient;
        }
    }

    private static async Task<(Problem? Problem, bool IsRow)> Advance(CsvReader csv, int row, bool header, CancellationToken cancellationToken)
    {
        try
        {
            if (header)
                await csv.ReadHeaderAsync(cancellationToken);
            return (null, await csv.ReadAsync(cancellationToken));
        }
        catch (DecoderFallbackException)
        {
            return (Refuse.Validation("body", $"The CSV must be UTF-8: it has bytes that are no text, behind line {csv.LineNumber}."), false);
        }
        catch (CsvFormatException malformed)
        {
            var detail = $"Line {malformed.LineNumber} can not be read: a quote opens or ends in the middle of a value, or never ends, or the row is longer than {MaxRowKilobytes} KB.";
            return (Refuse.Validation($"recipients[{row}]", detail), false);
        }
    }

    /// <summary>What the columns of a list are.</summary>
    private readonly record struct Columns(int Count, int To, ImmutableArray<(int At, string Name)> Fields)
    {
        public static (Columns? Columns, Problem? Problem) Of(IReadOnlyList<string> headers, UsedFields used)
        {
            var names = headers.Select(name => name.Trim()).ToArray();
            var number = NumberColumns.FirstOrDefault(name => names.Contains(name, StringComparer.OrdinalIgnoreCase));
            if (number is null)
                return (null, Refuse.Validation("to", "The CSV's header line needs a column 'to' (or 'mobile', 'phone' or 'number') with the phone numbers."));
            var fields = ImmutableArray.CreateBuilder<(int, string)>();
            var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            var to = -1;
            for (var at = 0; at < names.Length; at++)
            {
                var isNumber = string.Equals(names[at], number, StringComparison.OrdinalIgnoreCase);
                if (!isNumber && !used.Contains(names[at]))
                    continue;
                if (!seen.Add(names[at]))
                    return (null, Refuse.Validation(isNumber ? "to" : names[at], $"The CSV's header line names the column '{names[at]}' twice."));
                if (isNumber)
                    to = at;
                else
                    fields.Add((at, names[at]));
            }
            return (new(names.Length, to, fields.ToImmutable()), null);
        }

        /// <summary>The current row; null for a line without values.</summary>
        public RecipientInput? Row(CsvReader csv)
        {
            if (IsEmpty(csv, 0))
                return null;
            // Spreadsheets end lines with separators for columns that are empty throughout.
            if (csv.FieldCount < Count || !IsEmpty(csv, Count))
                return RecipientRequest.Unreadable(To < csv.FieldCount ? csv.GetString(To) : "", RowProblem.ColumnCount);
            var to = csv.GetString(To);
            if (to.Length > RecipientRequest.MaxToLength)
                return RecipientRequest.Unreadable(to, RowProblem.NumberTooLong);
            if (Fields.Length > RecipientRequest.MaxFields)
                return RecipientRequest.Unreadable(to, RowProblem.TooManyFields);
            var fields = ImmutableDictionary.CreateBuilder<string, string>();
            foreach (var (at, name) in Fields)
            {
                var value = csv.GetString(at);
                if (value.Length > RecipientRequest.MaxValueLength)
                    return RecipientRequest.Unreadable(to, RowProblem.FieldTooLong);
                fields[name] = value;
            }
            return new() { To = to, Fields = fields.ToImmutable() };
        }

        private static bool IsEmpty(CsvReader csv, int from)
        {
            for (var at = from; at < csv.FieldCount; at++)
            {
                if (!csv.IsEmpty(at))
                    return false;
            }
            return true;
        }
    }
}
