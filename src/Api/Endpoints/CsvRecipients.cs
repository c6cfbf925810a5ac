using System.Runtime.CompilerServices;
using System.Text;
using Connect.Api.Problems;
using Connect.Campaigns;
using CsvHelper;

namespace Connect.Api.Endpoints;

/// <summary>Recipients from CSV, row by row as they arrive: a header line, a column <c>to</c>, every other column a field of its name.</summary>
internal static class CsvRecipients
{
    private const string ToColumn = "to";

    // Read by itself: the CSV reader replaces bytes that are no text, and one replaced character makes a message Unicode, which costs more.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true);

    private static readonly CsvReaderOptions Options = new()
    {
        TrimWhitespace = true,
        MalformedData = CsvMalformedDataHandling.Throw,
        FieldCountMismatch = CsvFieldCountHandling.Throw,
        MaxRecordSize = 64 * 1024,
        IncludeValuesInExceptions = false,
    };

    public static async IAsyncEnumerable<Answer<RecipientInput>> Read(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var text = new StreamReader(body, Utf8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        using var csv = CsvReader.Create(text, Options, leaveOpen: true);
        for (var row = 0; ; row++)
        {
            var next = await Row(csv, row, cancellationToken);
            if (next is not { } recipient)
                yield break;
            yield return recipient;
            if (recipient.Problem is not null)
                yield break;
        }
    }

    private static async Task<Answer<RecipientInput>?> Row(CsvReader csv, int row, CancellationToken cancellationToken)
    {
        try
        {
            if (row == 0)
                await csv.ReadHeaderAsync(cancellationToken);
            if (!csv.TryGetFieldIndex(ToColumn, out var toColumn))
                return Refuse.Validation(ToColumn, "The CSV's header line needs a column 'to' with the phone numbers.");
            if (!await csv.ReadAsync(cancellationToken))
                return null;
            var fields = new Dictionary<string, string?>();
            for (var column = 0; column < csv.Headers.Count; column++)
            {
                if (column != toColumn && csv.Headers[column].Trim() is { Length: > 0 } name)
                    fields[name] = csv.GetString(column);
            }
            return RecipientRequest.Read(new(csv.GetString(toColumn), fields), $"recipients[{row}]");
        }
        catch (DecoderFallbackException)
        {
            return Refuse.Validation("body", "The CSV must be UTF-8: it has bytes that are no text.");
        }
        catch (CsvFormatException)
        {
            return Refuse.Validation($"recipients[{row}]", "This line can not be read: it must have as many columns as the header line, and every quote must end.");
        }
    }
}
