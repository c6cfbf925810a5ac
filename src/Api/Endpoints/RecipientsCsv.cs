using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Connect.Campaigns;
using Connect.Messaging;
using CsvHelper;
using Microsoft.Net.Http.Headers;

namespace Connect.Api.Endpoints;

/// <summary>
/// Recipients as a CSV file, written as they are read. What people typed into a list is theirs to type, so a value that a spreadsheet would run as a formula is written with an apostrophe
/// in front of it; a number in E.164 is not one.
/// </summary>
/// <param name="name">What the file is called, less its ending.</param>
/// <param name="recipients">The rows.</param>
internal sealed class RecipientsCsv(string name, IAsyncEnumerable<ImmutableArray<RecipientView>> recipients) : IResult
{
    /// <summary>What it is written as.</summary>
    public const string MediaType = "text/csv";

    private const int LongestName = 80;

    private static readonly CsvWriterOptions Options = new() { Injection = CsvInjection.Escape };

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = MediaType + "; charset=utf-8";
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(FileName(name));
        response.Headers.ContentDisposition = disposition.ToString();
        response.Headers.CacheControl = "no-store";
        await using var csv = CsvWriter.Create(response.Body, Options, leaveOpen: true);
        foreach (var column in (string[])["row", "to", "status", "credits", "delivery", "reason"])
            csv.WriteField(column);
        await csv.EndRecordAsync(httpContext.RequestAborted);
        await foreach (var slice in recipients.WithCancellation(httpContext.RequestAborted))
        {
            foreach (var recipient in slice)
                await Write(csv, recipient, httpContext.RequestAborted);
            await csv.FlushAsync(httpContext.RequestAborted);
        }
    }

    private static ValueTask Write(CsvWriter csv, RecipientView recipient, CancellationToken cancellationToken)
    {
        csv.WriteField(recipient.Row);
        if (recipient.To.StartsWith('+') && ulong.TryParse(recipient.To.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            csv.WriteField(number, "+0");
        else
            csv.WriteField(recipient.To);
        csv.WriteField(RecipientStatuses.Name(recipient.Status));
        csv.WriteField(recipient.Credits);
        csv.WriteField(recipient.Delivery == DeliveryState.None ? "" : JsonNamingPolicy.SnakeCaseLower.ConvertName(recipient.Delivery.ToString()));
        csv.WriteField(recipient.Problem is { } problem ? JsonNamingPolicy.SnakeCaseLower.ConvertName(problem.ToString()) : "");
        return csv.EndRecordAsync(cancellationToken);
    }

    private static string FileName(string name)
    {
        var plain = string.Concat(name.Select(character => char.IsControl(character) || "\\/:*?\"<>|".Contains(character, StringComparison.Ordinal) ? '-' : character)).Trim(' ', '.');
        return (plain.Length > LongestName ? plain[..LongestName] : plain.Length == 0 ? "campaign" : plain) + ".csv";
    }
}
