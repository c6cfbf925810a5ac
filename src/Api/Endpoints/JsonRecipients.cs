using System.Runtime.CompilerServices;
using System.Text.Json;
using Connect.Api.Application;
using Connect.Api.Problems;
using Connect.Campaigns;

namespace Connect.Api.Endpoints;

/// <summary>
/// A campaign, or what one would be, from JSON of any length, in bounded memory. The body is read twice from where it was put on disk: once to see that all of it can be read and what the campaign is, whatever the order
/// of its members, so that nothing is made of a body that breaks off or is malformed; then for its recipients.
/// </summary>
internal static class JsonRecipients
{
    /// <summary>What it is, without its list, or what can not be read; <paramref name="tooMany"/> when there are more rows than <paramref name="most"/>.</summary>
    public static async Task<Answer<Surveyed>> Survey(Stream body, JsonSerializerOptions options, int most, Problem tooMany, CancellationToken cancellationToken)
    {
        var parts = new CampaignJson(body, options);
        var (campaign, listed, rows) = (new CampaignRequest(null, null, null, null), false, 0);
        var nothing = new UsedFields("");
        while (true)
        {
            var next = await Next(parts, cancellationToken);
            if (next.Problem is { } problem)
                return problem;
            switch (next.Value)
            {
                case CampaignJson.Part.End:
                    return new Surveyed(campaign.Name, campaign.Text, campaign.ScheduledAt, listed ? rows : null);
                case CampaignJson.Part.List when listed:
                    return Refuse.Validation("recipients", "The recipients are listed twice.");
                case CampaignJson.Part.List:
                    listed = true;
                    break;
                case CampaignJson.Part.Row when rows == most:
                    return tooMany;
                case CampaignJson.Part.Row:
                    if (RecipientRequest.ReadRow(parts.Recipient, nothing, $"recipients[{rows++}]").Problem is { } row)
                        return row;
                    break;
                default:
                    campaign = campaign with { Name = parts.Name, Text = parts.Text, ScheduledAt = parts.ScheduledAt };
                    break;
            }
        }
    }

    /// <summary>What a body says besides its rows.</summary>
    /// <param name="Name">The name, if any.</param>
    /// <param name="Text">The text, if any.</param>
    /// <param name="ScheduledAt">The time, if any.</param>
    /// <param name="Rows">How many rows are listed; null without a list.</param>
    public sealed record Surveyed(string? Name, string? Text, DateTimeOffset? ScheduledAt, int? Rows);

    /// <summary>The rows of a body that was surveyed, for the campaign's text.</summary>
    public static async IAsyncEnumerable<Answer<RecipientInput>> Read(
        Stream body, string text, JsonSerializerOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var parts = new CampaignJson(body, options);
        var used = new UsedFields(text);
        for (var row = 0; ;)
        {
            var next = await Next(parts, cancellationToken);
            if (next.Problem is { } problem)
                yield return problem;
            if (next.Problem is not null || next.Value == CampaignJson.Part.End)
                yield break;
            if (next.Value == CampaignJson.Part.Row)
                yield return RecipientRequest.ReadRow(parts.Recipient, used, $"recipients[{row++}]");
        }
    }

    private static async Task<Answer<CampaignJson.Part>> Next(CampaignJson parts, CancellationToken cancellationToken)
    {
        try
        {
            return await parts.Next(cancellationToken);
        }
        catch (JsonException unreadable) when (parts.Field is { } field)
        {
            return Refuse.Validation(field, $"'{field}' is of another type than expected, or no JSON{Line(unreadable)}.");
        }
        catch (JsonException unreadable)
        {
            return Refuse.Validation("body", $"The body is not the JSON object that this address expects{Line(unreadable)}.");
        }
    }

    private static string Line(JsonException unreadable) => unreadable.LineNumber is { } line ? $": see line {line + 1}" : "";
}
